import type { Store } from '@hexbird/adapters-sqlite'
import { XSignIn, XUserActions } from '@hexbird/adapters-x'
import type { BotAccount } from '@hexbird/core'
import type { Ports } from '@hexbird/core/adapter'
import { defined } from '@hexbird/core/util'
import type { SignInSetup } from '@hexbird/runner'
import { createSecretBox } from '@hexbird/secret-box'
import { getConnInfo } from '@hono/node-server/conninfo'
import type { Log } from './log.js'
import type { Plan } from './plan.js'
import type { SignInPlan } from './sign-in-plan.js'
import { signInEntry } from './tell-web.js'

/** What tokens are sealed for, besides their place: a copy of the file is of no use to another stage. */
export const RUN_STAGE = 'run'

/** The sign-in pages, with sessions and accounts in the store. */
export function signInOf(
  { boxKeys, offers, localX, ...app }: SignInPlan,
  { credentials, x }: Plan,
  bot: BotAccount,
  store: Store,
  ports: Pick<Ports, 'budget' | 'now' | 'newId'>,
  log: Log,
): SignInSetup {
  const keys = { consumerKey: credentials.consumerKey, consumerSecret: credentials.consumerSecret }
  const atX = { ...keys, ...defined({ agent: x.agent }) }
  return {
    ports: {
      ...ports,
      ...store.signIn(createSecretBox({ stage: RUN_STAGE, keys: boxKeys })),
      signIn: new XSignIn({ ...atX, ...(localX !== undefined && { pages: `${localX}/oauth/` }) }),
      userActions: new XUserActions(atX),
    },
    options: offers,
    app: {
      ...app,
      service: `@${bot.username}`,
      addressOf,
      ...(localX !== undefined && { xOrigins: [localX] }),
      onEvent: (event) => log(signInEntry(event)),
    },
  }
}

/** From the socket; a proxy on this machine adds the address that it saw at the end of a header. */
const addressOf: SignInSetup['app']['addressOf'] = (context) => {
  const { address } = getConnInfo(context).remote
  const isProxied = address === '127.0.0.1' || address === '::1' || address === '::ffff:127.0.0.1'
  const seen = isProxied ? context.req.header('x-forwarded-for')?.split(',').at(-1)?.trim() : undefined
  return seen ?? address
}
