import http from 'node:http'
import type { LocalX } from '@hexbird/local-x'

/** What a person does in a browser: opens the page, chooses who they are, authorises. */
export async function approve(x: LocalX, address: string, username: string): Promise<URLSearchParams> {
  const url = x.browserUrl(address)
  const page = await send(url)
  const cookie = page.headers['set-cookie']?.[0]?.split(';')[0] ?? ''
  const token = /name="authenticity_token" value="([^"]*)"/.exec(page.body)?.[1] ?? ''
  const form = { authenticity_token: token, person: x.person(username).id, decision: 'approve' }
  const { headers } = await send(url, { cookie, origin: x.url }, new URLSearchParams(form).toString())
  return new URL(headers.location ?? '').searchParams
}

function send(
  url: string,
  headers: Record<string, string> = {},
  body?: string,
): Promise<{ readonly headers: http.IncomingHttpHeaders; readonly body: string }> {
  return new Promise((resolve, reject) => {
    const type = body === undefined ? {} : { 'content-type': 'application/x-www-form-urlencoded' }
    const method = body === undefined ? 'GET' : 'POST'
    const request = http.request(url, { method, headers: { ...headers, ...type }, agent: false }, (response) => {
      const chunks: Buffer[] = []
      response.on('data', (chunk: Buffer) => chunks.push(chunk))
      response.on('end', () => resolve({ headers: response.headers, body: Buffer.concat(chunks).toString() }))
    })
    request.on('error', reject)
    request.end(body)
  })
}
