import { setTimeout as wait } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { agentTo, XWebhooks } from '@hexbird/adapters-x'
import { selfServe2026 } from '@hexbird/core'
import { TIMES } from '@hexbird/core/host'
import { WEBHOOK_PATH } from '@hexbird/http'
import { type LocalX, startLocalX } from '@hexbird/local-x'
import { broken, integer, photos, type Row, randomOf, tally } from '@hexbird/prove/harness'
import { freePort } from '@hexbird/testkit/free-port'
import { ROOT } from '../root.js'
import { type Common, fixtureOf, subjectOf } from '../subjects.js'
import { type Emulators, startEmulators } from './emulators.js'
import { type Death, deaths } from './lives.js'
import { LIMITS, patience, type Scale, scaled, type WorkerSettings } from './settings.js'
import { type Life, openSlot, type Phase, type Slot } from './slot.js'

export interface CrashOptions extends Common {
  readonly tweets: number
  readonly kills: number
  readonly say: (text: string) => void
}

const NAME = 'real processes, SIGKILL'
const SLOTS = 3
/** Ten times as fast: leases last 15 s, and a queue hides what was handed out for 18 s. */
const FACTOR = 10
const AUTHORS = 40
/** X waits ten seconds for the webhook; the clock of this part is not its own. */
const SLOW = 9_000
/** X takes posts of weight 25,000. This one weighs 10,000, and has 330 kB in JSON with every character escaped. */
const LONG = ` ${'👩‍❤️‍💋‍👩'.repeat(5_000)}`
const WORKER = new URL('tools/torture/dist/worker.mjs', ROOT)

/** Real processes over real wires, killed at random moments, while the local X delivers, and delivers again. */
export async function crash({ tweets, kills, say, ...common }: CrashOptions): Promise<Row> {
  const { bot, seed, removed } = common
  const { asks, photos: shown, images } = subjectOf(common)
  const begun = performance.now()
  const random = randomOf(seed)
  const scale: Scale = { from: Date.now(), factor: FACTOR }
  const x = await startLocalX({ seed, rateLimits: false, keepMetadata: true, now: () => scaled(scale, Date.now()) })
  const emulators = await startEmulators({ visibility: TIMES.visibility / 1000 / FACTOR })
  // A worker takes the place of the one before, at the same address.
  const webhookPort = await freePort()
  const settings: WorkerSettings = {
    dynamo: emulators.dynamo,
    s3: emulators.s3,
    sqs: emulators.sqs,
    queues: emulators.queues,
    xPort: x.port,
    credentials: x.credentials,
    bot: x.bot,
    clock: scale,
    removed: [...removed],
    module: new URL(`tools/torture/dist/${bot}.mjs`, ROOT).href,
    forgetsWords: fixtureOf(common).forgetsWords,
  }
  const fallen: string[] = []
  let over = false
  const slots = Array.from({ length: SLOTS }, (_, nth) =>
    openSlot(fileURLToPath(WORKER), nth === 0 ? { ...settings, webhookPort } : settings, (said) => fallen.push(said)),
  )
  try {
    const begin = async (slot: Slot) => {
      const started = performance.now()
      const life = slot.start(undefined)
      await life.ready
      return { life, took: performance.now() - started }
    }
    const first = await Promise.all(slots.map(begin))
    // How long this machine takes for it, with all that it has to do besides.
    let readiness = Math.max(...first.map(({ took }) => took))
    await subscribe(x, `http://127.0.0.1:${webhookPort}${WEBHOOK_PATH}`)
    // X takes its time, so that many die while it posts.
    x.set({ retryAfterMs: [200, 500, 1_000, 2_000, 4_000, 8_000], slowApiMs: 40 })
    const ids: string[] = []
    const died: Record<Phase, number> = { beforeReady: 0, sweeping: 0, late: 0 }
    const alive = new Set<Life>()
    let killed = 0
    const telling = tellAll()
    for (const { life } of first) life.kill()
    await Promise.all(first.map(({ life }) => life.dead))
    await Promise.all(slots.map(killAgainAndAgain))
    await telling
    say(`${killed} kills in ${((performance.now() - begun) / 1000).toFixed(0)} s: ${JSON.stringify(died)}`)
    x.set({ slowApiMs: 0 })
    await x.idle()
    const deadLetters = await untilAllIsDone(x, emulators, ids, begun, say)
    const counted = await count(x, emulators, ids, images)
    const all = tally({
      ...counted,
      kills: killed,
      killsBeforeReady: died.beforeReady,
      killsSweeping: died.sweeping,
      killsLate: died.late,
      crashes: killed,
      faults: killed,
      deadLetters,
      unhandled: fallen.length,
    })
    const findings = broken(all).length > 0 ? [`${NAME}: ${broken(all).join(', ')} ${fallen[0] ?? ''}`] : []
    for (const [phase, deaths] of Object.entries(died)) if (deaths === 0) findings.push(`nobody died ${phase}`)
    const notes = [
      `Of ${killed} processes ${died.beforeReady} died before they were ready, ${died.sweeping} in a sweep, ${died.late} later.`,
    ]
    return { name: NAME, counted: all, findings, notes, seconds: (performance.now() - begun) / 1000 }

    /** One life after the other, until enough have ended; the last one goes on. */
    async function killAgainAndAgain(slot: Slot, nth: number): Promise<void> {
      const ends = deaths(randomOf(integer(random, 2 ** 31)), nth === 0)
      while (killed < kills) {
        const death = ends.next().value
        const life = slot.start(death)
        alive.add(life)
        const phase = await Promise.race([endOf(life, death), enough()])
        if (phase === undefined) {
          // The word that it is spared may come too late.
          void life.dead.then(() => over || slot.start(undefined))
          return
        }
        alive.delete(life)
        died[phase] += 1
        killed += 1
        if (killed >= kills) for (const other of alive) other.spare()
      }
      slot.start(undefined)
    }

    /** Resolves when the life is over, which this sees to. */
    async function endOf(life: Life, death: Death): Promise<Phase> {
      const started = performance.now()
      const timer = death.kind === 'unready' ? setTimeout(() => life.kill(), 0.9 * death.part * readiness) : undefined
      await life.ready
      clearTimeout(timer)
      if (death.kind !== 'unready') readiness = 0.8 * readiness + 0.2 * (performance.now() - started)
      // Who has too little to do for its own end is ended.
      const left = death.kind === 'late' ? death.times : 6
      const last = setTimeout(() => killed < kills && life.kill(), left * readiness)
      const phase = await life.dead
      clearTimeout(last)
      return phase
    }

    /** Resolves when enough have died: whoever is alive then is spared. */
    async function enough(): Promise<undefined> {
      while (killed < kills) await wait(20)
    }

    /** As many tweets as kills, in step. */
    async function tellAll(): Promise<void> {
      const uploads = (await photos()).map((bytes) => ({ bytes }))
      for (let nth = 0; nth < tweets; nth++) {
        while (killed * tweets < (nth - 10) * kills) await wait(20)
        // Now and then X posts, and says nothing.
        if (nth % 8 === 7) x.set({ cutAfterPost: x.switches().cutAfterPost + 1 })
        const count = [1, 1, 0, 4][nth % 4] ?? 1
        const tweet = await x.tweet({
          as: `author${nth % AUTHORS}`,
          text: `${asks(nth)} ${nth}${nth % 40 === 13 ? LONG : ''}`,
          photos: uploads.slice(0, count * shown),
        })
        ids.push(tweet.id)
      }
    }
  } finally {
    over = true
    await Promise.all(slots.map((slot) => slot.close()))
    await x.close()
    await emulators.close()
  }
}

