import type { AccessTokenResult, SignIn } from '@hexbird/core/adapter'
import type { SignInHarness } from '@hexbird/core/contracts'
import { MemorySignIn } from '../../src/memory-sign-in.js'
import type { Faults } from './faults.js'

export const CALLBACK = 'https://bot.example/api/twitter-callback'

export function memorySignIn(): SignInHarness {
  const signIn = new MemorySignIn({ callbacks: [CALLBACK] })
  return {
    signIn,
    callback: CALLBACK,
    async approve(token, person) {
      const verifier = signIn.approve(token, person)
      if (verifier === undefined) throw new Error(`no request token ${token} waits for approval`)
      return verifier
    },
  }
}

type Asked = Parameters<SignIn['accessToken']>[0]
type RequestToken = Awaited<ReturnType<SignIn['requestToken']>>

const breaking =
  (breaks: (signIn: SignIn) => Partial<SignIn>) =>
  (harness: SignInHarness): SignInHarness => {
    const { signIn } = harness
    const whole: SignIn = {
      requestToken: (input) => signIn.requestToken(input),
      page: (requestToken, options) => signIn.page(requestToken, options),
      accessToken: (asked) => signIn.accessToken(asked),
    }
    return { ...harness, signIn: { ...whole, ...breaks(signIn) } }
  }

const requesting = (change: (token: RequestToken) => RequestToken) =>
  breaking((signIn) => ({ requestToken: async (input) => change(await signIn.requestToken(input)) }))

const leading = (change: (page: string, requestToken: string, prompt: boolean) => string) =>
  breaking((signIn) => ({
    page: async (requestToken, { prompt }) => change(await signIn.page(requestToken, { prompt }), requestToken, prompt),
  }))

const trading = (make: (trade: SignIn['accessToken']) => SignIn['accessToken']) =>
  breaking((signIn) => ({ accessToken: make((asked) => signIn.accessToken(asked)) }))

const granting = (change: (granted: Extract<AccessTokenResult, { kind: 'granted' }>) => AccessTokenResult) =>
  trading((trade) => async (asked) => {
    const result = await trade(asked)
    return result.kind === 'granted' ? change(result) : result
  })

/** Knows whose verifier is whose, and lets through what `lets` says, in the person's name. */
const letting =
  (lets: (asked: Asked, verifiers: ReadonlyMap<string, string>) => boolean) =>
  (harness: SignInHarness): SignInHarness => {
    const verifiers = new Map<string, string>()
    const broken = trading((trade) => async (asked) => {
      const result = await trade(asked)
      return result.kind === 'refused' && lets(asked, verifiers) ? GRANTED : result
    })(harness)
    return {
      ...broken,
      async approve(token, person) {
        const verifier = await harness.approve(token, person)
        verifiers.set(verifier, token)
        return verifier
      },
    }
  }

const GRANTED: AccessTokenResult = {
  kind: 'granted',
  uid: '7',
  username: 'somebody',
  accessToken: '7-token',
  accessSecret: 'secret',
}

const PAGE = 'the page with a prompt is the one that always asks, without it the one that need not, over https'
const EXACT = 'the page is given exactly the token, whatever characters that has'
const ROUND_TRIP = 'an approved sign-in gives the person and their own tokens, every digit of the id kept'

