import type { AccessTokenResult, SignIn } from '@hexbird/core'
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

const requesting = (change: (token: RequestToken) => RequestToken) => (harness: SignInHarness) => ({
  ...harness,
  signIn: {
    accessToken: (asked: Asked) => harness.signIn.accessToken(asked),
    requestToken: async (input: { callback: string }) => change(await harness.signIn.requestToken(input)),
  },
})

const trading = (make: (trade: SignIn['accessToken']) => SignIn['accessToken']) => (harness: SignInHarness) => ({
  ...harness,
  signIn: {
    requestToken: (input: { callback: string }) => harness.signIn.requestToken(input),
    accessToken: make((asked) => harness.signIn.accessToken(asked)),
  },
})

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
    breaks: (harness) => {
      let last: RequestToken | undefined
      return {
        ...harness,
        signIn: {
          async requestToken(input) {
            last ??= await harness.signIn.requestToken(input)
            return last
          },
          accessToken(asked) {
            last = undefined
            return harness.signIn.accessToken(asked)
          },
        },
      }
    },
  },
  'any callback will do': {
    noticedBy: ['a callback that is not on the list gets no request token'],
    breaks: (harness) => ({
      ...harness,
      signIn: {
        accessToken: (asked) => harness.signIn.accessToken(asked),
        requestToken: () => harness.signIn.requestToken({ callback: CALLBACK }),
      },
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
    breaks: (harness) => {
      const readers = new Set<string>()
      return {
        ...harness,
        signIn: {
          async requestToken(input) {
            const token = await harness.signIn.requestToken(input)
            if (input.accessType === 'read') readers.add(token.token)
            return token
          },
          accessToken: async (asked) =>
            readers.has(asked.token) ? { kind: 'refused', detail: '' } : harness.signIn.accessToken(asked),
        },
      }
    },
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
