import type { UserActionResult, UserActions, UserTokens } from '../ports/user-actions.js'
import { type Contract, expectEqual, expectTrue } from './case.js'

/** A `UserActions` port, and the X where the actions happen. */
export interface UserActionsHarness {
  readonly actions: UserActions
  /**
   * Returns a new person who has signed in. The owner of a `protected` account has to approve followers. An account
   * whose `messages` are `closed` accepts no direct messages from others.
   */
  person(settings?: { readonly protected?: boolean; readonly messages?: 'closed' }): Promise<UserTokens>
  /** Returns the ids of the account's followers. */
  followersOf(uid: string): Promise<readonly string[]>
  /** Returns the direct messages that the account has received. */
  messagesTo(uid: string): Promise<readonly { readonly from: string; readonly text: string }[]>
  /** Makes the app a self-serve one, which may not follow. */
  forbidFollowing(): void
  /** Withdraws the app's access, as this person. */
  revoke(uid: string): Promise<void>
  /** Makes the next call fail with a 429, with the time of the reset. */
  rateLimitNext(): void
}

/** The contract of `UserActions`. */
export const userActionsContract: Contract<UserActionsHarness> = [
  {
    name: 'the person follows the account',
    async check(make) {
      const { actions, person, followersOf } = await make()
      const [ada, grace] = [await person(), await person()]
      expectEqual(await actions.follow(ada, grace.uid), { kind: 'done' }, 'follow')
      expectEqual(await followersOf(grace.uid), [ada.uid], 'followers')
      expectEqual(await followersOf(ada.uid), [], 'followers of the person')
    },
  },
  {
    name: 'following a second time is done as well',
    async check(make) {
      const { actions, person, followersOf } = await make()
      const [ada, grace] = [await person(), await person()]
      await actions.follow(ada, grace.uid)
      expectEqual(await actions.follow(ada, grace.uid), { kind: 'done' }, 'second follow')
      expectEqual(await followersOf(grace.uid), [ada.uid], 'followers')
    },
  },
  {
    name: 'a protected account has to agree first',
    async check(make) {
      const { actions, person, followersOf } = await make()
      const [ada, grace] = [await person(), await person({ protected: true })]
      expectEqual(await actions.follow(ada, grace.uid), { kind: 'pending' }, 'follow')
      expectEqual(await followersOf(grace.uid), [], 'followers')
    },
  },
  {
    name: 'an app that may not follow is refused, and nothing happens',
    async check(make) {
      const { actions, person, followersOf, forbidFollowing } = await make()
      const [ada, grace] = [await person(), await person()]
      forbidFollowing()
      expectEqual((await actions.follow(ada, grace.uid)).kind, 'refused', 'follow')
      expectEqual(await followersOf(grace.uid), [], 'followers')
    },
  },
  {
    name: 'a message arrives, letter for letter',
    async check(make) {
      const { actions, person, messagesTo } = await make()
      const [ada, grace] = [await person(), await person()]
      const text = 'Welcome & <hello> "100%"\n日本語 🐕‍🦺 a+b=c'
      expectEqual(await actions.message(ada, grace.uid, text), { kind: 'done' }, 'message')
      expectEqual(await messagesTo(grace.uid), [{ from: ada.uid, text }], 'messages')
    },
  },
  {
    name: 'people may message themselves',
    async check(make) {
      const { actions, person, messagesTo } = await make()
      const ada = await person()
      expectEqual(await actions.message(ada, ada.uid, 'Welcome.'), { kind: 'done' }, 'message')
      expectEqual(await messagesTo(ada.uid), [{ from: ada.uid, text: 'Welcome.' }], 'messages')
    },
  },
  {
    name: 'an account that takes no messages refuses them',
    async check(make) {
      const { actions, person, messagesTo } = await make()
      const [ada, grace] = [await person(), await person({ messages: 'closed' })]
      expectEqual((await actions.message(ada, grace.uid, 'Welcome.')).kind, 'refused', 'message')
      expectEqual(await messagesTo(grace.uid), [], 'messages')
    },
  },
  {
    name: "nothing is done for a person who withdrew the app's access",
    async check(make) {
      const { actions, person, followersOf, messagesTo, revoke } = await make()
      const [ada, grace] = [await person(), await person()]
      await revoke(ada.uid)
      expectEqual((await actions.follow(ada, grace.uid)).kind, 'revoked', 'follow')
      expectEqual((await actions.message(ada, grace.uid, 'Welcome.')).kind, 'revoked', 'message')
      expectNoMore(await actions.invalidate(ada), 'invalidate')
      expectEqual(await followersOf(grace.uid), [], 'followers')
      expectEqual(await messagesTo(grace.uid), [], 'messages')
    },
  },
  {
    name: 'tokens that were made invalid work no more, and can be made so again',
    async check(make) {
      const { actions, person, followersOf, messagesTo } = await make()
      const [ada, grace] = [await person(), await person()]
      expectEqual(await actions.invalidate(ada), { kind: 'done' }, 'invalidate')
      expectEqual((await actions.follow(ada, grace.uid)).kind, 'revoked', 'follow')
      expectEqual((await actions.message(ada, grace.uid, 'Welcome.')).kind, 'revoked', 'message')
      expectNoMore(await actions.invalidate(ada), 'second invalidate')
      expectEqual([await followersOf(grace.uid), await messagesTo(grace.uid)], [[], []], 'followers and messages')
    },
  },
  {
    name: "nobody else's tokens are made invalid, nor is anything undone",
    async check(make) {
      const { actions, person, followersOf, messagesTo } = await make()
      const [ada, grace] = [await person(), await person()]
      await actions.follow(ada, grace.uid)
      await actions.invalidate(ada)
      expectEqual(await followersOf(grace.uid), [ada.uid], 'followers from before')
      expectEqual(await actions.follow(grace, ada.uid), { kind: 'done' }, 'follow of another person')
      expectEqual(await actions.message(grace, ada.uid, 'Welcome.'), { kind: 'done' }, 'message of another person')
      expectEqual(await followersOf(ada.uid), [grace.uid], 'followers')
      expectEqual(await messagesTo(ada.uid), [{ from: grace.uid, text: 'Welcome.' }], 'messages')
    },
  },
  {
    name: 'a rate limit puts it off until its reset, and nothing happens',
    async check(make) {
      const { actions, person, followersOf, messagesTo, rateLimitNext } = await make()
      const [ada, grace] = [await person(), await person()]
      for (const act of [
        () => actions.follow(ada, grace.uid),
        () => actions.message(ada, grace.uid, 'Welcome.'),
        () => actions.invalidate(ada),
      ]) {
        rateLimitNext()
        const result = await act()
        expectEqual(result.kind, 'deferred', 'result')
        expectTrue(
          result.kind === 'deferred' && Number.isInteger(result.until),
          'later comes with the time of the reset',
        )
      }
      expectEqual([await followersOf(grace.uid), await messagesTo(grace.uid)], [[], []], 'followers and messages')
      expectEqual(await actions.message(ada, ada.uid, 'Welcome.'), { kind: 'done' }, 'a message afterwards')
    },
  },
]

/** Expects the result of an action with tokens that are already invalid, which may be `revoked` or `done`. */
const expectNoMore = ({ kind }: UserActionResult, what: string) =>
  expectTrue(kind === 'revoked' || kind === 'done', `${what}: expected revoked or done, got ${kind}`)