export const SIGN_IN_FAULTS: Faults<SignInHarness> = {
  'the confirmation is not passed on': {
    noticedBy: ['a request token is confirmed, and has a secret'],
    breaks: requesting((token) => ({ ...token, callbackConfirmed: false })),
  },
  'the secret is left out': {
    noticedBy: ['a request token is confirmed, and has a secret'],
    breaks: requesting((token) => ({ ...token, secret: '' })),
  },
  'a request token is given again until it is traded': {
    noticedBy: ['each request token is another one'],
    breaks: breaking((signIn) => {
      let last: RequestToken | undefined
      return {
        async requestToken(input) {
          last ??= await signIn.requestToken(input)
          return last
        },
        accessToken(asked) {
          last = undefined
          return signIn.accessToken(asked)
        },
      }
    }),
  },
  'any callback will do': {
    noticedBy: ['a callback that is not on the list gets no request token'],
    breaks: breaking((signIn) => ({ requestToken: () => signIn.requestToken({ callback: CALLBACK }) })),
  },
  'the page always asks': {
    noticedBy: [PAGE, EXACT],
    breaks: leading((page) => page.replace('/oauth/authenticate', '/oauth/authorize')),
  },
  'the page never has to ask': {
    noticedBy: [PAGE, EXACT],
    breaks: leading((page) => page.replace('/oauth/authorize', '/oauth/authenticate')),
  },
  'the page that always asks is another one': {
    noticedBy: [PAGE],
    breaks: leading((page) => page.replace('/oauth/authorize', '/i/oauth2/authorize')),
  },
  'the page is not over https': {
    noticedBy: [PAGE],
    breaks: leading((page) => page.replace('https:', 'http:')),
  },
  'the page only looks like one of this machine': {
    noticedBy: [PAGE],
    breaks: leading((page) => page.replace('https://api.x.com', 'http://localhost.evil.example')),
  },
  'the page is a path': {
    noticedBy: [PAGE],
    breaks: leading((page) => page.replace('https://api.x.com', '')),
  },
  'the page is given no token': {
    noticedBy: [PAGE],
    breaks: leading((page) => page.replace('oauth_token', 'token')),
  },
  'the page is given a token twice': {
    noticedBy: [PAGE],
    breaks: leading((page, requestToken) => `${page}&oauth_token=${encodeURIComponent(requestToken)}`),
  },
  'the token goes into the page as it is': {
    noticedBy: [EXACT],
    breaks: leading((page, requestToken) => `${page.slice(0, page.indexOf('=') + 1)}${requestToken}`),
  },
  'the token is encoded as a whole address is': {
    noticedBy: [EXACT],
    breaks: leading((page, requestToken) => `${page.slice(0, page.indexOf('=') + 1)}${encodeURI(requestToken)}`),
  },
  'the token is encoded twice': {
    noticedBy: [EXACT],
    breaks: leading((page, requestToken) => {
      const twice = encodeURIComponent(encodeURIComponent(requestToken))
      return `${page.slice(0, page.indexOf('=') + 1)}${twice}`
    }),
  },
  'ids go through numbers': {
    noticedBy: [ROUND_TRIP],
    breaks: granting((granted) => ({ ...granted, uid: String(Number(granted.uid)) })),
  },
  'the secret of the tokens is left out': {
    noticedBy: [ROUND_TRIP],
    breaks: granting((granted) => ({ ...granted, accessSecret: '' })),
  },
  'everybody gets the same tokens': {
    noticedBy: ['two people who sign in at the same time get their own tokens'],
    breaks: granting((granted) => ({ ...granted, accessToken: 'token' })),
  },
  'a sign-in that asks to read only is refused': {
    noticedBy: ['what the sign-in asks for does not change who signs in'],
    breaks: breaking((signIn) => {
      const readers = new Set<string>()
      return {
        async requestToken(input) {
          const token = await signIn.requestToken(input)
          if (input.accessType === 'read') readers.add(token.token)
          return token
        },
        accessToken: async (asked) =>
          readers.has(asked.token) ? { kind: 'refused', detail: '' } : signIn.accessToken(asked),
      }
    }),
  },
  'a trade is remembered and made again': {
    noticedBy: ['a verifier works once'],
    breaks: trading((trade) => {
      const traded = new Map<string, AccessTokenResult>()
      return async (asked) => {
        const result = traded.get(asked.token + asked.verifier) ?? (await trade(asked))
        if (result.kind === 'granted') traded.set(asked.token + asked.verifier, result)
        return result
      }
    }),
  },
  'a verifier need only begin alike': {
    noticedBy: ['a wrong verifier is refused'],
    breaks: letting((asked, verifiers) =>
      [...verifiers].some(([verifier, token]) => token === asked.token && asked.verifier.length > verifier.length),
    ),
  },
  "anybody's verifier will do": {
    noticedBy: ["another sign-in's verifier is refused"],
    breaks: letting((asked, verifiers) => verifiers.has(asked.verifier)),
  },
  'no approval is needed': {
    noticedBy: ['a sign-in that nobody approved is refused'],
    breaks: letting((asked) => asked.verifier === ''),
  },
  'any token will do': {
    noticedBy: ['a request token that X never gave is refused'],
    breaks: letting((asked) => asked.token === 'made-up'),
  },
}
