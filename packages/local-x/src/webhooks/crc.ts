import { WEBHOOK_TIMEOUT_MS } from './deliveries.js'
import { send } from './outgoing.js'

/**
 * What the challenge-response check found. `wrong` makes a webhook invalid at once, `transient` does not:
 * docs.x.com/x-api/webhooks/introduction, "Webhook validation".
 */
export type CrcResult =
  | { readonly kind: 'passed' }
  | { readonly kind: 'wrong'; readonly detail: string }
  | { readonly kind: 'transient'; readonly detail: string }

/** Sends the challenge `token`, to which `answer` is the right answer. */
export async function checkWebhook(
  url: string,
  token: string,
  nonce: string,
  answer: string,
  signal: AbortSignal,
): Promise<CrcResult> {
  const challenge = new URL(url)
  challenge.searchParams.set('crc_token', token)
  // X sends a nonce too; its pages do not mention it.
  challenge.searchParams.set('nonce', nonce)
  const result = await send({ method: 'GET', url: challenge.href, timeoutMs: WEBHOOK_TIMEOUT_MS, signal })
  if (result.kind === 'failed') return { kind: 'transient', detail: result.reason }
  if (result.status >= 400) return { kind: 'transient', detail: `Got response code ${result.status}` }
  if (result.status >= 300) return { kind: 'wrong', detail: `Got response code ${result.status}` }
  return tokenOf(result.body) === answer ? { kind: 'passed' } : { kind: 'wrong', detail: 'Invalid `response_token`' }
}

function tokenOf(body: string): unknown {
  try {
    return JSON.parse(body)?.response_token
  } catch {
    return undefined
  }
}
