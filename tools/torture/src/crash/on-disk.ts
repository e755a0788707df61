import { setTimeout as wait } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { openStore } from '@hexbird/adapters-sqlite'
import { agentTo, XWebhooks } from '@hexbird/adapters-x'
import { type LocalX, startLocalX } from '@hexbird/local-x'
import { broken, photos, type Row, randomOf, tally } from '@hexbird/prove/harness'
import { makeFolder } from '../disk.js'
import { ROOT } from '../root.js'
import { type Common, fixtureOf, subjectOf } from '../subjects.js'
import { deaths } from './lives.js'
import { type DiskSettings, LIMITS, scaled, untilStill } from './settings.js'
import { type Life, openSlot, type Phase } from './slot.js'

export interface OnDiskOptions extends Common {
  readonly ingress: DiskSettings['ingress']
  readonly tweets: number
  readonly kills: number
  /** In place of kills, the line of the stream is cut inside of each event. */
  readonly cuts?: boolean
  readonly say: (text: string) => void
}

const FACTOR = 10
const AUTHORS = 40
const WORKER = new URL('tools/torture/dist/disk-worker.mjs', ROOT)

/** One process with one file, killed again and again at any call, while people tweet; the last one finishes what is left. */
export async function crashOnDisk({
  ingress,
  tweets,
  kills,
  cuts = false,
  say,
  ...common
}: OnDiskOptions): Promise<Row> {
  const { bot, seed, removed } = common
  const { asks, photos: shown, images } = subjectOf(common)
  const name = cuts ? 'the stream is cut in each event' : `SQLite, SIGKILL, ${ingress}`
  const begun = performance.now()
  const clock = { from: Date.now(), factor: FACTOR }
  const x = await startLocalX({
    seed,
    rateLimits: false,
    keepMetadata: true,
    keepAliveMs: 20_000 / FACTOR,
    now: () => scaled(clock, Date.now()),
  })
  const { path, remove } = makeFolder()
  const settings: DiskSettings = {
    store: path,
    ingress,
    xPort: x.port,
    credentials: x.credentials,
    bot: x.bot,
    clock,
    removed: [...removed],
    module: new URL(`tools/torture/dist/${bot}.mjs`, ROOT).href,
    forgetsWords: fixtureOf(common).forgetsWords,
  }
  const fallen: string[] = []
  const slot = openSlot(fileURLToPath(WORKER), settings, (said) => fallen.push(said))
  try {
    if (ingress === 'stream') await subscribe(x)
    x.set({ slowApiMs: 20 })
    // A tweet that is older than the store may have been replied to by one that was lost: the bot leaves it alone.
    const first = slot.start(undefined)
    await first.ready
    first.kill()
    await first.dead
    const ids: string[] = []
    const died: Record<Phase, number> = { beforeReady: 0, sweeping: 0, late: 0 }
    let [killed, readiness] = [0, 1_000]
    const ends = deaths(randomOf(seed), true)
    const telling = tellAll()
    const life = cuts ? slot.start(undefined) : undefined
    while (!cuts && killed < kills) {
      died[await lifeOf()] += 1
      killed += 1
    }
    await telling
    say(`${name}: ${killed} kills in ${((performance.now() - begun) / 1000).toFixed(0)} s: ${JSON.stringify(died)}`)
    x.set({ slowApiMs: 0 })
    await (life ?? slot.start(undefined)).ready
    const { deadLetters, photosLeft, refused } = await untilAllIsDone(ids)
    const made = ids.map((id) => x.repliesTo(id).filter(({ author }) => author.id === x.bot.id))
    const unanswered = ids.filter((_, nth) => made[nth]?.length === 0)
    const all = tally({
      stories: 1,
      faults: cuts ? tweets : killed,
      crashes: killed,
      kills: killed,
      killsBeforeReady: died.beforeReady,
      killsSweeping: died.sweeping,
      killsLate: died.late,
      deliveries: x.deliveries().length,
      tweets: ids.length,
      replies: made.flat().length,
      refused: refused.size,
      deadLetters,
      missed: unanswered.filter((id) => !refused.has(id)).length,
      doubled: made.reduce((sum, { length }) => sum + Math.max(0, length - 1), 0),
      bare: made.flat().filter(({ photos }) => photos.length !== images).length,
      photosLeft,
      overspent: x.bill().total - x.bill().byKind.postEvent > LIMITS.perDay ? 1 : 0,
      unhandled: fallen.length,
    })
    const findings = broken(all).length > 0 ? [`${name}: ${broken(all).join(', ')} ${fallen[0] ?? ''}`] : []
    for (const [phase, count] of Object.entries(died))
      if (!cuts && count === 0) findings.push(`${name}: nobody died ${phase}`)
    return { name, counted: all, findings, seconds: (performance.now() - begun) / 1000 }

    /** One life to its end, which this sees to. */
    async function lifeOf(): Promise<Phase> {
      const death = ends.next().value
      const started = performance.now()
      const life: Life = slot.start(death)
      const early = death.kind === 'unready' ? setTimeout(() => life.kill(), 0.9 * death.part * readiness) : undefined
      await life.ready
      clearTimeout(early)
      if (death.kind !== 'unready') readiness = 0.8 * readiness + 0.2 * (performance.now() - started)
      const last = setTimeout(() => life.kill(), (death.kind === 'late' ? death.times : 3) * readiness)
      const phase = await life.dead
      clearTimeout(last)
      return phase
    }

    /** As many tweets as kills, in step. */
    async function tellAll(): Promise<void> {
      const uploads = (await photos()).map((bytes) => ({ bytes }))
      for (let nth = 0; nth < tweets; nth++) {
        while (cuts ? x.stream.connections() === 0 : killed * tweets < (nth - 10) * kills) await wait(20)
        // Now and then X posts, and says nothing; or cuts the line in the middle of an event.
        if (nth % 8 === 7) x.set({ cutAfterPost: x.switches().cutAfterPost + 1 })
        if (cuts || nth % 8 === 3) x.set({ cutStream: x.switches().cutStream + 1 })
        const count = [1, 1, 0, 4][nth % 4] ?? 1
        const photos = uploads.slice(0, count * shown)
        const { id } = await x.tweet({ as: `author${nth % AUTHORS}`, text: `${asks(nth)} ${nth}`, photos })
        ids.push(id)
      }
    }
  } finally {
    await slot.close()
    await x.close()
    remove()
  }

  /** Looks into the file beside the process that works on it. */
  async function untilAllIsDone(ids: readonly string[]) {
    const store = openStore(path, { shared: true, now: () => scaled(clock, Date.now()) })
    const [events, jobs] = [store.queue('events'), store.queue('jobs')]
    const dead = new Set<number>()
    const byId = new Map(x.tweets().map((tweet) => [tweet.id, tweet.author.id]))
    try {
      const isOver = untilStill(begun, () => performance.now())
      for (;;) {
        for (const queue of [events, jobs]) for (const { id } of queue.deadLetters) dead.add(id)
        const left = ids.filter((id) => x.repliesTo(id).every(({ author }) => author.id !== x.bot.id))
        const refused = new Set<string>()
        for (const about of left) {
          const entry = await store.ports.ledger.find({ botId: x.bot.id, about })
          if (entry?.kind === 'settled' && ['refused', 'unresolved'].includes(entry.outcome.kind)) refused.add(about)
        }
        const photosLeft = await storedOf(ids)
        const waiting = events.size + jobs.size
        const state = `${left.length - refused.size} without a reply, ${waiting} wait, ${photosLeft} are stored`
        // A try that has to wait once more has changed something, too: on a busy machine a run may have no time left.
        const due = [events, jobs].flatMap((queue) => queue.waiting(10).map(({ id, until }) => `${id} at ${until}`))
        const isDone = left.length === refused.size && waiting === 0 && photosLeft === 0
        if (isDone || isOver([state, ...due].join())) {
          if (!isDone) await sayWhatIsLeft(left)
          return { deadLetters: dead.size, photosLeft, refused }
        }
        say(state)
        await wait(1_000)
      }
    } finally {
      store.close()
    }

    /** What a broken promise is explained by. */
    async function sayWhatIsLeft(left: readonly string[]): Promise<void> {
      const entries = await Promise.all(left.map((about) => store.ports.ledger.find({ botId: x.bot.id, about })))
      const queued = [events, jobs].flatMap((queue) => queue.waiting(10))
      say(
        `Left at ${scaled(clock, Date.now())}: ${JSON.stringify({ left, entries, queued, state: await store.ports.killSwitch.state() })}`,
      )
    }

    async function storedOf(firstIds: readonly string[]): Promise<number> {
      let stored = 0
      for (const id of firstIds) {
        const names = [0, 1, 2, 3].map((nth) => `photos/${byId.get(id)}/${id}/${id}-${nth}`)
        for (const key of [`jobs/${byId.get(id)}/${id}.json`, ...names]) if (await store.blobs().get(key)) stored += 1
      }
      return stored
    }
  }
}

/** What X sends to the stream: an app's subscriptions without a webhook. */
async function subscribe({ credentials, bot, port }: LocalX): Promise<void> {
  const agent = agentTo({ port })
  const { bearerToken, ...userCredentials } = credentials
  const webhooks = new XWebhooks({ bearerToken, userCredentials, agent })
  await webhooks.subscribe({ dialect: 'x-activity', botId: bot.id })
  agent.destroy()
}
