import { MemoryAccountStore, MemoryBudget, MemorySessionStore } from '@hexbird/adapters-memory'
import { agentTo, XSignIn, XUserActions } from '@hexbird/adapters-x'
import type { AccountStore, Budget, Session, SessionStore, SignIn, UserActions } from '@hexbird/core/adapter'
import type { SignInAppEvent } from '@hexbird/http'
import type { LocalX } from '@hexbird/local-x'
import type { LocalBot, LocalBotOptions } from '../src/local-bot.js'
import { startLocalBot } from '../src/local-bot.js'
import { Browser } from './sign-in-browser.js'

/** Both choices are really made through the API, and this X lets them be. */
export const API: LocalBotOptions = { signIn: { follow: 'api', message: 'api' }, localX: { follows: 'allowed' } }
export const BOTH = { follow: 'true', message: 'true' }

let closing: (() => Promise<void>)[] = []

/** Ends what was started. */
export async function closeAll(): Promise<void> {
  await Promise.all(closing.map((close) => close()))
  closing = []
}

/** What a port is called before and after its effect. */
type Around = (call: string, effect: () => Promise<unknown>) => Promise<unknown>
const asIs: Around = (_call, effect) => effect()

/** A bot with a sign-in over a local X, on a clock of its own, until `closeAll`. */
export async function start(options: LocalBotOptions = {}, around: Around = asIs) {
  const clock = { now: Date.now() }
  const now = () => clock.now
  const appEvents: SignInAppEvent[] = []
  const sessions = new SeenSessions()
  const accounts = new MemoryAccountStore()
  const late: { x?: LocalX; signIn?: SignIn; userActions?: UserActions } = {}
  const outside = <T extends object>(name: 'signIn' | 'userActions'): T =>
    new Proxy({} as T, { get: (_none, method) => Reflect.get(late[name] ?? {}, method).bind(late[name]) })
  const local: LocalBot = await startLocalBot({
    ...options,
    now,
    onSignInEvent: (event) => appEvents.push(event),
    ports: {
      budget: wrapped<Budget>('budget', new MemoryBudget(), around),
      sessions: wrapped<SessionStore>('sessions', sessions, around),
      accounts: wrapped<AccountStore>('accounts', accounts, around),
      signIn: wrapped('signIn', outside<SignIn>('signIn'), around),
      userActions: wrapped('userActions', outside<UserActions>('userActions'), around),
      ...options.ports,
    },
    localX: { people: [{ username: 'alice' }, { username: 'bob' }], now, ...options.localX },
  })
  const { x } = local
  const agent = agentTo({ port: x.port })
  const { consumerKey, consumerSecret } = x.credentials
  late.signIn = new XSignIn({ consumerKey, consumerSecret, agent, now, pages: `${x.url}/oauth/` })
  const userActions = new XUserActions({ consumerKey, consumerSecret, agent, now })
  late.userActions = userActions
  closing.push(async () => {
    await local.close()
    agent.destroy()
  })
  const origin = new URL(local.signInUrl).origin
  return {
    x,
    local,
    clock,
    appEvents,
    sessions,
    accounts,
    userActions,
    browser: () => new Browser(origin, x),
    account: (username: string) => accounts.find(x.person(username).id),
  }
}

function wrapped<Port extends object>(name: string, port: Port, around: Around): Port {
  return new Proxy(port, {
    get(target, method) {
      const does: unknown = Reflect.get(target, method)
      if (typeof does !== 'function') return does
      // X's page is only an address: nobody is asked for it.
      if (method === 'page') return does.bind(target)
      return (...input: unknown[]) => around(`${name}.${String(method)}`, async () => does.apply(target, input))
    },
  })
}

/** Keeps what was put, for a look at it. */
class SeenSessions extends MemorySessionStore {
  readonly seen: Session[] = []

  override async put(session: Session): Promise<void> {
    this.seen.push(session)
    await super.put(session)
  }
}