/** Gives how many dead letters there were: they are put back, as an operator does. */
async function untilAllIsDone(
  x: LocalX,
  emulators: Emulators,
  ids: readonly string[],
  begun: number,
  say: (text: string) => void,
): Promise<number> {
  const untilNow = () => performance.now() - begun
  let end = untilNow() + patience(untilNow())
  let [deadLetters, before] = [0, '']
  while (untilNow() < end) {
    deadLetters += await emulators.redrive()
    const unanswered = ids.filter((id) => repliesTo(x, id) === 0)
    const [waiting, stored] = [await emulators.waiting(), await emulators.stored()]
    if (waiting === 0 && stored === 0 && (await areSettled(unanswered))) break
    const left = `${unanswered.length} without a reply, ${waiting} messages wait, ${stored} photos and jobs are stored`
    if (left !== before) end = untilNow() + patience(untilNow())
    say(left)
    before = left
    await wait(3_000)
  }
  return deadLetters

  async function areSettled(tweetIds: readonly string[]): Promise<boolean> {
    for (const about of tweetIds) {
      const entry = await emulators.ledger.find({ botId: x.bot.id, about })
      if (entry?.kind !== 'settled') return false
    }
    return true
  }
}

async function count(x: LocalX, emulators: Emulators, ids: readonly string[], images: number) {
  let [replies, refused, missed, doubled, bare] = [0, 0, 0, 0, 0]
  const ofAuthors = new Map<string, number>()
  const byId = new Map(x.tweets().map((tweet) => [tweet.id, tweet]))
  for (const id of ids) {
    const made = repliesTo(x, id)
    const author = byId.get(id)?.author.id ?? ''
    ofAuthors.set(author, (ofAuthors.get(author) ?? 0) + made)
    replies += made
    bare += x.repliesTo(id).filter(({ author, photos }) => author.id === x.bot.id && photos.length !== images).length
    doubled += Math.max(0, made - 1)
    if (made > 0) continue
    const entry = await emulators.ledger.find({ botId: x.bot.id, about: id })
    const isRefused = entry?.kind === 'settled' && ['unresolved', 'refused'].includes(entry.outcome.kind)
    if (isRefused) refused += 1
    else missed += 1
  }
  const { prices } = selfServe2026
  const { total, byKind } = x.bill()
  const billed = total - byKind.postEvent
  return {
    stories: 1,
    deliveries: x.deliveries().length,
    tweets: ids.length,
    replies,
    refused,
    missed,
    doubled,
    bare,
    photosLeft: await emulators.stored(),
    overspent:
      [...ofAuthors.values()].filter((made) => made * prices.reply > LIMITS.perAuthorPerDay).length +
      (Math.max(replies * prices.reply, billed) > LIMITS.perDay ? 1 : 0),
    blocked: x.deliveries().filter(({ status, ms }) => ms > SLOW || (status !== undefined && status !== 200)).length,
  }
}

const repliesTo = (x: LocalX, id: string): number =>
  x.repliesTo(id).filter(({ author }) => author.id === x.bot.id).length

async function subscribe({ credentials, bot, port }: LocalX, url: string): Promise<void> {
  const agent = agentTo({ port })
  const { bearerToken, ...userCredentials } = credentials
  const webhooks = new XWebhooks({ bearerToken, userCredentials, agent })
  const registered = await webhooks.register(url)
  if (registered.kind !== 'registered') throw new Error(`The local X refused the webhook: ${registered.detail}`)
  for (const dialect of ['x-activity', 'account-activity'] as const)
    await webhooks.subscribe({ dialect, webhookId: registered.webhook.id, botId: bot.id })
  agent.destroy()
}
