import { SIGN_IN_PATHS } from '@hexbird/http'
import type { LocalX } from '@hexbird/local-x'

interface Page {
  readonly status: number
  readonly location: string
  readonly text: string
  readonly heading: string
  readonly cookies: readonly string[]
}

/** Keeps cookies, and sends what browsers send. It follows no redirect by itself. */
export class Browser {
  readonly #cookies = new Map<string, string>()
  readonly #origin: string
  readonly #x: LocalX

  constructor(origin: string, x: LocalX) {
    this.#origin = origin
    this.#x = x
  }

  async get(address: string): Promise<Page> {
    return this.#ask(address, { headers: { 'sec-fetch-site': 'none', 'sec-fetch-dest': 'document' } })
  }

  /** Sends a form of the sign-in page, as it is there. */
  async submit(path: string, fields: Record<string, string> = {}): Promise<Page> {
    const { text } = await this.get(SIGN_IN_PATHS.page)
    // Its own form, where the page has it: each has a token of its own.
    const form = text.split('<form ').find((one) => one.includes(`action="${path}"`)) ?? text
    const [, csrf = ''] = /name="csrf" value="([^"]+)"/.exec(form.split('</form>')[0] ?? '') ?? []
    const headers = { 'sec-fetch-site': 'same-origin', 'sec-fetch-dest': 'document', origin: 'null' }
    return this.#ask(path, { method: 'POST', headers, body: new URLSearchParams({ csrf, ...fields }) })
  }

  /** Begins and approves; gives the address that X leads back to. */
  async approved(username: string, fields: Record<string, string> = {}): Promise<string> {
    const { location, heading } = await this.submit(SIGN_IN_PATHS.start, fields)
    if (location === '') throw new Error(`The sign-in did not begin: ${heading}`)
    return approve(this.#x, location, username)
  }

  /** Signs in, and gives the page that comes of it. */
  async signIn(username: string, fields: Record<string, string> = {}): Promise<Page> {
    return this.get((await this.get(await this.approved(username, fields))).location)
  }

  async #ask(address: string, init: { readonly headers: Record<string, string> } & RequestInit): Promise<Page> {
    const cookie = [...this.#cookies].map(([name, value]) => `${name}=${value}`).join('; ')
    const headers = { ...init.headers, ...(cookie !== '' && { cookie }) }
    const response = await fetch(new URL(address, this.#origin), { ...init, headers, redirect: 'manual' })
    const cookies = response.headers.getSetCookie()
    for (const line of cookies) {
      const [, name = '', value = ''] = /^([^=]+)=([^;]*)/.exec(line) ?? []
      if (/; Max-Age=0(;|$)/.test(line)) this.#cookies.delete(name)
      else this.#cookies.set(name, value)
    }
    const text = await response.text()
    const [, heading = ''] = /<h1>([^<]*)<\/h1>/.exec(text) ?? []
    return { status: response.status, location: response.headers.get('location') ?? '', text, heading, cookies }
  }
}

/** What a person does on X's page; gives the address that X leads back to. */
export async function approve(x: LocalX, address: string, username: string): Promise<string> {
  const page = await fetch(address)
  const cookie = page.headers.getSetCookie()[0]?.split(';')[0] ?? ''
  const [, token = ''] = /name="authenticity_token" value="([^"]*)"/.exec(await page.text()) ?? []
  const body = new URLSearchParams({ authenticity_token: token, person: x.person(username).id, decision: 'approve' })
  const headers = { cookie, origin: x.url }
  const response = await fetch(address, { method: 'POST', headers, body, redirect: 'manual' })
  await response.text()
  return response.headers.get('location') ?? ''
}
