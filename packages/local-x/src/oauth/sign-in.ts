import { createHmac } from 'node:crypto'
import type { HttpBindings } from '@hono/node-server'
import { type Context, Hono } from 'hono'
import { getCookie, setCookie } from 'hono/cookie'
import { same } from '../auth/authenticator.js'
import type { LocalPerson } from '../state/people.js'
import { SCOPES } from '../state/scopes.js'
import type { CodeRequest } from '../state/tokens.js'
import { randomText } from '../util/random.js'
import type { World } from '../world.js'
import { consentPage, LEVEL_PERMISSIONS, messagePage, pinPage, STYLE_HASH } from './pages.js'

/** The pages that a person sees: docs.x.com/fundamentals/authentication/api-reference, and PKCE's. */
const PATHS = ['/oauth/authorize', '/oauth/authenticate', '/i/oauth2/authorize'] as const

/** What a sign-in links to besides, so that nothing leads off this machine. Here these pages only say what they are. */
const ELSEWHERE: Readonly<Record<string, readonly [title: string, text: string]>> = {
  '/intent/follow': ['Follow the bot', 'At X, people follow the bot here. On a local X this page does nothing.'],
  '/messages/compose': [
    'Write to the bot',
    'At X, people write the bot a message here. On a local X this page does nothing.',
  ],
  '/settings/connected_apps': [
    'Connected apps',
    'At X, people take an app’s access back here. On a local X, choose “Revoke access” among the switches of its page.',
  ],
  '/example/privacy-policy': [
    'Privacy policy',
    'A bot that runs for others has a page of its own here. This one is an example.',
  ],
}

type SignInContext = Context<{ Bindings: HttpBindings }>

export function isSignInPath(path: string): boolean {
  return (PATHS as readonly string[]).includes(path) || Object.hasOwn(ELSEWHERE, path)
}

/** A sign-in that the address asks for. */
type SignIn = {
  readonly permissions: readonly string[]
  readonly callback: string
  /** The person need not be asked again. */
  readonly silentFor: (person: LocalPerson) => boolean
  /** Records the approval; gives what goes back to the app. */
  readonly approve: (person: LocalPerson) => Readonly<Record<string, string>>
  readonly deny: () => Readonly<Record<string, string>>
}

type Asked = SignIn | { readonly title: string; readonly message: string; readonly status: 400 | 401 }

const COOKIE = 'local_x_session'

/** What a browser is shown of a sign-in, under X's addresses and, since browsers cannot be led there, on this machine. */
export function createSignIn(world: World): Hono<{ Bindings: HttpBindings }> {
  const { people, bot, random } = world
  const pages = new Hono<{ Bindings: HttpBindings }>()
  const key = randomText(random, 40)
  /** Who signed in, by session. */
  const signedIn = new Map<string, string>()

  const asked = (c: SignInContext): Asked =>
    c.req.path === '/i/oauth2/authorize' ? askedByOAuth2(c, world) : askedByOAuth1(c, world)

  /** Binds the form to the session and to this very sign-in. */
  const authenticityToken = (c: SignInContext, session: string): string =>
    createHmac('sha256', key).update(`${session}\n${c.env.incoming.url}`).digest('base64url')

  function ask(c: SignInContext, signIn: SignIn, session: string, problem?: string): Response | Promise<Response> {
    protect(c, signIn.callback)
    const page = consentPage({
      owner: bot,
      permissions: signIn.permissions,
      people: people.all(),
      chosen: people.named(c.req.query('screen_name') ?? '') ?? current(c, session),
      authenticityToken: authenticityToken(c, session),
      ...(problem === undefined ? {} : { problem }),
    })
    return c.html(page, problem === undefined ? 200 : 400)
  }

  function current(c: SignInContext, session: string | undefined): LocalPerson | undefined {
    if (c.req.query('force_login') === 'true') return undefined
    return people.find(signedIn.get(session ?? '') ?? '')
  }

  function finish(c: SignInContext, callback: string, fields: Readonly<Record<string, string>>) {
    protect(c, callback)
    if (callback !== 'oob') return c.redirect(withQuery(callback, fields), 302)
    const { oauth_verifier: pin } = fields
    return c.html(
      pin === undefined ? messagePage('You have not granted access', 'You can close this page.') : pinPage(pin),
    )
  }

  for (const path of PATHS) {
    pages.get(path, (c) => {
      const signIn = asked(c)
      if ('status' in signIn) return refuse(c, signIn)
      const known = getCookie(c, COOKIE)
      const session = known !== undefined && /^\w{40}$/.test(known) ? known : randomText(random, 40)
      if (session !== known) setCookie(c, COOKIE, session, { path: '/', httpOnly: true, sameSite: 'Lax' })
      const person = current(c, session)
      const prefilled = people.named(c.req.query('screen_name') ?? '')
      const isSame = prefilled === undefined || prefilled.id === person?.id
      if (person !== undefined && isSame && signIn.silentFor(person)) {
        return finish(c, signIn.callback, signIn.approve(person))
      }
      return ask(c, signIn, session)
    })

    pages.post(path, async (c) => {
      const signIn = asked(c)
      if ('status' in signIn) return refuse(c, signIn)
      const session = getCookie(c, COOKIE) ?? ''
      const form = new URLSearchParams(await c.req.text())
      if (!isOwn(c) || !same(form.get('authenticity_token') ?? '', authenticityToken(c, session))) {
        protect(c)
        return c.html(messagePage('This form is not from here', 'Go back to the app and begin again.'), 403)
      }
      if (form.get('decision') === 'deny') return finish(c, signIn.callback, signIn.deny())
      const person = people.find(form.get('person') ?? '')
      if (form.get('decision') !== 'approve' || person === undefined) {
        return ask(c, signIn, session, 'Choose who you are.')
      }
      signedIn.set(session, person.id)
      return finish(c, signIn.callback, signIn.approve(person))
    })
  }

  for (const [path, [title, text]] of Object.entries(ELSEWHERE)) {
    pages.get(path, (c) => {
      protect(c)
      return c.html(messagePage(title, text))
    })
  }

  return pages
}

