import type { BotPorts } from '@hexbird/core'
import type { FaultResponse, LocalX } from '@hexbird/local-x'
import {
  type AllPorts,
  broken,
  createFixture,
  type Fault,
  type Fixture,
  type FixtureOptions,
  InjectedError,
  type LocalStage,
  type Plan,
  photos,
  type Row,
  startLocalStage,
  tally,
} from '@hexbird/prove/harness'
import type { SubjectName } from './subject-names.js'
import { type Common, fixtureOf, type Subject, subjectOf } from './subjects.js'

export interface OutagesOptions extends Common {
  /** Tweets in each outage. */
  readonly tweets: number
  /** Default: all. */
  readonly only?: readonly string[]
}

interface Outage {
  /** Default: all. */
  readonly bots?: readonly SubjectName[]
  /** What happens around the ports, in place of or besides what X answers. */
  readonly ports?: (stage: LocalStage, isMended: () => boolean) => (ports: AllPorts) => AllPorts
  readonly options?: Pick<FixtureOptions, 'plan' | 'mayRefuse' | 'limits'>
  run(told: Told): Promise<Suffered | readonly string[] | undefined>
}

/** What no local X counts. */
interface Suffered {
  readonly insistent?: number
  readonly slow?: number
  readonly recoveryMs?: number
  readonly findings?: readonly string[]
}

interface Told {
  readonly fixture: Fixture
  readonly stage: LocalStage
  readonly tweets: number
  readonly asking: Asking
  readonly tellAll: (count?: number) => Promise<void>
  /** What was broken around the ports works again. */
  readonly mend: () => void
}

const MINUTE = 60_000
const POST = { method: 'POST', path: '/2/tweets' } as const
const LOOK_UP = { method: 'GET', path: /^\/2\/tweets\/\d+$/ } as const

const UPLOAD = { method: 'POST', path: '/2/media/upload/initialize' } as const

/** Everybody's first call goes wrong in this way, and then it is over. */
const each = (
  where: typeof POST | typeof LOOK_UP | typeof UPLOAD,
  respond: (stage: LocalStage) => FaultResponse,
): Outage => ({
  async run({ fixture, stage, tweets, tellAll }) {
    stage.x.failNext({ ...where, times: tweets, respond: respond(stage) })
    await tellAll()
    await fixture.settle()
    return undefined
  },
})

const limited = ({ clock }: LocalStage): FaultResponse => ({
  status: 429,
  headers: {
    'x-rate-limit-limit': '100',
    'x-rate-limit-remaining': '0',
    'x-rate-limit-reset': String(Math.ceil(clock.now() / 1000) + 15 * 60),
  },
  body: { title: 'Too Many Requests', detail: 'Too Many Requests', type: 'about:blank', status: 429 },
})

const unavailable = (): FaultResponse => ({ status: 503, body: { title: 'Service Unavailable', status: 503 } })

const STEPS = 45

/** After whatever the process does first it dies, the next one after its second call, and so on. */
const STAIRS: Plan = new Map(
  Array.from({ length: STEPS }, (_, nth): [number, Fault] => [(nth * (nth + 3)) / 2, 'crash-after']),
)

const forbidden: FaultResponse = {
  status: 403,
  body: {
    title: 'Forbidden',
    detail: 'You are not permitted to perform this action.',
    type: 'about:blank',
    status: 403,
  },
}

/** Three refusals stop the bot; of those that are at it in that moment each may have asked. */
const MOST_REFUSED = 3 + 10

/** Half of those who were hit by an outage have their reply so many milliseconds after its end. */
const RECOVERY = 15_000

/** Five answers in a row are 503, and then X is well again: so many times. */
function burst(where: typeof POST | typeof LOOK_UP, what: 'post' | 'tweet', authors: number): Outage {
  return {
    async run({ fixture, stage, tellAll }) {
      const waited: number[] = []
      for (let round = 0; round < 5; round++) {
        const before = stage.x.tweets().length
        stage.x.failNext({ ...where, times: 5, respond: unavailable() })
        await tellAll(authors)
        await fixture.settle()
        const end = fixture.meter.lastFailed.get(what) ?? 0
        const replies = stage.x
          .tweets()
          .slice(before)
          .filter(({ author }) => author.id === stage.x.bot.id)
        waited.push(...replies.map(({ createdAt }) => Math.max(0, createdAt - end)))
        stage.clock.pass(MINUTE)
      }
      const recoveryMs = medianOf(waited)
      const insistent = [...fixture.meter.posts.values()].reduce((all, posts) => all + Math.max(0, posts - 2), 0)
      return { recoveryMs, insistent, slow: recoveryMs > RECOVERY ? 1 : 0 }
    },
  }
}

