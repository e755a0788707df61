import type { Callback, Completed, Disconnected, Login, SignInBot, Started, StartRequest } from '@hexbird/core/host'
import type { Hono } from 'hono'
import type { SignInAppEvent, SignInAppOptions } from '../src/index.js'
import { createSignInApp, SIGN_IN_PATHS } from '../src/index.js'

export const ORIGIN = 'https://bot.example'
export const NOW = 1_790_000_000_000
export const PATHS = SIGN_IN_PATHS
export const X_PAGE = 'https://api.x.com/oauth/authorize?oauth_token=the-request-token'

/** What must not get out. */
export const SECRETS = {
  token: 'the-request-token',
  verifier: 'the-verifier-4711',
  flowSecret: 'the-browser-value-0815',
  key: 'the-cookie-key-of-32-characters!',
} as const

export const STARTED: Started = {
  kind: 'started',
  requestToken: SECRETS.token,
  page: X_PAGE,
  flowSecret: SECRETS.flowSecret,
  expiresAt: NOW + 15 * 60_000,
}
export const SIGNED_IN = {
  kind: 'signed-in',
  uid: '1790000000000000001',
  username: 'ada',
  signedInAt: NOW,
  follow: { kind: 'done' },
  message: { kind: 'not-chosen' },
  tracked: {},
} as const satisfies Completed

/** An app over a bot with which everything goes well, what the bot was asked, and what was noticed. */
export function signInApp(
  over: Partial<SignInBot> = {},
  { offers = {}, ...options }: Partial<SignInAppOptions> & { readonly offers?: Partial<SignInBot['offers']> } = {},
) {
  const asked = { starts: [] as StartRequest[], callbacks: [] as Callback[], disconnects: [] as Login[] }
  const appEvents: SignInAppEvent[] = []
  const clock = { now: NOW }
  let account: Login | undefined
  const bot: SignInBot = {
    offers: { account: { id: '900', username: 'hexbird' }, follow: 'link', message: 'link', ...offers },
    startSession: async () => STARTED,
    async completeAuth() {
      account = { uid: SIGNED_IN.uid, signedInAt: NOW }
      return SIGNED_IN
    },
    accountOf: async ({ uid, signedInAt }) =>
      account?.uid === uid && account.signedInAt === signedInAt ? { id: uid, username: 'ada' } : undefined,
    async disconnect(login): Promise<Disconnected> {
      if (account?.uid !== login.uid) return { kind: 'not-signed-in' }
      account = undefined
      return { kind: 'disconnected', atX: { kind: 'done' } }
    },
    ...over,
  }
  const app = createSignInApp({
    bot: {
      offers: bot.offers,
      startSession(request) {
        asked.starts.push(request)
        return bot.startSession(request)
      },
      completeAuth(callback) {
        asked.callbacks.push(callback)
        return bot.completeAuth(callback)
      },
      accountOf: (login) => bot.accountOf(login),
      disconnect(login) {
        asked.disconnects.push(login)
        return bot.disconnect(login)
      },
    },
    origin: ORIGIN,
    service: 'Bird Watch',
    privacyPolicyUrl: 'https://bot.example/privacy',
    cookieKeys: [SECRETS.key],
    addressOf: () => '192.0.2.7',
    onEvent: (event) => appEvents.push(event),
    now: () => clock.now,
    ...options,
  })
  return { app, asked, appEvents, clock, browser: () => new Browser(app) }
}

/** A page of ours that a person goes to. */
export const NAVIGATION = { 'sec-fetch-site': 'none', 'sec-fetch-mode': 'navigate', 'sec-fetch-dest': 'document' }
/** X leads the person back. */
export const FROM_X = { ...NAVIGATION, 'sec-fetch-site': 'cross-site' }
/** A form of ours: with `no-referrer` browsers say nothing of the origin. */
export const OUR_FORM = { ...NAVIGATION, 'sec-fetch-site': 'same-origin', origin: 'null' }

type Fields = Readonly<Record<string, string>> | readonly (readonly [string, string])[]

/** Keeps cookies, the oldest first, and sends what browsers send. It follows no redirect by itself. */
class Browser {
  readonly cookies = new Map<string, string>()
  readonly #app: Hono

  constructor(app: Hono) {
    this.#app = app
  }

  /** What it keeps of who is signed in. */
  logins(): readonly string[] {
    return [...this.cookies.keys()].filter((name) => /-(login|outcome)$/.test(name))
  }

  get(path: string, headers: Record<string, string> = NAVIGATION): Promise<Response> {
    return this.request(path, { headers })
  }

  async request(path: string, init: RequestInit = {}): Promise<Response> {
    const headers = new Headers(init.headers)
    const cookie = [...this.cookies].map(([name, value]) => `${name}=${value}`).join('; ')
    if (cookie !== '') headers.set('cookie', cookie)
    const response = await this.#app.request(`${ORIGIN}${path}`, { ...init, headers })
    for (const line of response.headers.getSetCookie()) this.#keep(line)
    return response
  }

  /** Sends the form of a page: with the token that the page has, unless told otherwise. */
  async submit(
    path: string,
    fields: Fields = {},
    headers: Record<string, string> = OUR_FORM,
    page: string = PATHS.page,
  ): Promise<Response> {
    const csrf = tokenIn(await (await this.get(page)).text())
    const body = new URLSearchParams([['csrf', csrf], ...(Array.isArray(fields) ? fields : Object.entries(fields))])
    return this.post(path, body, headers)
  }

  post(path: string, body: URLSearchParams, headers: Record<string, string> = OUR_FORM): Promise<Response> {
    const type = 'application/x-www-form-urlencoded'
    return this.request(path, { method: 'POST', body: body.toString(), headers: { 'content-type': type, ...headers } })
  }

  /** Begins, and comes back from X. */
  async signIn(query = `oauth_token=${SECRETS.token}&oauth_verifier=${SECRETS.verifier}`): Promise<Response> {
    await this.submit(PATHS.start)
    return this.get(`${PATHS.callback}?${query}`, FROM_X)
  }

  #keep(line: string): void {
    const [, name = '', value = ''] = /^([^=]+)=([^;]*)/.exec(line) ?? []
    const known = !/; Max-Age=0(;|$)/.test(line)
    if (known) this.cookies.set(name, value)
    else this.cookies.delete(name)
  }
}

export const tokenIn = (page: string): string => /name="csrf" value="([^"]+)"/.exec(page)?.[1] ?? ''
export const locationOf = (response: Response): string | null => response.headers.get('location')
export const titleOf = async (response: Response): Promise<string> =>
  /<h1>([^<]*)<\/h1>/.exec(await response.text())?.[1] ?? ''