function askedByOAuth1(c: SignInContext, { tokens }: World): Asked {
  const made = tokens.request(c.req.query('oauth_token') ?? '')
  if (made === undefined || made.approval !== undefined) {
    const message = 'The request token is unknown, was used already, or is too old. Go back to the app and begin again.'
    return { title: 'This sign-in cannot go on', message, status: 401 }
  }
  return {
    permissions: LEVEL_PERMISSIONS[made.level],
    callback: made.callback,
    silentFor: (person) => c.req.path === '/oauth/authenticate' && tokens.hasApproved(person.id, made.level),
    approve: (person) => ({ oauth_token: made.token, oauth_verifier: tokens.approve(made, person.id) }),
    deny() {
      tokens.deny(made)
      return { denied: made.token }
    },
  }
}

function askedByOAuth2(c: SignInContext, { tokens, credentials, app }: World): Asked {
  const { response_type, client_id = '', redirect_uri = '', state = '', scope = '', ...challenge } = c.req.query()
  const method = METHODS[challenge.code_challenge_method ?? '']
  const scopes = scope.split(' ').filter((name) => name !== '')
  const wrong =
    response_type !== 'code'
      ? 'response_type must be code.'
      : client_id !== credentials.clientId
        ? 'client_id names no app.'
        : redirect_uri === 'oob' || !app.callbacks.includes(redirect_uri)
          ? 'redirect_uri is not among those of the app, letter by letter.'
          : state === '' || state.length > 500
            ? 'state must have 1 to 500 characters.'
            : method === undefined || (challenge.code_challenge ?? '') === ''
              ? 'code_challenge is missing, or its method is neither S256 nor plain.'
              : scopes.length === 0 || scopes.some((name) => !Object.hasOwn(SCOPES, name))
                ? 'scope is missing, or names one that X does not have.'
                : undefined
  if (wrong !== undefined || method === undefined) {
    return { title: 'Something went wrong', message: `You were not able to give access: ${wrong}`, status: 400 }
  }
  const request: Omit<CodeRequest, 'userId'> = {
    scopes,
    redirectUri: redirect_uri,
    challenge: challenge.code_challenge ?? '',
    method,
  }
  return {
    permissions: scopes.map((name) => SCOPES[name] ?? name),
    callback: redirect_uri,
    silentFor: () => false,
    approve: (person) => ({ state, code: tokens.addCode({ ...request, userId: person.id }) }),
    deny: () => ({ state, error: 'access_denied' }),
  }
}

/** X takes both spellings of the first; a widely used client sends the lower one. */
const METHODS: Readonly<Record<string, CodeRequest['method']>> = { S256: 'S256', s256: 'S256', plain: 'plain' }

function withQuery(callback: string, fields: Readonly<Record<string, string>>): string {
  const url = new URL(callback)
  for (const [name, value] of Object.entries(fields)) url.searchParams.append(name, value)
  return url.href
}

/** The form was sent from a page of this very host. Browsers say so; where nothing is said it was no browser. */
function isOwn(c: SignInContext): boolean {
  const origin = c.req.header('origin')
  return origin === undefined || (URL.canParse(origin) && new URL(origin).host === c.req.header('host'))
}

function refuse(c: SignInContext, { title, message, status }: { title: string; message: string; status: 400 | 401 }) {
  protect(c)
  return c.html(messagePage(title, message), status)
}

/** Browsers hold the redirect that follows a form to `form-action` too, so the callback has to be in it. */
function protect(c: SignInContext, callback?: string): void {
  const target = callback === undefined || callback === 'oob' ? '' : ` ${sourceOf(callback)}`
  const policy = [
    "default-src 'none'",
    `style-src '${STYLE_HASH}'`,
    `form-action 'self'${target}`,
    "base-uri 'none'",
    "frame-ancestors 'none'",
  ]
  c.header('content-security-policy', policy.join('; '))
  c.header('x-frame-options', 'DENY')
  c.header('x-content-type-options', 'nosniff')
  // Not "no-referrer": with that, browsers say "null" for the origin of a form.
  c.header('referrer-policy', 'same-origin')
  c.header('cache-control', 'no-store')
}

function sourceOf(callback: string): string {
  const { origin, protocol } = new URL(callback)
  return origin === 'null' ? protocol : origin
}
