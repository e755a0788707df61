import type { Store } from '@hexbird/adapters-sqlite'
import { XError, XSignIn, XUserActions } from '@hexbird/adapters-x'
import type { BotAccount } from '@hexbird/core'
import type { Ports } from '@hexbird/core/adapter'
import { defined } from '@hexbird/core/util'
import { SIGN_IN_PATHS, type SignInAppEvent } from '@hexbird/http'
import type { SignInSetup } from '@hexbird/runner'
import { createSecretBox } from '@hexbird/secret-box'
import { getConnInfo } from '@hono/node-server/conninfo'
import { localXCommand, type XAddress } from '../operate/x.js'
import type { Entry, Log } from './log.js'
import type { Plan } from './plan.js'
import type { SignInPlan } from './sign-in-plan.js'
import { signInEntry } from './tell-web.js'

/** What tokens are sealed for, besides their place: a copy of the file is of no use to another stage. */
export const RUN_STAGE = 'run'

/** The sign-in pages, with sessions and accounts in the store. */
export function signInOf(
  { boxKeys, offers, localX, ...app }: SignInPlan,
  { credentials, x, file }: Plan,
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
      onEvent: (event) => log(unknownCallback(event, app.origin, x, file) ?? signInEntry(event)),
    },
  }
}

/** The callbacks of a local X come from the command that starts it. */
function unknownCallback(event: SignInAppEvent, origin: string, { local }: XAddress, file?: string): Entry | undefined {
  const isUnknown =
    event.kind === 'start-failed' && event.error instanceof XError && event.error.code === 'X_CALLBACK_NOT_ALLOWED'
  if (local === undefined || !isUnknown) return undefined
  const start = `${localXCommand(local, file)} --callback ${origin}${SIGN_IN_PATHS.callback}`
  return {
    level: 'error',
    message: `The sign-in failed, because the local X does not know its callback. Start the local X again, then the bot: ${start}`,
  }
}

/** From the socket; a proxy on this machine adds the address that it saw at the end of a header. */
const addressOf: SignInSetup['app']['addressOf'] = (context) => {
  const { address } = getConnInfo(context).remote
  const isProxied = address === '127.0.0.1' || address === '::1' || address === '::ffff:127.0.0.1'
  const seen = isProxied ? context.req.header('x-forwarded-for')?.split(',').at(-1)?.trim() : undefined
  return seen ?? address
}
