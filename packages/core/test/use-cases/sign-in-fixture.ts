import { BOT, NOW } from '@hexbird/testkit/bot-fixture'
import type { Account, Charge, ConsumeResult, Reservation, Session } from '../../src/adapter/index.js'
import type { SignInOptions, SignInPorts } from '../../src/host/index.js'
import { createSignIn } from '../../src/host/index.js'

export const CALLBACK = 'https://bot.example/callback'
export const REQUEST = { follow: false, message: false, tracked: {}, address: '192.0.2.7' }
export const GRANTED = {
  kind: 'granted' as const,
  uid: '1790000000000000001',
  username: 'ada',
  accessToken: 'access-token',
  accessSecret: 'access-secret',
}

type Overrides = { [Port in keyof SignInPorts]?: Partial<SignInPorts[Port]> } & {
  readonly options?: Partial<SignInOptions>
}

/** A fixture in which everything goes well, what it keeps, and what was asked of X and of the stores, in order. */
export function signInFixture(over: Overrides = {}) {
  const log: string[] = []
  const charged: Charge[] = []
  const sessions = new Map<string, Session>()
  const accounts = new Map<string, Account>()
  const clock = { now: NOW }
  let ids = 0
  const ports: SignInPorts = {
    sessions: {
      async put(session) {
        log.push('sessions.put')
        sessions.set(session.requestToken, session)
      },
      async consume(token, flowSecretHash): Promise<ConsumeResult> {
        log.push(`sessions.consume ${token}`)
        const session = sessions.get(token)
        if (!session) return { kind: 'unknown' }
        if (session.flowSecretHash !== flowSecretHash) return { kind: 'wrong-browser' }
        sessions.delete(token)
        return { kind: 'consumed', session }
      },
      removeAll: async () => sessions.clear(),
      ...over.sessions,
    },
    accounts: {
      async put(account) {
        log.push('accounts.put')
        accounts.set(account.uid, account)
      },
      find: async (uid) => accounts.get(uid),
      async remove(uid, signedInUntil) {
        log.push(`accounts.remove ${uid} ${signedInUntil}`)
        accounts.delete(uid)
      },
      removeAll: async () => accounts.clear(),
      ...over.accounts,
    },
    signIn: {
      async requestToken({ callback, accessType }) {
        log.push(`requestToken ${callback} ${accessType}`)
        return { token: 'request-token', secret: 'request-secret', callbackConfirmed: true }
      },
      page: async (token, { prompt }) => `https://x.example/${prompt ? 'authorize' : 'authenticate'}?${token}`,
      async accessToken({ token, secret, verifier }) {
        log.push(`accessToken ${token} ${secret} ${verifier}`)
        return GRANTED
      },
      ...over.signIn,
    },
    userActions: {
      async follow({ uid }, target) {
        log.push(`follow ${uid} ${target}`)
        return { kind: 'done' }
      },
      async message({ uid }, to, text) {
        log.push(`message ${uid} ${to} ${text}`)
        return { kind: 'done' }
      },
      async invalidate({ accessToken }) {
        log.push(`invalidate ${accessToken}`)
        return { kind: 'done' }
      },
      ...over.userActions,
    },
    budget: {
      async reserve(charges): Promise<Reservation> {
        charged.push(...charges)
        return { kind: 'granted' }
      },
      async settle(charges) {
        for (const { window, call, amount } of charges) {
          const [at] = charged.flatMap((charge, index) =>
            charge.window === window && charge.call === call ? [index] : [],
          )
          if (at !== undefined) charged.splice(at, 1, { ...(charged[at] as Charge), amount })
        }
      },
      removeAll: async () => {},
      ...over.budget,
    },
    now: () => clock.now,
    newId: () => `browser-${++ids}`,
  }
  const bot = createSignIn(ports, { callback: CALLBACK, account: BOT, ...over.options })
  return { bot, ports, log, charged, sessions, accounts, clock }
}

/** A sign-in that has begun, and the callback that ends it. */
export async function begun(
  fixture: ReturnType<typeof signInFixture>,
  request: Partial<typeof REQUEST> & { returnTo?: string } = {},
) {
  const started = await fixture.bot.startSession({ ...REQUEST, ...request })
  if (started.kind !== 'started') throw new Error(started.kind)
  fixture.log.length = 0
  return { requestToken: started.requestToken, verifier: 'verifier', flowSecret: started.flowSecret }
}