/** Everything goes on for so long, and no longer. */
async function advance(fixture: Fixture, { clock }: LocalStage, milliseconds: number): Promise<void> {
  const end = clock.now() + milliseconds
  clock.setTimer(() => {}, milliseconds)
  await fixture.settle(() => clock.now() >= end)
}

function medianOf(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b)
  return sorted[Math.floor(sorted.length / 2)] ?? Number.POSITIVE_INFINITY
}

const OUTAGES: Readonly<Record<string, Outage>> = {
  '429 with a reset, posts': each(POST, limited),
  '429 with a reset, lookups': each(LOOK_UP, limited),
  '429 without a reset': each(POST, () => ({ status: 429, body: { title: 'Too Many Requests', status: 429 } })),
  '429 with a reset, uploads': { bots: ['chart'], ...each(UPLOAD, limited) },
  '5xx burst, uploads': { bots: ['chart'], ...each(UPLOAD, unavailable) },
  '5xx burst, posts': each(POST, unavailable),
  '5xx burst, lookups': each(LOOK_UP, unavailable),
  'five 503s, posts': burst(POST, 'post', 5),
  'five 503s, lookups': burst(LOOK_UP, 'tweet', 1),
  'many tweets after a 429': {
    async run({ fixture, stage, tweets, tellAll }) {
      stage.x.failNext({ ...POST, respond: limited(stage) })
      await tellAll(1)
      await advance(fixture, stage, MINUTE)
      await tellAll(tweets * 5)
      await fixture.settle()
      return undefined
    },
  },
  'refused without a reason, for an hour': {
    async run({ fixture, stage, tellAll }) {
      const { x } = stage
      x.failNext({ ...POST, times: Number.MAX_SAFE_INTEGER, respond: forbidden })
      for (let part = 0; part < 2; part++) {
        await tellAll(10)
        await advance(fixture, stage, 30 * MINUTE)
      }
      const refused = fixture.meter.asked.get('post') ?? 0
      x.clearFaults()
      await fixture.killSwitch.reset()
      await fixture.settle()
      return { insistent: Math.max(0, refused - MOST_REFUSED) }
    },
  },
  'a crash at every call': {
    options: { plan: STAIRS },
    async run({ fixture, asking }) {
      const ask = async () => fixture.tell({ as: 'unlucky', ...(await asking(1, 3)) })
      const settle = async () => {
        do await fixture.settle()
        while ((await fixture.redrive()).length > 0)
      }
      await ask()
      await settle()
      const { crashes } = fixture.injector
      for (let nth = 0; nth < 6; nth++) await ask()
      await settle()
      return crashes >= STEPS / 4 ? undefined : [`${crashes} crashes are not enough`]
    },
  },
  'cut before the post': each(POST, () => 'drop-before'),
  'cut after the post': each(POST, () => 'drop-after'),
  '402, then paid': {
    async run({ fixture, stage: { x, clock }, tellAll }) {
      x.setCredits(0)
      await tellAll()
      const paidAt = clock.now() + 40 * MINUTE
      await fixture.settle(() => clock.now() >= paidAt)
      x.setCredits(undefined)
      await fixture.settle()
      return undefined
    },
  },
  'slow answers': {
    ports:
      ({ clock }, isMended) =>
      (ports) => ({ ...ports, social: slowly(ports.social, () => clock.pass(isMended() ? 0 : 9_000)) }),
    async run({ fixture, stage, tellAll, mend }) {
      await tellAll()
      await advance(fixture, stage, 20 * MINUTE)
      mend()
      await fixture.settle()
      return undefined
    },
  },
  'labeler throttled': {
    bots: ['photo'],
    ports: () => {
      const tries = new Map<string, number>()
      return (ports) => ({
        ...ports,
        labeler: {
          async label(key, asked) {
            tries.set(key, (tries.get(key) ?? 0) + 1)
            if ((tries.get(key) ?? 0) <= 3) throw new InjectedError('the labeler is throttled')
            return ports.labeler.label(key, asked)
          },
        },
      })
    },
    async run({ fixture, tellAll }) {
      await tellAll()
      await fixture.settle()
      return undefined
    },
  },
  'labeler down': {
    bots: ['photo'],
    ports: (_, isMended) => (ports) => ({
      ...ports,
      labeler: {
        async label(key, asked) {
          if (!isMended()) throw new InjectedError('the labeler is down')
          return ports.labeler.label(key, asked)
        },
      },
    }),
    async run({ fixture, tweets, tellAll, mend }) {
      await tellAll()
      await fixture.settle()
      mend()
      const reasons = await fixture.redrive()
      await fixture.settle()
      const known = reasons.filter((reason) => reason instanceof InjectedError)
      return known.length === tweets ? undefined : [`${known.length} of ${tweets} dead letters have their reason`]
    },
  },
  'storage throttled': {
    ports: (stage) => {
      const until = stage.clock.now() + 2 * MINUTE
      const throttled = <Port extends object>(port: Port): Port =>
        new Proxy(port, {
          get(target, name) {
            const method: unknown = Reflect.get(target, name)
            if (typeof method !== 'function') return method
            return async (...input: unknown[]) => {
              if (stage.clock.now() < until) throw new InjectedError('the store is throttled')
              return method.apply(target, input) as unknown
            }
          },
        })
      return (ports) => ({
        ...ports,
        blobs: throttled(ports.blobs),
        ledger: throttled(ports.ledger),
        budget: throttled(ports.budget),
        killSwitch: throttled(ports.killSwitch),
        optOuts: throttled(ports.optOuts),
      })
    },
    async run({ fixture, tellAll }) {
      await tellAll()
      await fixture.settle()
      await fixture.redrive()
      await fixture.settle()
      return undefined
    },
  },
  'the account is locked': {
    async run({ fixture, stage: { x, clock }, tellAll }) {
      x.failNext({ ...POST, respond: locked })
      await tellAll(1)
      const lookedAt = clock.now() + 30 * MINUTE
      await fixture.settle(() => clock.now() >= lookedAt)
      await tellAll()
      const mendedAt = clock.now() + 30 * MINUTE
      await fixture.settle(() => clock.now() >= mendedAt)
      await fixture.killSwitch.reset()
      fixture.meter.unlock()
      await fixture.settle()
      return undefined
    },
  },
}

