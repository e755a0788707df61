import { randomUUID } from 'node:crypto'
import { inspect } from 'node:util'
import type { Store } from '@hexbird/adapters-sqlite'
import { HttpsMediaFetcher, XMentions, type XSocialClient } from '@hexbird/adapters-x'
import type { BotAccount, Definition, Event } from '@hexbird/core'
import { defined } from '@hexbird/core/util'
import { SignInAppError } from '@hexbird/http'
import { type Running, startBot } from '@hexbird/runner'
import type { ChosenLabeler } from '../local/labeler.js'
import { placeOf } from '../module-file.js'
import { UsageError } from '../usage-error.js'
import { fieldsOf, type Log } from './log.js'
import { noteAtLocalX } from './note-outcome.js'
import type { Plan } from './plan.js'
import { signInOf } from './sign-in.js'
import { webhookEntry } from './tell-web.js'
import { tellingWork } from './tell-work.js'

export interface Parts {
  readonly plan: Plan
  readonly bot: BotAccount
  readonly store: Store
  readonly queues: ReturnType<typeof queuesOn>
  readonly social: XSocialClient
  readonly labeler: ChosenLabeler
  readonly definition: Definition
  readonly log: Log
}

/** The queues of a store, which nothing is taken from until the bot starts. */
export function queuesOn(store: Store, log: Log) {
  const onError = createStoreTeller(log)
  return { events: store.queue<Event>('events', { onError }), jobs: store.queue<string>('jobs', { onError }) }
}

/** The bot on its store and X, at work; and the ports that bring tweets to it. Closing it closes the store too. */
export function startOn({ plan, bot, store, queues, social, definition, labeler, log }: Parts) {
  const { events, jobs } = queues
  const blobs = store.blobs()
  const clock = { now: Date.now, newId: randomUUID }
  const signIn = plan.signIn && signInOf(plan.signIn, plan, bot, store, { ...store.ports, ...clock }, log)
  const running = checked(() =>
    startBot(
      definition,
      {
        ...store.ports,
        ...clock,
        ...(signIn && { accounts: signIn.ports.accounts }),
        blobs,
        jobs: store.jobs(jobs),
        inbox: events,
        queues,
        social,
        media: new HttpsMediaFetcher(defined({ agent: plan.x.agent })),
        labeler: labeler.over(blobs),
      },
      {
        bot,
        log: logOf(log),
        limits: plan.limits,
        ...defined({ signIn }),
        ...(plan.ingress === 'webhook' && {
          webhook: { ...plan.secrets, onEvent: (event) => log(webhookEntry(event)) },
        }),
        around: tellingWork(log, blobs, noteAtLocalX(plan.x.local)),
        services: [labeler, store, { close: () => plan.x.agent?.destroy() }],
      },
    ),
  )
  const mentions = new XMentions(asBot(plan, bot))
  return { running, ports: { ...store.ports, ...clock, inbox: events, mentions } }
}

/** What a client of X needs to speak for the bot. */
export const asBot = ({ credentials, x }: Plan, bot: BotAccount) => ({
  credentials,
  botId: bot.id,
  ...defined({ agent: x.agent }),
})

/** @throws UsageError where the settings of the sign-in pages are none */
function checked(start: () => Running): Running {
  try {
    return start()
  } catch (error) {
    if (!(error instanceof SignInAppError)) throw error
    throw new UsageError(`The sign-in pages cannot be served:\n${error.message}`, { cause: error })
  }
}

/** The queue tries again each second: told is what is new, and what has lasted for minutes. */
function createStoreTeller(log: Log): (error: unknown) => void {
  let last: { readonly error: string; readonly at: number } | undefined
  return (error) => {
    const fields = fieldsOf(error)
    const at = Date.now()
    if (last?.error === fields.error && at - last.at < TELL_AGAIN) return
    last = { error: fields.error, at }
    log({ level: 'error', message: 'The store could not be used. Trying again.', fields })
  }
}

const TELL_AGAIN = 5 * 60_000

/** What a bot's author tells: words for people, and the rest for programs. */
const logOf = (log: Log) => ({
  info: (message: string, details?: unknown) => log({ message, ...fieldsFor(details) }),
  warn: (message: string, details?: unknown) => log({ level: 'warn', message, ...fieldsFor(details) }),
})

const fieldsFor = (details: unknown) =>
  details instanceof Error
    ? { fields: { ...fieldsOf(details), at: placeOf(details) } }
    : details === undefined
      ? {}
      : { fields: { details: inspect(details, { breakLength: Number.POSITIVE_INFINITY, compact: true }) } }
