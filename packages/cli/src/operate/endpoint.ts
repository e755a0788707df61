import { randomBytes, randomUUID } from 'node:crypto'
import { signatureOf } from '@hexbird/core'
import { foreign } from '../foreign.js'
import { UsageError } from '../usage-error.js'

/** Longer X waits for no answer, in milliseconds: docs.x.com/x-api/webhooks/introduction. */
const TIMEOUT = 10_000

/** What the bot's own webhook answered, or that it did not. */
export type Answer =
  | { readonly kind: 'answered'; readonly status: number; readonly body: string; readonly elapsedMs: number }
  | { readonly kind: 'silent'; readonly detail: string }

/** The secrets that X signs with, the newest first. */
export interface WebhookSecrets {
  readonly consumerSecrets: readonly string[]
  /** Of OAuth 2.0; none where the app has none. */
  readonly clientSecrets: readonly string[]
}

/** How a challenge was answered. */
export type Challenged =
  | { readonly kind: 'right'; readonly elapsedMs: number }
  /** Answered, and whether rightly only X and the bot know. */
  | { readonly kind: 'unverified'; readonly elapsedMs: number }
  /** `secret`: one of ours, though not that which X expects. */
  | { readonly kind: 'wrong'; readonly secret?: 'older' | 'consumer'; readonly status: number }
  | { readonly kind: 'not-answered'; readonly status: number }
  | { readonly kind: 'silent'; readonly detail: string }

/**
 * The bot's own webhook, asked as X asks it, and as somebody would who means ill. What is sent tells of no event.
 *
 * @throws UsageError where the address is none that X would take, nor on this machine
 */
export class Endpoint {
  readonly #url: URL
  readonly #secrets: WebhookSecrets | undefined
  readonly #botId: string

  /** @param secrets `undefined` where the bot keeps them to itself */
  constructor(url: string, secrets: WebhookSecrets | undefined, botId: string) {
    const parsed = URL.canParse(url) ? new URL(url) : undefined
    const isHere = parsed?.protocol === 'http:' && ['127.0.0.1', 'localhost'].includes(parsed.hostname)
    if (parsed?.protocol !== 'https:' && !isHere) {
      throw new UsageError(
        `${foreign(url)} cannot be the address of a webhook. Use https://…, or http://127.0.0.1:<port>/… for one on this machine.`,
      )
    }
    this.#url = parsed
    this.#secrets = secrets
    this.#botId = botId
  }

  /** Challenges it as X does. */
  async challenge(): Promise<Challenged> {
    // X's own tokens are the base64 of a UUID.
    const token = Buffer.from(randomUUID()).toString('base64')
    const answer = await this.ask([token])
    if (answer.kind === 'silent') return answer
    const { status, elapsedMs } = answer
    if (status < 200 || status >= 400) return { kind: 'not-answered', status }
    const given = responseTokenIn(answer)
    if (this.#secrets === undefined) {
      return status < 300 && given !== undefined ? { kind: 'unverified', elapsedMs } : { kind: 'wrong', status }
    }
    const made = (secret: string | undefined) => secret !== undefined && signatureOf(token, secret) === given
    const { consumerSecrets, clientSecrets } = this.#secrets
    const [expected, ...older] = clientSecrets.length > 0 ? clientSecrets : consumerSecrets
    if (status < 300 && made(expected)) return { kind: 'right', elapsedMs }
    if (older.some(made)) return { kind: 'wrong', status, secret: 'older' }
    if (clientSecrets.length > 0 && consumerSecrets.some(made)) return { kind: 'wrong', status, secret: 'consumer' }
    return { kind: 'wrong', status }
  }

  /** Sends a challenge with these tokens, which need not be such as X sends. */
  ask(tokens: readonly string[]): Promise<Answer> {
    const url = new URL(this.#url)
    for (const token of tokens) url.searchParams.append('crc_token', token)
    return send(url, { method: 'GET' })
  }

  /** A delivery that tells of nothing. It is another one each time. */
  emptyDelivery(): string {
    return JSON.stringify({ for_user_id: this.#botId, doctor: randomUUID() })
  }

  /** Sends a delivery, signed by `sign`, which gives a signature for a secret; `undefined` sends none. */
  deliver(body: string | Uint8Array, sign: (secret: string) => string | undefined): Promise<Answer> {
    const { consumerSecrets, clientSecrets } = this.#secrets ?? STRANGERS
    const headers = new Headers({ 'content-type': 'application/json' })
    const set = (name: string, [secret]: readonly string[]) => {
      const signature = secret === undefined ? undefined : sign(secret)
      if (signature !== undefined) headers.set(name, signature)
    }
    set('x-twitter-webhooks-signature', consumerSecrets)
    set('x-twitter-webhooks-signature-oauth2', clientSecrets)
    // A copy, since the types of Node leave open whose memory such bytes are.
    return send(this.#url, { method: 'POST', headers, body: typeof body === 'string' ? body : new Uint8Array(body) })
  }
}

/** Who knows no secret signs with one of their own. */
const STRANGERS: WebhookSecrets = { consumerSecrets: [randomUUID()], clientSecrets: [randomUUID()] }

/** What a challenge was answered with; `undefined` where that is no answer. */
export function responseTokenIn({ body }: Extract<Answer, { kind: 'answered' }>): string | undefined {
  try {
    const { response_token: token } = JSON.parse(body) as { response_token?: unknown }
    return typeof token === 'string' ? token : undefined
  } catch {
    return undefined
  }
}

/** Signatures that no webhook may take, by what is wrong with them; each of `body` with a secret. */
export const FORGERIES: Readonly<Record<string, (secret: string, body: string) => string | undefined>> = {
  'no signature': () => undefined,
  'a short signature': (secret, body) => signatureOf(body, secret).slice(0, -8),
  'a wrong signature': () => `sha256=${randomBytes(32).toString('base64')}`,
  "a signature with somebody's own secret": (_, body) => signatureOf(body, randomBytes(32).toString('base64url')),
  'the signature of other bytes': (secret, body) => signatureOf(`${body} `, secret),
}

async function send(url: URL, init: RequestInit): Promise<Answer> {
  const started = performance.now()
  try {
    const response = await fetch(url, { ...init, redirect: 'manual', signal: AbortSignal.timeout(TIMEOUT) })
    const body = await response.text()
    return { kind: 'answered', status: response.status, body, elapsedMs: performance.now() - started }
  } catch (error) {
    return { kind: 'silent', detail: reasonOf(error) }
  }
}

/** Fetch itself says no more than "fetch failed". */
function reasonOf(error: unknown): string {
  const { cause, name, message } = error as Error
  if (name === 'TimeoutError') return `no answer within ${TIMEOUT / 1000} seconds`
  return cause instanceof Error ? ('code' in cause ? String(cause.code) : cause.message) : message
}
