import { TwitterApi } from 'twitter-api-v2'
import { oauthSignature } from '../src/auth/signature.js'
import type { LocalX } from '../src/index.js'
import { type Answered, LocalAgent, request } from './support.js'

/** What a test needs of a sign-in: a browser without scripts, and requests that are signed by hand. */

export const CALLBACK = 'http://127.0.0.1:8080/callback'

export type Browser = {
  /** Shows an address of X or of this machine, on this machine. */
  open(address: string, headers?: Record<string, string>): Promise<Answered>
  /** Sends the form that was shown last. A field of undefined is left out. */
  submit(fields: Record<string, string | undefined>, headers?: Record<string, string>): Promise<Answered>
}

export function createBrowser(x: LocalX): Browser {
  const host = `127.0.0.1:${x.port}`
  let cookie: string | undefined
  let shown = { path: '/', token: '' }

  async function send(path: string, method: string, headers: Record<string, string>, body?: string): Promise<Answered> {
    const answer = await request(x, path, {
      method,
      headers: { host, ...(cookie === undefined ? {} : { cookie }), ...headers },
      ...(body === undefined ? {} : { body }),
    })
    const set = answer.headers['set-cookie']?.[0]
    if (set !== undefined) cookie = set.split(';')[0]
    const token = /name="authenticity_token" value="([^"]*)"/.exec(answer.body.toString())?.[1]
    if (token !== undefined) shown = { path, token }
    return answer
  }

  return {
    open(address, headers = {}) {
      const { pathname, search } = new URL(address)
      return send(pathname + search, 'GET', headers)
    },
    submit(fields, headers = {}) {
      const all = Object.entries({ authenticity_token: shown.token, ...fields })
      const body = new URLSearchParams(all.filter((entry): entry is [string, string] => entry[1] !== undefined))
      const type = { 'content-type': 'application/x-www-form-urlencoded', origin: `http://${host}` }
      return send(shown.path, 'POST', { ...type, ...headers }, body.toString())
    },
  }
}

/** The parameters that a redirect brings back to the app. */
export function returned(answer: Answered): Record<string, string> {
  if (answer.status !== 302) throw new Error(`No redirect, but ${answer.status}: ${answer.body}`)
  const url = new URL(answer.headers.location ?? '')
  return { to: url.origin + url.pathname, ...Object.fromEntries(url.searchParams) }
}

/** A client of the app alone, by its key and secret. */
export function appClient(x: LocalX): TwitterApi {
  const { consumerKey, consumerSecret } = x.credentials
  return new TwitterApi({ appKey: consumerKey, appSecret: consumerSecret }, { httpAgent: new LocalAgent(x.port) })
}

/** A client that holds the tokens of a request or of an account. */
export function clientOf(x: LocalX, accessToken: string, accessSecret: string): TwitterApi {
  const { consumerKey, consumerSecret } = x.credentials
  const tokens = { appKey: consumerKey, appSecret: consumerSecret, accessToken, accessSecret }
  return new TwitterApi(tokens, { httpAgent: new LocalAgent(x.port) })
}

type Link = Parameters<TwitterApi['generateAuthLink']>[1]

/** Goes through a whole sign-in as the person of that name. */
export async function signIn(x: LocalX, username: string, options: Link = {}) {
  const browser = createBrowser(x)
  const link = await appClient(x).generateAuthLink(CALLBACK, options)
  await browser.open(link.url)
  const person = x.person(username).id
  const { oauth_verifier = '' } = returned(await browser.submit({ person, decision: 'approve' }))
  return { browser, link, ...(await clientOf(x, link.oauth_token, link.oauth_token_secret).login(oauth_verifier)) }
}

type Signing = {
  readonly key?: string
  readonly secret?: string
  readonly token?: string
  readonly tokenSecret?: string
  readonly timestamp?: number
  /** What is signed; default `https://api.x.com`. */
  readonly origin?: string
  /** Where it is sent; default `api.x.com`. */
  readonly host?: string
  readonly more?: Readonly<Record<string, string>>
}

/** A signed POST to `path`, as a client would make it or, by `wrong`, as none would. */
export const signedPost = (x: LocalX, path: string, wrong: Signing = {}): Promise<Answered> =>
  signedRequest(x, 'POST', path, wrong)

export function signedRequest(x: LocalX, method: string, path: string, wrong: Signing = {}): Promise<Answered> {
  const { key = x.credentials.consumerKey, secret = x.credentials.consumerSecret, token, tokenSecret = '' } = wrong
  const { timestamp = Math.floor(Date.now() / 1000), more = {} } = wrong
  const { origin = 'https://api.x.com', host = 'api.x.com' } = wrong
  const parameters: (readonly [string, string])[] = [
    ['oauth_consumer_key', key],
    ['oauth_nonce', `${Math.random()}`],
    ['oauth_signature_method', 'HMAC-SHA1'],
    ['oauth_timestamp', String(timestamp)],
    ['oauth_version', '1.0'],
    ...(token === undefined ? [] : [['oauth_token', token] as const]),
    ...Object.entries(more),
  ]
  const signature = oauthSignature(method, `${origin}${path}`, parameters, secret, tokenSecret)
  const all = [...parameters, ['oauth_signature', signature] as const]
  const authorization = `OAuth ${all.map(([name, value]) => `${name}="${encodeURIComponent(value)}"`).join(', ')}`
  return request(x, path, { method, headers: { host, authorization } })
}
