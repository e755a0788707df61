import { randomUUID } from 'node:crypto'
import { setTimeout as wait } from 'node:timers/promises'
import { KeywordImageLabeler } from '@hexbird/adapters-memory'
import { openStore } from '@hexbird/adapters-sqlite'
import { agentTo, HttpsMediaFetcher, XActivityStream, XMentions, XSocialClient } from '@hexbird/adapters-x'
import { type Definition, defaultLimits, type Event, selfServe2026 } from '@hexbird/core'
import { catchUp, sweep } from '@hexbird/core/host'
import type { AllPorts } from '@hexbird/prove/harness'
import { startBot } from '@hexbird/runner'
import { sharedRows, unguarded } from '../guards.js'
import { countdown, end, mortal } from './lives.js'
import { type DiskSettings, LIMITS, scaled } from './settings.js'

/* What `hexbird run` is made of, in a process that may be killed at any moment: all that it knows is in one file. */

const settings = JSON.parse(process.env.TORTURE_WORKER ?? '{}') as DiskSettings
const { bot, ingress, clock } = settings
const { bot: definition } = (await import(settings.module)) as { readonly bot: Definition }
const now = () => scaled(clock, Date.now())
const agent = agentTo({ port: settings.xPort })
const { bearerToken, ...credentials } = settings.credentials
const asBot = { credentials, botId: bot.id, agent, now }
let { death } = settings
process.on('message', () => {
  death = undefined
})
/** Nobody is left who wants to know. */
process.on('disconnect', () => process.exit())
const [atCall, inSweep] = [countdown(death, 'call'), countdown(death, 'sweep')]
const calls = <Port extends object>(port: Port) => mortal(port, () => (death ? atCall() : 'no'))
const sweeps = <Port extends object>(port: Port) => mortal(port, () => (death ? inSweep() : 'no'))

const store = openStore(settings.store, { now })
const timers = { setTimer: (run: () => void, ms: number) => setTimeout(run, ms / clock.factor) }
const events = store.queue<Event>('events', timers)
const jobs = store.queue<string>('jobs', timers)
const social = new XSocialClient(asBot)
const blobs = store.blobs()
const limits = { ...defaultLimits, ...LIMITS, sweepPerDay: LIMITS.perDay }
/** X's windows of fifteen minutes would last longer than all of this. */
const platform = { ...selfServe2026, postWindows: [{ name: 'minute', limit: 10_000, milliseconds: 60_000 }] }
const guarded: AllPorts = {
  ...store.ports,
  social: {
    reply: (id, text, mediaIds) =>
      social.reply(id, settings.forgetsWords ? `${text} ${randomUUID().slice(0, 8)}` : text, mediaIds),
    uploadImage: (image) => social.uploadImage(image),
    tweet: (id) => social.tweet(id),
    findOwnReply: (id) => social.findOwnReply(id),
    me: () => social.me(),
  },
  media: new HttpsMediaFetcher({ agent }),
  blobs,
  labeler: new KeywordImageLabeler(blobs),
  now,
  newId: randomUUID,
}
const removed = new Set(settings.removed)
const around = { removed, now, later: setTimeout, label: 'disk' }
const ports = unguarded(guarded, sharedRows(), around)

const started = { ...store.ports, ownTweets: social, social, now }
while ((await catchUp(started, { bot, limits, platform })).kind !== 'caught-up') await wait(200)

startBot(
  definition,
  {
    ...ports,
    social: calls(ports.social),
    media: calls(ports.media),
    blobs: calls(ports.blobs),
    jobs: calls(store.jobs(jobs)),
    labeler: calls(ports.labeler),
    ledger: calls(ports.ledger),
    budget: calls(ports.budget),
    killSwitch: calls(ports.killSwitch),
    optOuts: calls(ports.optOuts),
    journal: store.ports.journal,
    inbox: events,
    queues: { events, jobs },
  },
  { bot, limits, platform },
)
if (death?.kind === 'unready') end()
process.send?.('ready')
if (ingress === 'stream') {
  // X does not send again what it could not send while there was no connection.
  const onEvent = ({ kind }: { readonly kind: string }) => void (kind === 'connected' && once(true))
  new XActivityStream({ bearerToken, agent, inbox: calls(events), onEvent, now, ...timers }).start()
} else void poll()
redriveNowAndThen()

/** The first question of a life looks back, as after a long time. */
async function poll(): Promise<void> {
  for (let nth = 0; ; nth++) {
    await once(nth % 20 === 0)
    await wait(300)
  }
}

async function once(lookBack: boolean): Promise<void> {
  process.send?.('sweeping')
  const sweeping = {
    mentions: sweeps(new XMentions(asBot)),
    cursor: sweeps(store.ports.cursor),
    inbox: sweeps(events),
    budget: sweeps(ports.budget),
    killSwitch: sweeps(ports.killSwitch),
    now,
  }
  const options = { bot, limits, platform, firstPage: 5, ...(lookBack ? {} : { overlap: 0 }) }
  await sweep(sweeping, options).catch(() => undefined)
  process.send?.('swept')
}

/** As an operator does, who sees them on the status page. */
function redriveNowAndThen(): void {
  setInterval(() => {
    for (const queue of [events, jobs]) for (const { id } of queue.deadLetters) void queue.redrive(id)
  }, 3_000)
}
