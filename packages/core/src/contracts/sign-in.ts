import fc from 'fast-check'
import type { AccessTokenResult, SignIn } from '../ports/sign-in.js'
import { textArbitrary } from '../testing/arbitraries.js'
import { type Contract, ContractError, expectEqual, expectRejected, expectTrue } from './case.js'

/** A `SignIn` port, and the X where people approve sign-ins. */
export interface SignInHarness {
  readonly signIn: SignIn
  /** One of the app's callback URLs. */
  readonly callback: string
  /** Approves the request token at X as this person. Returns the verifier that X sends to the callback. */
  approve(requestToken: string, person: { readonly uid: string; readonly username: string }): Promise<string>
}

/** The ids have more digits than a JavaScript number can hold. */
const ADA = { uid: '1790000000000000001', username: 'ada' }
const GRACE = { uid: '9007199254740993', username: 'grace' }

/** The contract of `SignIn`. */
export const signInContract: Contract<SignInHarness> = [
  {
    name: 'a request token is confirmed, and has a secret',
    async check(make) {
      const { signIn, callback } = await make()
      const { token, secret, callbackConfirmed } = await signIn.requestToken({ callback })
      expectEqual(callbackConfirmed, true, 'callbackConfirmed')
      expectTrue(token !== '' && secret !== '' && token !== secret, 'the token and its secret are there and differ')
    },
  },
  {
    name: 'each request token is another one',
    async check(make) {
      const { signIn, callback } = await make()
      const tokens = [await signIn.requestToken({ callback }), await signIn.requestToken({ callback })]
      expectEqual(new Set(tokens.flatMap(({ token, secret }) => [token, secret])).size, 4, 'tokens and secrets')
    },
  },
  {
    name: 'a callback that is not on the list gets no request token',
    async check(make) {
      const { signIn, callback } = await make()
      for (const other of ['https://evil.example/callback', `${callback}/`, `${callback}?next=evil`])
        await expectRejected(signIn.requestToken({ callback: other }), `request token for ${other}`)
    },
  },
  {
    name: 'the page with a prompt is the one that always asks, without it the one that need not, over https',
    async check(make) {
      const { signIn, callback } = await make()
      const { token } = await signIn.requestToken({ callback })
      for (const prompt of [true, false]) expectPage(await signIn.page(token, { prompt }), prompt, token)
    },
  },
  {
    name: 'the page is given exactly the token, whatever characters that has',
    async check(make) {
      const { signIn } = await make()
      const property = fc.asyncProperty(token, fc.boolean(), async (requestToken, prompt) =>
        expectPage(await signIn.page(requestToken, { prompt }), prompt, requestToken),
      )
      const run = await fc.check(property, { numRuns: 100, examples: AWKWARD, includeErrorInReport: true })
      expectTrue(!run.failed, `${fc.defaultReportMessage(run)}`)
    },
  },
  {
    name: 'an approved sign-in gives the person and their own tokens, every digit of the id kept',
    async check(make) {
      const harness = await make()
      for (const person of [ADA, GRACE]) {
        const granted = expectGranted(await signInAs(harness, person))
        expectEqual({ uid: granted.uid, username: granted.username }, person, 'person')
        expectTrue(
          granted.accessToken !== '' && granted.accessSecret !== '',
          'the access token and its secret are there',
        )
      }
    },
  },
  {
    name: 'two people who sign in at the same time get their own tokens',
    async check(make) {
      const harness = await make()
      const [ada, grace] = (await Promise.all([signInAs(harness, ADA), signInAs(harness, GRACE)])).map(expectGranted)
      expectEqual([ada?.uid, grace?.uid], [ADA.uid, GRACE.uid], 'people')
      expectTrue(ada?.accessToken !== grace?.accessToken, 'they have the same access token')
    },
  },
  {
    name: 'what the sign-in asks for does not change who signs in',
    async check(make) {
      const harness = await make()
      for (const accessType of ['read', 'write'] as const)
        expectEqual(expectGranted(await signInAs(harness, ADA, accessType)).uid, ADA.uid, `uid (${accessType})`)
    },
  },
  {
    name: 'a verifier works once',
    async check(make) {
      const { signIn, callback, approve } = await make()
      const { token, secret } = await signIn.requestToken({ callback })
      const verifier = await approve(token, ADA)
      expectGranted(await signIn.accessToken({ token, secret, verifier }))
      expectRefused(await signIn.accessToken({ token, secret, verifier }), 'second use')
    },
  },
  {
    name: 'a wrong verifier is refused',
    async check(make) {
      const { signIn, callback, approve } = await make()
      const { token, secret } = await signIn.requestToken({ callback })
      const verifier = await approve(token, ADA)
      expectRefused(await signIn.accessToken({ token, secret, verifier: `${verifier}x` }), 'wrong verifier')
    },
  },
  {
    name: "another sign-in's verifier is refused",
    async check(make) {
      const { signIn, callback, approve } = await make()
      const [own, other] = [await signIn.requestToken({ callback }), await signIn.requestToken({ callback })]
      await approve(own.token, ADA)
      const verifier = await approve(other.token, GRACE)
      const result = await signIn.accessToken({ token: own.token, secret: own.secret, verifier })
      expectRefused(result, "another token's verifier")
    },
  },
  {
    name: 'a sign-in that nobody approved is refused',
    async check(make) {
      const { signIn, callback } = await make()
      const { token, secret } = await signIn.requestToken({ callback })
      expectRefused(await signIn.accessToken({ token, secret, verifier: 'guessed' }), 'no approval')
      expectRefused(await signIn.accessToken({ token, secret, verifier: '' }), 'no approval, no verifier')
    },
  },
  {
    name: 'a request token that X never gave is refused',
    async check(make) {
      const { signIn } = await make()
      expectRefused(await signIn.accessToken({ token: 'made-up', secret: 'up', verifier: 'guessed' }), 'made-up token')
    },
  },
]