const locked: FaultResponse = {
  status: 403,
  body: { errors: [{ code: 326, message: 'To protect our users, this account is temporarily locked.' }] },
}

export async function sufferOutages({ tweets, only, ...common }: OutagesOptions): Promise<readonly Row[]> {
  const asking = askingOf(subjectOf(common))
  const rows: Row[] = []
  for (const [name, outage] of Object.entries(OUTAGES)) {
    if (only && !only.includes(name)) continue
    if (outage.bots && !outage.bots.includes(common.bot)) continue
    const begun = performance.now()
    const stage = await startLocalStage('x-activity', common.seed)
    try {
      let mended = false
      const around = outage.ports?.(stage, () => mended)
      const fixture = createFixture({
        ...fixtureOf(common),
        stage,
        ...outage.options,
        ...(around && { outage: around }),
      })
      const came = await outage.run({
        fixture,
        stage,
        tweets,
        asking,
        tellAll: (count = tweets) => tellAll(fixture, stage.x, count, asking),
        mend() {
          mended = true
        },
      })
      const { findings = [], recoveryMs, ...more } = suffered(came)
      const counted = fixture.count()
      const all = tally({ ...counted, ...more, missed: counted.missed + findings.length, faults: tweets })
      const found = broken(all).length > 0 ? [`${name}: ${broken(all).join(', ')}`] : []
      rows.push({
        name,
        counted: all,
        findings: findings.length > 0 ? findings : found,
        ...(recoveryMs !== undefined && {
          recoveryMs,
          notes: [
            `${name}: half of the authors had their reply ${(recoveryMs / 1000).toFixed(1)} s after the end of it.`,
          ],
        }),
        seconds: (performance.now() - begun) / 1000,
      })
    } finally {
      await stage.close()
    }
  }
  return rows
}

const suffered = (came: Suffered | readonly string[] | undefined): Suffered =>
  came !== undefined && 'length' in came ? { findings: came } : (came ?? {})

/** What somebody asks, with so many photos where photos are what it is about. */
type Asking = (nth: number, count?: number) => Promise<{ text: string; photos: { bytes: Uint8Array }[] }>

const askingOf =
  ({ asks, photos: shown }: Subject): Asking =>
  async (nth, count = 1) => ({
    text: asks(nth),
    photos: (await photos()).slice(0, shown * count).map((bytes) => ({ bytes })),
  })

async function tellAll(fixture: Fixture, x: LocalX, count: number, asking: Asking): Promise<void> {
  const before = x.tweets().length
  for (let nth = 0; nth < count; nth++) await fixture.tell({ as: `p${before}x${nth}`, ...(await asking(nth + 1)) })
}

function slowly(social: BotPorts['social'], pass: () => void): BotPorts['social'] {
  const late = async <Result>(call: Promise<Result>): Promise<Result> => {
    const result = await call
    pass()
    return result
  }
  return {
    reply: (id, text, mediaIds) => late(social.reply(id, text, mediaIds)),
    uploadImage: (image) => late(social.uploadImage(image)),
    tweet: (id) => late(social.tweet(id)),
    findOwnReply: (id) => late(social.findOwnReply(id)),
    me: () => social.me(),
  }
}
