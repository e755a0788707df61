import { inspect } from 'node:util'
import type { Account } from '@hexbird/core/adapter'
import { SIGN_IN_PATHS } from '@hexbird/http'
import { afterAll, afterEach, beforeAll, describe, expect, test } from '@jest/globals'
import { approve } from './sign-in-browser.js'
import { API, BOTH, closeAll, start } from './sign-in-fixture.js'

const { start: START, disconnect: DISCONNECT } = SIGN_IN_PATHS

afterEach(closeAll)

const unhandled: unknown[] = []
const note = (reason: unknown) => void unhandled.push(reason)
beforeAll(() => void process.on('unhandledRejection', note))
afterAll(() => {
  process.off('unhandledRejection', note)
  expect(unhandled).toEqual([])
})

describe('whatever breaks, at whichever call, before or after its effect', () => {
  /** The whole story of somebody who ticks `fields`; gives every page that was seen. */
  async function story(fields: Record<string, string>, breaks?: { readonly nth: number; readonly after: boolean }) {
    const calls: string[] = []
    const granted: unknown[] = []
    const fixture = await start(API, async (call, effect) => {
      const breaksNow = calls.push(call) === breaks?.nth
      if (breaksNow && !breaks.after) throw new Error(`${call} broke before`)
      const result = await effect()
      if (call === 'signIn.accessToken') granted.push(result)
      if (breaksNow) throw new Error(`${call} broke after`)
      return result
    })
    const person = fixture.browser()
    const begun = await person.submit(START, fields)
    const pages = [begun]
    const callback = begun.status === 303 ? await approve(fixture.x, begun.location, 'alice') : ''
    for (const address of callback === '' ? [] : [callback, callback]) {
      const back = await person.get(address)
      pages.push(back, await person.get(back.location))
    }
    const account = await fixture.account('alice')
    pages.push(await person.submit(DISCONNECT), await person.submit(DISCONNECT))
    return { ...fixture, calls, granted, pages, account, callback }
  }

  test.each([{ fields: BOTH }, { fields: { follow: 'true' } }, { fields: {} }])(
    'no account without its tokens, nothing that was not chosen or twice, no secret told: $fields',
    async ({ fields }) => {
      const { calls } = await story(fields)
      expect(calls).toEqual(expect.arrayContaining(['sessions.consume', 'accounts.put', 'userActions.invalidate']))
      const points = calls.flatMap((call, index) => [false, true].map((after) => ({ call, nth: index + 1, after })))
      for (const point of points) {
        const { x, pages, appEvents, granted, account, callback, sessions } = await story(fields, point)
        const follows = x.followersOf('hexbird').length
        const messages = x.messages().length
        const seen = [
          inspect(appEvents, { depth: 9 }),
          ...pages.map(({ text, cookies }) => text + cookies.join()),
        ].join()
        const ofCallback = callback === '' ? [] : [...new URL(callback).searchParams.values()]
        const secrets = [...ofCallback, account?.accessToken, account?.accessSecret, sessions.seen[0]?.requestSecret]
        const failed = pages.filter(({ status }) => status >= 500).length
        const holds = {
          'the tokens are those that X gave': !account || isGranted(granted, account),
          'tokens were asked for once': granted.length <= 1,
          'follows are chosen': follows <= ('follow' in fields ? 1 : 0),
          'messages are chosen': messages <= ('message' in fields ? 1 : 0),
          'each failure is noticed': failed <= appEvents.filter((event) => 'error' in event).length,
          'nothing secret is seen': !secrets.some((secret) => secret && seen.includes(secret)),
        }
        const broken = Object.entries(holds).flatMap(([promise, isKept]) => (isKept ? [] : [promise]))
        expect({ ...point, broken }).toEqual({ ...point, broken: [] })
        await closeAll()
      }
    },
  )

  const isGranted = (granted: readonly unknown[], { uid, accessToken, accessSecret }: Account) =>
    granted.some((result) => {
      const { uid: ofUid, ...tokens } = result as Account
      return ofUid === uid && tokens.accessToken === accessToken && tokens.accessSecret === accessSecret
    })
})
