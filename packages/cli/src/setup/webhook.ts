import type { Webhook } from '@hexbird/adapters-x'
import { createWebhookApp } from '@hexbird/http'
import { foreign } from '../foreign.js'
import { type Operator, operatorOf } from '../operate/operator.js'
import { refusal, refused } from '../operate/outcomes.js'
import { type Settings, webhookSecretsIn } from '../operate/settings.js'
import { subscribe } from '../operate/subscriptions.js'
import { HOST, PORT } from '../run/plan.js'
import { listenAt } from '../server.js'
import { quiet, type Terminal } from '../terminal.js'
import { UsageError } from '../usage-error.js'

export interface WebhookGiven {
  readonly settings: string
  readonly x?: string
  readonly url: string
  /** Where to answer, if nothing is in front of the bot. */
  readonly port: number | undefined
  readonly callbackPort: number
  readonly open: boolean
}

/**
 * Registers the webhook and subscribes it. X challenges it at once: if no bot runs at the port, this command answers.
 * Gives 1 where X refuses.
 */
export async function connectWebhook(given: WebhookGiven, terminal: Terminal): Promise<0 | 1> {
  const operator = await operatorOf(given)
  const server = await answerChallenges(operator.settings, given.port, terminal)
  try {
    const registered = await terminal.during('X challenges the webhook', operator.webhooks.register(given.url))
    if (registered.kind === 'registered') terminal.say(`Registered: ${foreign(given.url)}`)
    else if (registered.reason !== 'DuplicateUrlFailed') return refused(terminal, refusal(registered, operator))
    const webhook =
      registered.kind === 'registered' ? registered.webhook : await validAgain(operator, given.url, terminal)
    if (webhook === undefined) return 1
    return (await subscribe({ ...given, webhook: webhook.id, dialect: 'x-activity' }, quiet(terminal))) === 0 ? 0 : 1
  } finally {
    await server?.close()
  }
}

/** There already: X has it challenged again, which makes an invalid one valid. */
async function validAgain(operator: Operator, url: string, terminal: Terminal): Promise<Webhook | undefined> {
  const { webhooks } = operator
  const webhook = (await webhooks.list()).find((one) => one.url === url)
  const result = webhook && (await terminal.during('X challenges the webhook', webhooks.revalidate(webhook.id)))
  if (result?.kind === 'valid') {
    terminal.say(`Already registered and valid: ${foreign(url)}`)
    return webhook
  }
  const why = result?.kind === 'refused' ? refusal(result, operator) : 'X has not accepted the answer to its challenge.'
  refused(terminal, `${foreign(url)}: ${why}`)
  return undefined
}

/** Answers X's challenges, and refuses deliveries for now: what they tell of, the bot finds when it starts. */
async function answerChallenges(settings: Settings, own: number | undefined, terminal: Terminal) {
  const host = settings.find('HEXBIRD_HOST') ?? HOST
  const port = own ?? Number(settings.find('HEXBIRD_PORT') ?? PORT)
  const server = await listenAt({ host, port }).catch((error: unknown) => {
    if (error instanceof UsageError && (error.cause as NodeJS.ErrnoException).code === 'EADDRINUSE') return undefined
    throw error
  })
  if (server === undefined) {
    terminal.note(`${host}:${port} is in use, so the bot running there has to answer X's challenge.`)
    return undefined
  }
  const put = () => Promise.reject(new Error('The bot is not running yet.'))
  const app = createWebhookApp({ inbox: { put }, ...webhookSecretsIn(settings) })
  server.serve((request) => app.fetch(request))
  terminal.note(`Answering X's challenge at ${server.origin} for as long as this takes.`)
  return server
}
