import { type ActionMode, createSignIn } from '@hexbird/core/host'
import { memoize } from '@hexbird/core/util'
import { createSignInApp, SIGN_IN_PATHS, type SignInAppEvent } from '@hexbird/http'
import type { Context } from 'hono'
import { createWiring } from '../container.js'
import { type Observer, observedBudget } from '../observe.js'
import { linesOf } from '../settings.js'
import { entry, type Make } from './entry.js'
import { type HttpResult, overHttp } from './http.js'

/** The pages where people sign in. */
export const makeSignIn: Make<'sign-in', unknown, HttpResult> = (settings, observer) => {
  const { environment, parameters, limits, bot: account } = settings
  const origin = environment.HEXBIRD_ORIGIN
  const offers = {
    account,
    limits,
    follow: environment.HEXBIRD_FOLLOW as ActionMode,
    message: environment.HEXBIRD_MESSAGE as ActionMode,
  }
  const ready = memoize(async () => {
    const wiring = createWiring(settings)
    // Who only looks at the page needs none of these.
    const lazy = wiring.lazy('sessions', 'accounts', 'signIn', 'userActions', 'budget')
    const ports = { ...lazy, ...(await wiring.ports('now', 'newId')), budget: observedBudget(lazy.budget, observer) }
    const returnTo = environment.HEXBIRD_RETURN_TO.split(',').filter((address) => address !== '')
    const bot = createSignIn(ports, { callback: `${origin}${SIGN_IN_PATHS.callback}`, returnTo, ...offers })
    return overHttp(
      createSignInApp({
        bot,
        origin,
        service: `@${account.username}`,
        privacyPolicyUrl: environment.HEXBIRD_PRIVACY_POLICY_URL,
        cookieKeys: linesOf(parameters['cookie-keys']),
        addressOf,
        onEvent: (event) => tell(observer, event),
      }),
    )
  })
  return async (event, context) => (await ready())(event, context)
}

/** As the gateway says, which nobody can forge; a load balancer adds the address that it saw at the end of a header. */
function addressOf({ env, req }: Context): string | undefined {
  const { requestContext } = env as { readonly requestContext?: RequestContext }
  if (requestContext?.elb !== undefined) return req.header('x-forwarded-for')?.split(',').at(-1)?.trim()
  return requestContext?.http?.sourceIp ?? requestContext?.identity?.sourceIp
}

interface RequestContext {
  readonly http?: { readonly sourceIp?: string }
  readonly identity?: { readonly sourceIp?: string }
  readonly elb?: unknown
}

function tell(observer: Observer, event: SignInAppEvent): void {
  const { kind, ...details } = event
  switch (event.kind) {
    case 'signed-in': {
      observer.count('SignedIn')
      const { uid, follow, message } = event
      for (const action of [follow, message]) {
        if (action.kind === 'not-done' && action.error) observer.error('X could not be reached.', action.error, { uid })
      }
      observer.info('Signed in.', { uid, follow: follow.kind, message: message.kind })
      return
    }
    case 'start-failed':
    case 'callback-failed':
    case 'broken':
      observer.count('SignInFailed')
      observer.error('The sign-in failed.', event.error, { what: kind })
      return
    case 'disconnected':
      observer.info('Disconnected.', { uid: event.uid, atX: event.atX.kind })
      return
    default:
      observer.info('Sign-in.', { what: kind, details })
      return
  }
}

export const handlerOf = () => entry('sign-in', makeSignIn)