async function signInAs(
  { signIn, callback, approve }: SignInHarness,
  person: { readonly uid: string; readonly username: string },
  accessType?: 'read' | 'write',
): Promise<AccessTokenResult> {
  const { token, secret } = await signIn.requestToken({ callback, ...(accessType && { accessType }) })
  return signIn.accessToken({ token, secret, verifier: await approve(token, person) })
}

function expectGranted(result: AccessTokenResult): Extract<AccessTokenResult, { kind: 'granted' }> {
  if (result.kind === 'granted') return result
  throw new ContractError(`expected granted, got refused: ${result.detail}`)
}

const expectRefused = (result: AccessTokenResult, what: string) => expectEqual(result.kind, 'refused', what)

const token = textArbitrary({ minLength: 1 })

const AWKWARD: [string, boolean][] = ['a&oauth_token=b', 'a#b', 'a+b c%20d', 'a/../b?c', '=', 'é日本語🐦'].map(
  (each) => [each, true],
)

/** Splits a page's URL into address, path and query. It must use https, unless it is on this machine. */
const PAGE =
  /^(?:https:\/\/[\w.-]+(?::\d+)?|http:\/\/(?:localhost|127\.0\.0\.1|\[::1\])(?::\d+)?)(\/[\w./-]*)\?([!-"$-~]*)$/

function expectPage(page: string, prompt: boolean, requestToken: string): void {
  const [, path = '', query = ''] = PAGE.exec(page) ?? []
  const end = prompt ? '/oauth/authorize' : '/oauth/authenticate'
  expectTrue(path.endsWith(end), `expected an address over https whose path ends in ${end}, got ${page}`)
  const tokens = query.split('&').flatMap((pair) => {
    const [name, ...value] = pair.split('=')
    return name === 'oauth_token' ? [decoded(value.join('='))] : []
  })
  expectEqual(tokens, [requestToken], `the tokens in ${page}`)
}

function decoded(value: string): string {
  try {
    return decodeURIComponent(value.replaceAll('+', ' '))
  } catch (cause) {
    throw new ContractError(`${value} is not encoded for an address`, { cause })
  }
}
