import { XSocialClient } from '@hexbird/adapters-x'
import { boundsOf } from '@hexbird/core/host'
import { SIGN_IN_PATHS } from '@hexbird/http'
import type { Running } from '@hexbird/runner'
import { type BotChoice, chooseBot } from '../chosen-bot.js'
import { chooseLabeler, type LabelerOptions } from '../local/labeler.js'
import { readSettings } from '../operate/settings.js'
import { listenAt } from '../server.js'
import { aborted, stopSignal } from '../stop-signal.js'
import type { Terminal } from '../terminal.js'
import { UsageError } from '../usage-error.js'
import { accountOf } from './account.js'
import { caughtUp } from './catch-up.js'
import { asBot, queuesOn, startOn } from './compose.js'
import { startIngress } from './ingress.js'
import { createLog, fieldsOf } from './log.js'
import { noteBotAtLocalX } from './note-outcome.js'
import { type Plan, type PlanOptions, planOf } from './plan.js'
import { remedyFor } from './remedy.js'
import { startStatus } from './status.js'
import { openStoreOf } from './store.js'

export interface RunOptions extends PlanOptions, LabelerOptions, BotChoice {
  readonly jsonLogs?: true
}

/** The `run` command. Gives the exit code, once it was told to stop and what ran has ended. */
export async function run(options: RunOptions, terminal: Terminal): Promise<number> {
  const stopping = stopSignal()
  const log = createLog(terminal, { json: options.jsonLogs })
  const [plan, labeler, { definition }] = await together(
    readSettings(options.settings).then((settings) => planOf(settings, options)),
    chooseLabeler(options, { note: (message) => log({ message }) }),
    chooseBot(options),
  )
  const bounds = boundsOf(definition, plan)
  const remedyOf = (reason: string) => remedyFor(reason, plan)
  // What was opened, to be closed in the opposite order.
  const open: (() => unknown)[] = []
  try {
    // Before the port: for a second run on the same store, another port would be no help.
    const store = await openStoreOf(plan.botId, plan.store)
    open.push(() => store.close())
    const server = plan.address && (await listenAt(plan.address))
    if (server) open.push(() => server.close())
    const bot = await accountOf(plan, bounds, store.ports.budget, log, stopping)
    if (bot === undefined) return 0
    const restored = store.marks.find('restored')
    if (restored !== undefined)
      log({ message: 'The store was restored from a backup.', fields: { at: new Date(restored).toISOString() } })
    const social = new XSocialClient(asBot(plan, bot))
    const known = { ...store.ports, social, ownTweets: social, now: Date.now }
    const queues = queuesOn(store, log)
    let running: Running | undefined
    const status =
      plan.status &&
      (await startStatus({
        ...plan.status,
        ...known,
        spending: store.ports.budget,
        queues,
        outcomes: () => running?.outcomes() ?? {},
        bot,
        limits: bounds.limits,
        onError: (error) => log({ level: 'error', message: 'The status page failed.', fields: fieldsOf(error) }),
        ...(plan.x.local !== undefined && { tweetUrl: (id: string) => `${plan.x.local}/#/tweet/${id}` }),
      }))
    if (status) {
      open.push(() => status.close())
      log({ message: 'The status page is ready.', fields: { status: status.url } })
    }
    if (!(await caughtUp(known, { bot, ...bounds }, log, stopping, remedyOf))) return 0
    const started = startOn({ plan, bot, store, queues, social, labeler, definition, log })
    running = started.running
    // The servers are closed first: they know of requests that are still being answered.
    const servers = [server, status].flatMap((one) => (one ? [() => one.close()] : []))
    open.splice(0, open.length, () => started.running.close(), ...servers)
    server?.serve(running.fetch)
    open.push(
      startIngress(started.ports, {
        ...plan,
        ...bounds,
        log,
        remedyOf,
        onListed: () => store.marks.put('polled', Date.now()),
      }),
    )
    log({
      message: 'The bot is running.',
      fields: {
        bot: `@${bot.username}`,
        ingress: plan.ingress,
        store: plan.store,
        serves: server?.origin,
        localX: plan.x.local,
      },
    })
    await noteBotAtLocalX(plan.x.local, { links: linksOf(plan, status?.url) })
    await aborted(stopping)
    log({ message: 'Stopping. Work in progress is being finished, and waiting work stays in the store.' })
    return 0
  } finally {
    for (const close of open.reverse()) await close()
  }
}

/** The bot's own pages. */
const linksOf = ({ signIn }: Plan, status: string | undefined) => [
  ...(signIn ? [{ text: 'Sign in', url: `${signIn.origin}${SIGN_IN_PATHS.page}` }] : []),
  ...(status === undefined ? [] : [{ text: 'Status', url: status }]),
]

/**
 * All that is read before anything starts.
 *
 * @throws UsageError with what every one of them says
 */
async function together<A, B, C>(...reading: readonly [Promise<A>, Promise<B>, Promise<C>]): Promise<[A, B, C]> {
  const read = await Promise.allSettled(reading)
  const faults = read.flatMap((one) =>
    one.status === 'rejected' && one.reason instanceof UsageError ? [one.reason.message] : [],
  )
  if (faults.length > 0) throw new UsageError(faults.join('\n'))
  return Promise.all(reading)
}
