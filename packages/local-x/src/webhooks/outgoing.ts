import http from 'node:http'
import https from 'node:https'

type Outgoing = {
  readonly method: 'GET' | 'POST'
  readonly url: string
  readonly headers?: Readonly<Record<string, string>>
  readonly body?: Uint8Array
  readonly timeoutMs: number
  readonly signal: AbortSignal
}

export type Incoming =
  | { readonly kind: 'answered'; readonly status: number; readonly body: string }
  | { readonly kind: 'failed'; readonly reason: string }

const MAX_ANSWER_BYTES = 64 * 1024

/** One request on a connection of its own, so that nothing stays open. Redirects are not followed. */
export function send({ method, url, headers = {}, body, timeoutMs, signal }: Outgoing): Promise<Incoming> {
  return new Promise((resolve) => {
    const timeout = AbortSignal.timeout(timeoutMs)
    const fail = (error: Error) =>
      resolve({ kind: 'failed', reason: timeout.aborted ? `no answer within ${timeoutMs} ms` : error.message })
    const { request } = url.startsWith('https:') ? https : http
    const outgoing = request(url, {
      method,
      agent: false,
      headers: { ...headers, ...(body === undefined ? {} : { 'content-length': body.length }) },
      signal: AbortSignal.any([timeout, signal]),
    })
    outgoing.on('error', fail)
    outgoing.on('response', (response) => {
      const chunks: Buffer[] = []
      let length = 0
      response.on('data', (chunk: Buffer) => {
        length += chunk.length
        if (length <= MAX_ANSWER_BYTES) chunks.push(chunk)
      })
      response.on('error', fail)
      response.on('end', () =>
        resolve({ kind: 'answered', status: response.statusCode ?? 0, body: Buffer.concat(chunks).toString() }),
      )
    })
    outgoing.end(body)
  })
}
