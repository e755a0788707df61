import type { UserActionResult, UserActions, UserTokens } from '@hexbird/core/adapter'
import type { UserActionsHarness } from '@hexbird/core/contracts'
import { MemoryUserActions } from '../../src/memory-user-actions.js'
import type { Faults } from './faults.js'

export function memoryUserActions(): UserActionsHarness {
  const actions = new MemoryUserActions()
  let people = 0n
  return {
    actions,
    async person({ protected: isProtected, messages } = {}) {
      people += 1n
      const uid = String(1_790_000_000_000_000_000n + people)
      if (isProtected) actions.protect(uid)
      if (messages === 'closed') actions.closeMessages(uid)
      return { uid, accessToken: `${uid}-token`, accessSecret: 'secret' }
    },
    followersOf: async (uid) => actions.followersOf(uid),
    messagesTo: async (uid) => actions.messagesTo(uid).map(({ from, text }) => ({ from, text })),
    forbidFollowing: () => actions.forbidFollowing(),
    revoke: async (uid) => actions.revoke(uid),
    rateLimitNext: () => actions.limitNext(1_790_000_900_000),
  }
}

const acting =
  (breaks: (actions: UserActions) => Partial<UserActions>) =>
  (harness: UserActionsHarness): UserActionsHarness => {
    const { actions } = harness
    const whole: UserActions = {
      follow: (as, targetUid) => actions.follow(as, targetUid),
      message: (as, recipientUid, text) => actions.message(as, recipientUid, text),
      invalidate: (as) => actions.invalidate(as),
    }
    return { ...harness, actions: { ...whole, ...breaks(actions) } }
  }

const ending = (change: (result: UserActionResult) => UserActionResult) =>
  acting((actions) => ({
    follow: async (as, targetUid) => change(await actions.follow(as, targetUid)),
    message: async (as, recipientUid, text) => change(await actions.message(as, recipientUid, text)),
    invalidate: async (as) => change(await actions.invalidate(as)),
  }))

const WITHDRAWN = "nothing is done for a person who withdrew the app's access"
const INVALID = 'tokens that were made invalid work no more, and can be made so again'
const ALONE = "nobody else's tokens are made invalid, nor is anything undone"
const LIMIT = 'a rate limit puts it off until its reset, and nothing happens'

const DONE: UserActionResult = { kind: 'done' }
const somebody: UserTokens = { uid: '7', accessToken: '7-token', accessSecret: 'secret' }

export const USER_ACTIONS_FAULTS: Faults<UserActionsHarness> = {
  'the account follows the person': {
    noticedBy: ['the person follows the account'],
    breaks: acting((actions) => ({ follow: (as, targetUid) => actions.follow({ ...as, uid: targetUid }, as.uid) })),
  },
  'a second follow is refused': {
    noticedBy: ['following a second time is done as well'],
    breaks: acting((actions) => {
      const followed = new Set<string>()
      return {
        async follow(as, targetUid) {
          if (followed.has(targetUid)) return { kind: 'refused', detail: 'you already follow' }
          followed.add(targetUid)
          return actions.follow(as, targetUid)
        },
      }
    }),
  },
  'a follow that has to be agreed to counts as done': {
    noticedBy: ['a protected account has to agree first'],
    breaks: ending((result) => (result.kind === 'pending' ? DONE : result)),
  },
  'a refusal counts as done': {
    noticedBy: [
      'an app that may not follow is refused, and nothing happens',
      'an account that takes no messages refuses them',
    ],
    breaks: ending((result) => (result.kind === 'refused' ? DONE : result)),
  },
  'text is escaped twice': {
    noticedBy: ['a message arrives, letter for letter'],
    breaks: acting((actions) => ({
      message: (as, to, text) => actions.message(as, to, text.replaceAll('&', '&amp;')),
    })),
  },
  'a message is from somebody else': {
    noticedBy: ['a message arrives, letter for letter', 'people may message themselves'],
    breaks: acting((actions) => ({ message: (_, to, text) => actions.message(somebody, to, text) })),
  },
  'nobody may message themselves': {
    noticedBy: ['people may message themselves'],
    breaks: acting((actions) => ({
      message: async (as, to, text) =>
        as.uid === to ? { kind: 'refused', detail: '' } : actions.message(as, to, text),
    })),
  },
  'withdrawn access is just a refusal': {
    noticedBy: [WITHDRAWN, INVALID],
    breaks: ending((result) => (result.kind === 'revoked' ? { kind: 'refused', detail: '' } : result)),
  },
  'a rate limit is a refusal': {
    noticedBy: [LIMIT],
    breaks: ending((result) => (result.kind === 'deferred' ? { kind: 'refused', detail: '' } : result)),
  },
  'a rate limit is met again at once': {
    noticedBy: [LIMIT],
    breaks: acting((actions) => ({
      async follow(as, targetUid) {
        const result = await actions.follow(as, targetUid)
        if (result.kind === 'deferred') await actions.follow(as, targetUid)
        return result
      },
    })),
  },
  'tokens are made invalid in name only': {
    noticedBy: [INVALID],
    breaks: acting(() => ({ invalidate: async () => DONE })),
  },
  'invalid tokens may still message': {
    noticedBy: [INVALID],
    breaks: acting((actions) => {
      const invalid = new Set<string>()
      return {
        async invalidate({ accessToken }) {
          invalid.add(accessToken)
          return DONE
        },
        follow: async (as, targetUid) =>
          invalid.has(as.accessToken) ? { kind: 'revoked', detail: '' } : actions.follow(as, targetUid),
      }
    }),
  },
  'tokens that work no more cannot be made invalid': {
    noticedBy: [INVALID, WITHDRAWN],
    breaks: acting((actions) => ({
      async invalidate(as) {
        const result = await actions.invalidate(as)
        return result.kind === 'revoked' ? { kind: 'refused', detail: '' } : result
      },
    })),
  },
  'everybody is made invalid': {
    noticedBy: [ALONE],
    breaks: acting((actions) => {
      let invalid = false
      return {
        invalidate(as) {
          invalid = true
          return actions.invalidate(as)
        },
        follow: async (as, targetUid) => (invalid ? { kind: 'revoked', detail: '' } : actions.follow(as, targetUid)),
      }
    }),
  },
  'tokens are made invalid past a rate limit': {
    noticedBy: [LIMIT],
    breaks: acting((actions) => ({
      async invalidate(as) {
        const result = await actions.invalidate(as)
        if (result.kind === 'deferred') await actions.invalidate(as)
        return result
      },
    })),
  },
}
