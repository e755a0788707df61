import { signatureOf } from '@hexbird/core'
import { foreign } from '../foreign.js'
import { type Answer, Endpoint } from '../operate/endpoint.js'
import { readSettings, webhookSecretsIn } from '../operate/settings.js'
import type { Terminal } from '../terminal.js'
import { UsageError } from '../usage-error.js'
import { eventsOf, type Recording } from './once.js'

/** More of an answer than anybody would read. */
const MOST_SHOWN = 2_000

/** A bot's own webhook, and the file of settings that has the app's secrets. */
export interface Address {
  readonly url: string
  readonly settings?: string | undefined
}

/**
 * Posts a recording to a bot's own webhook, signed as X signs with the app's secrets. Gives the exit code: 1 where X
 * would take the answer for a failure.
 *
 * @throws UsageError where the address or the secret is none, or nobody answers there
 */
export async function deliver(recording: Recording, address: Address, terminal: Terminal): Promise<number> {
  eventsOf(recording)
  const { body } = recording
  const settings = await readSettings(address.settings)
  const secrets = webhookSecretsIn(settings)
  // An app that X signs for with the client's secret alone needs no other.
  if (secrets.clientSecrets.length === 0) settings.need('HEXBIRD_CONSUMER_SECRET')
  const endpoint = new Endpoint(address.url, secrets, '')
  const answer = await terminal.during(
    'Waiting for the endpoint',
    endpoint.deliver(body, (secret) => signatureOf(body, secret)),
  )
  if (answer.kind === 'silent') {
    throw new UsageError(
      `${foreign(address.url)} does not answer: ${foreign(answer.detail)}. Start the bot, or correct --url.`,
    )
  }
  return printAnswer(answer, terminal)
}

function printAnswer(answer: Extract<Answer, { kind: 'answered' }>, terminal: Terminal): number {
  const { status } = answer
  const elapsedMs = Math.round(answer.elapsedMs)
  const isFine = status >= 200 && status < 300
  const { green, red } = terminal.colours
  terminal.say(`${(isFine ? green : red)(String(status))} in ${elapsedMs} ms${isFine ? '' : `: ${meaning(status)}`}`)
  const body = answer.body.slice(0, MOST_SHOWN)
  if (body !== '') terminal.say(foreign(body))
  terminal.result({ status, body, elapsedMs })
  return isFine ? 0 : 1
}

function meaning(status: number): string {
  if (status === 401 || status === 403) return 'the signature was rejected. Does the endpoint have the same secret?'
  if (status === 404 || status === 405) return 'there is no webhook at this address.'
  if (status >= 300 && status < 400) return 'X does not follow redirects.'
  return status >= 500 ? 'the endpoint failed; X might retry.' : 'X would treat it as a failure.'
}
