import { randomBytes } from 'node:crypto'
import { SIGN_IN_PATHS, WEBHOOK_PATH } from '@hexbird/http'
import { type Check, failed, type Outcome, PASSED } from './report.js'

const TIMEOUT_MS = 15_000

/** What anybody may ask of a deployed stage without harm: nothing is stored, sent or bought, and no alarm goes off. */
export function answerChecks(origin: string): readonly Check[] {
  const webhook = `${origin}${WEBHOOK_PATH}`
  return [
    {
      on: 'webhook',
      name: 'it answers a challenge with a signature, and another with another',
      async run() {
        const first = await challenge(webhook)
        const second = await challenge(webhook)
        if (typeof first !== 'string') return first
        if (typeof second !== 'string') return second
        return first === second ? failed('two challenges got the same answer') : PASSED
      },
    },
    {
      on: 'webhook',
      name: 'it refuses a delivery that nobody signed',
      async run() {
        const answer = await ask(webhook, { method: 'POST', headers: JSON_TYPE, body: '{}' })
        return answer.status === 401 ? PASSED : failed(`it answers ${answer.status}`)
      },
    },
    {
      on: 'sign-in',
      name: 'its page is there, and lets nothing run, load or frame it',
      async run() {
        const { status, headers } = await ask(`${origin}${SIGN_IN_PATHS.page}`)
        const policy = headers.get('content-security-policy') ?? ''
        if (status !== 200) return failed(`it answers ${status}`)
        const missing = ["default-src 'none'", "frame-ancestors 'none'", "base-uri 'none'"].filter(
          (directive) => !policy.includes(directive),
        )
        if (/unsafe-|script-src/.test(policy)) return failed(`its policy allows scripts: ${policy}`)
        return missing.length === 0 ? PASSED : failed(`its policy lacks ${missing.join(', ')}: "${policy}"`)
      },
    },
  ]
}

const JSON_TYPE = { 'content-type': 'application/json' }

/** Gives the signature. Its token is of the form that X's have: one of another form would be an alarm. */
async function challenge(webhook: string): Promise<string | Outcome> {
  const asked = await ask(`${webhook}?crc_token=${randomBytes(24).toString('hex')}`)
  const text = await asked.text()
  if (asked.status !== 200) return failed(`it answers ${asked.status}`)
  const [, signature = failed('its answer is no signature')] =
    /^\{"response_token":"(sha256=[A-Za-z0-9+/]{43}=)"\}$/.exec(text) ?? []
  return signature
}

const ask = (url: string, init: RequestInit = {}): Promise<Response> =>
  fetch(url, { ...init, redirect: 'manual', signal: AbortSignal.timeout(TIMEOUT_MS) })
