import type { EventOutcome } from '@hexbird/core'
import {
  add,
  broken,
  createFixture,
  type Dialects,
  FAULTS,
  type Fault,
  type Fixture,
  type FixtureOptions,
  integer,
  type LocalStage,
  type Plan,
  photos,
  pick,
  type Row,
  randomOf,
  startLocalStage,
  type Tally,
  tally,
} from '@hexbird/prove/harness'
import { openDisk } from './disk.js'
import type { SubjectName } from './subject-names.js'
import { type Common, fixtureOf, SUBJECTS, type Subject, subjectOf } from './subjects.js'
import { UsageError } from './usage-error.js'

/** What happens on X, as people see it. */
export interface Story {
  readonly dialects: Dialects
  /** A telling takes long: of the single faults, and of the pairs, only one in so many is tried. */
  readonly sparing?: number
  readonly options?: Partial<Pick<FixtureOptions, 'limits' | 'forgetsWords' | 'listsLate' | 'mayRefuse' | 'apart'>>
  tell(fixture: Fixture, stage: LocalStage, author: string): Promise<void>
}

const MINUTE = 60_000
const DAY = 24 * 60 * 60 * 1000
const UPLOAD = { method: 'POST', path: /^\/2\/media\// } as const
const POST = { method: 'POST', path: '/2/tweets' } as const

const uploads = async (count: number) => (await photos()).slice(0, count).map((bytes) => ({ bytes }))

/** X takes posts of weight 25,000 from those who pay for it: this one has 216 kB. */
const LONGEST = '👩‍❤️‍💋‍👩'.repeat(8_000)

/** What is told of a bot: of one that looks at photos, more and other things. */
function storiesOf({ asks, photos: shown, enoughForTwo, images }: Subject): Readonly<Record<string, Story>> {
  const TEXT = asks(0)

  /** Delivered twice in each dialect. */
  async function twice(fixture: Fixture, { x }: LocalStage, author: string): Promise<void> {
    x.set({ duplicate: true })
    await fixture.tell({ as: author, text: TEXT, photos: await uploads(shown) })
    x.set({ duplicate: false })
    await fixture.settle()
  }

  /** The dog becomes a bird, while the bot is at it. */
  async function editPhoto(fixture: Fixture, author: string, meanwhile: () => Promise<void>): Promise<void> {
    const [dog, bird] = await uploads(2)
    if (!dog || !bird) throw new Error('There are no photos.')
    const { id } = await fixture.tell({ as: author, text: TEXT, photos: [dog] }, { shows: 'dog' })
    await meanwhile()
    await fixture.tell({ as: author, text: TEXT, edits: id, photos: [bird] }, { shows: 'bird' })
    await fixture.settle()
  }

  const posted = (count: number, text = TEXT): Story['tell'] => {
    return async (fixture, _, author) => {
      await fixture.tell({ as: author, text, photos: await uploads(count) })
      await fixture.settle()
    }
  }

  const ofPhotos: Readonly<Record<string, Story>> = {
    'no photo': { dialects: 'x-activity', tell: posted(0) },
    'one photo': { dialects: 'x-activity', tell: posted(1) },
    'four photos': { dialects: 'x-activity', tell: posted(4) },
    'one photo, older dialect': { dialects: 'account-activity', tell: posted(1) },
    'no photo, both dialects': { dialects: 'both', tell: posted(0) },
    'one photo, both dialects, twice': { dialects: 'both', tell: twice },
  }
  const ofEdits: Readonly<Record<string, Story>> = {
    'another photo in an edit': {
      dialects: 'x-activity',
      tell: (fixture, _, author) => editPhoto(fixture, author, async () => {}),
    },
    'another photo once the first is labeled': {
      dialects: 'x-activity',
      async tell(fixture, { x, clock }, author) {
        x.failNext({ ...POST, respond: { status: 429, body: { title: 'Too Many Requests', status: 429 } } })
        await editPhoto(fixture, author, async () => {
          const end = clock.now() + MINUTE
          clock.setTimer(() => {}, MINUTE)
          await fixture.settle(() => clock.now() >= end)
        })
      },
    },
  }
  const ofOthers: Readonly<Record<string, Story>> = {
    'about somebody else’s photo': {
      dialects: 'x-activity',
      async tell(fixture, { x }, author) {
        const { id } = await x.tweet({ as: `${author}b`, text: 'Look!', photos: await uploads(shown) })
        await fixture.tell({ as: author, text: TEXT, inReplyTo: id })
        await fixture.settle()
      },
    },
  }
  const ofImages: Readonly<Record<string, Story>> = {
    'uploads rate-limited at first': {
      dialects: 'x-activity',
      async tell(fixture, stage, author) {
        stage.x.failNext({ ...UPLOAD, respond: { status: 429, body: { title: 'Too Many Requests', status: 429 } } })
        await posted(shown)(fixture, stage, author)
      },
    },
    'an upload that is cut off': {
      dialects: 'x-activity',
      async tell(fixture, stage, author) {
        stage.x.failNext({ ...UPLOAD, path: '/2/media/metadata', respond: 'drop-after' })
        await posted(shown)(fixture, stage, author)
      },
    },
  }
  const ofWords: Readonly<Record<string, Story>> = {
    asked: { dialects: 'x-activity', tell: posted(0) },
    'asked something else': { dialects: 'x-activity', tell: posted(0, asks(1)) },
    'asked in the older dialect': { dialects: 'account-activity', tell: posted(0, asks(1)) },
    'asked in both dialects': { dialects: 'both', tell: posted(0) },
    'asked in both dialects, twice': { dialects: 'both', tell: twice },
  }
  return {
    ...(shown ? ofPhotos : ofWords),
    'edited meanwhile': {
      dialects: 'x-activity',
      async tell(fixture, _, author) {
        const { id } = await fixture.tell({ as: author, text: TEXT, photos: await uploads(shown) })
        await fixture.tell({ as: author, text: `${TEXT} Please.`, edits: id })
        await fixture.settle()
      },
    },
    ...(shown && ofEdits),
    'text that X has seen': {
      dialects: 'x-activity',
      options: {
        forgetsWords: false,
        // Words that X has seen elsewhere look like a first try that it does not list.
        mayRefuse: ({ kind }: EventOutcome) => kind === 'unresolved',
      },
      async tell(fixture, _, author) {
        for (let count = 0; count < 2; count++) {
          await fixture.tell({ as: author, text: asks(1), photos: await uploads(shown) })
          await fixture.settle()
        }
      },
    },
    'a reply that X lists late': {
      dialects: 'x-activity',
      options: { forgetsWords: false, listsLate: true },
      tell: posted(shown),
    },
    'a delivery that never comes': {
      dialects: 'x-activity',
      async tell(fixture, { x }, author) {
        x.set({ drop: 1 })
        await fixture.tell({ as: author, text: TEXT, photos: await uploads(shown) })
        await fixture.settle()
      },
    },
    'a mention that X lists late': {
      dialects: 'x-activity',
      async tell(fixture, { x }, author) {
        x.set({ drop: 2 })
        const late = await fixture.tell({ as: author, text: TEXT, photos: await uploads(shown) })
        const list = x.listLate(late.id)
        await fixture.tell({ as: `${author}b`, text: TEXT, photos: await uploads(shown) })
        await fixture.settle()
        list()
        await fixture.sweepUp()
        await fixture.settle()
      },
    },
    'a long post among others': {
      dialects: 'x-activity',
      sparing: 8,
      async tell(fixture, { x }, author) {
        const long = `${TEXT} ${LONGEST}`
        await fixture.tell({ as: author, text: long, photos: await uploads(shown) })
        x.set({ drop: 3 })
        await fixture.tell({ as: `${author}b`, text: TEXT })
        await fixture.tell({ as: `${author}c`, text: long })
        await fixture.tell({ as: `${author}d`, text: TEXT })
        await fixture.settle()
      },
    },
    'clocks two minutes apart': { dialects: 'both', options: { apart: 2 * MINUTE }, tell: twice },
    'rate-limited at first': {
      dialects: 'x-activity',
      async tell(fixture, stage, author) {
        stage.x.failNext({ ...POST, respond: { status: 429, body: { title: 'Too Many Requests', status: 429 } } })
        await posted(shown)(fixture, stage, author)
      },
    },
    'a reply that X refuses': {
      dialects: 'x-activity',
      options: {
        mayRefuse: (outcome: EventOutcome) =>
          ['refused', 'unresolved'].includes(outcome.kind) ||
          // Who was interrupted after the ledger had the reason did not get to say it.
          (outcome.kind === 'ignored' && ['already-handled', 'job-gone'].includes(outcome.reason)),
      },
      async tell(fixture, stage, author) {
        const detail = 'You are not permitted to perform this action.'
        stage.x.failNext({ ...POST, respond: { status: 403, body: { title: 'Forbidden', detail, status: 403 } } })
        await posted(shown)(fixture, stage, author)
      },
    },
    ...(shown && ofOthers),
    ...(images && ofImages),
    'told to stop': {
      dialects: 'x-activity',
      options: { mayRefuse: (outcome: EventOutcome) => outcome.kind === 'ignored' && outcome.reason === 'opted-out' },
      async tell(fixture, _, author) {
        await fixture.tell({ as: author, text: '@hexbird stop' }, { unwelcome: true })
        await fixture.settle()
        await fixture.tell({ as: author, text: TEXT, photos: await uploads(shown) }, { unwelcome: true })
        await fixture.settle()
      },
    },
    'redelivered after a month': {
      dialects: 'x-activity',
      async tell(fixture, { x, clock }, author) {
        const before = x.deliveries().length
        await fixture.tell({ as: author, text: TEXT })
        await fixture.settle()
        const after = x.deliveries().length
        clock.pass(31 * DAY)
        // Whatever the ledger does writes it clean of what it need not remember.
        await fixture.tell({ as: `${author}b`, text: TEXT })
        await fixture.settle()
        await fixture.redeliver(before, after)
        await fixture.settle()
      },
    },
    'an author over budget': {
      dialects: 'x-activity',
      options: {
        limits: { perAuthorPerDay: enoughForTwo },
        mayRefuse: (outcome: EventOutcome) =>
          outcome.kind === 'unresolved' ||
          // Who was interrupted after it had removed the job did not get to say why.
          (outcome.kind === 'ignored' && ['over-budget', 'job-gone'].includes(outcome.reason)),
      },
      async tell(fixture, _, author) {
        for (let count = 0; count < 3; count++) {
          await fixture.tell({ as: author, text: TEXT, photos: await uploads(shown) })
          await fixture.settle()
        }
      },
    },
  }
}

const STORIES = Object.fromEntries(
  Object.entries(SUBJECTS).map(([name, subject]) => [name, storiesOf(subject)]),
) as Readonly<Record<SubjectName, Readonly<Record<string, Story>>>>

export const storyNames = (bot: SubjectName): readonly string[] => Object.keys(STORIES[bot])

export interface PortsOptions extends Common {
  /** Besides every single fault, so many pairs of each story. */
  readonly pairs: number
  /** Of the single faults every `stride`th. Default 1. */
  readonly stride?: number
  readonly only?: readonly string[]
  /** X tells of everything in the stream, and cuts it in each third telling. */
  readonly overStream?: boolean
  /** All that is stored is in a file. */
  readonly onDisk?: boolean
  /** Stops at the first that is broken. */
  readonly stopAtFirst?: boolean
  readonly say?: (text: string) => void
}

/** So many fixtures on one local X: what it holds of them makes it no faster. */
const FIXTURES_PER_STAGE = 250

/** Every story, with every fault at every call, and with pairs of them. */
export async function tellStories(options: PortsOptions): Promise<readonly Row[]> {
  const rows: Row[] = []
  const stages = new Map<Dialects, { readonly stage: LocalStage; fixtures: number }>()
  let tellings = 0
  try {
    for (const [name, story] of Object.entries(STORIES[options.bot])) {
      if (options.only && !options.only.includes(name)) continue
      const begun = performance.now()
      const counted = tally()
      const findings: string[] = []
      const one = async (plan: Plan) => {
        tellings += 1
        const stage = await stageFor(options.overStream ? 'stream' : story.dialects)
        if (options.overStream) stage.x.set({ cutStream: tellings % 3 === 2 ? 1 : 0 })
        const { bot, seed, removed, onDisk } = options
        const { telling, calls } = await tellOnce(story, stage, { bot, seed, removed, onDisk, plan, nth: tellings })
        add(counted, telling)
        if (broken(telling).length > 0 && findings.length < 5) findings.push(`${describe(name, plan, telling)}`)
        return calls
      }
      for (const plan of plansOf(await one(new Map()), sparingly(options, story))) {
        if (options.stopAtFirst && findings.length > 0) break
        await one(plan)
      }
      rows.push({ name, counted, findings, seconds: (performance.now() - begun) / 1000 })
      options.say?.(`${name}: ${counted.stories} tellings, ${counted.faults} faults`)
      if (options.stopAtFirst && findings.length > 0) break
    }
  } finally {
    for (const { stage } of stages.values()) await stage.close()
  }
  return rows

  async function stageFor(dialects: Dialects): Promise<LocalStage> {
    const known = stages.get(dialects)
    if (known && known.fixtures < FIXTURES_PER_STAGE) {
      known.fixtures += 1
      return known.stage
    }
    await known?.stage.close()
    const stage = await startLocalStage(dialects, options.seed)
    stages.set(dialects, { stage, fixtures: 1 })
    return stage
  }
}

/** What came of one telling. */
export interface Telling {
  readonly telling: Tally
  readonly calls: number
  /** The calls in their order, by process, port and method. */
  readonly seen: readonly string[]
  /** Of each tweet, in their order. */
  readonly outcomes: readonly (readonly EventOutcome[])[]
}

/** A story once more, call by call, to see what went wrong. @throws UsageError where there is no such story */
export async function retell(name: string, plan: Plan, options: Common) {
  const story = STORIES[options.bot][name]
  if (!story) throw new UsageError(`There is no story "${name}". There are: ${storyNames(options.bot).join('; ')}.`)
  const stage = await startLocalStage(story.dialects, options.seed)
  try {
    return await tellOnce(story, stage, { ...options, plan, nth: 1 })
  } finally {
    await stage.close()
  }
}

/** `33:crash-before,55:timeout` for those faults at those calls. */
const writePlan = (plan: Plan): string => [...plan].map(([at, fault]) => `${at}:${fault}`).join(',')

/** @throws UsageError */
export function readPlan(text: string): Plan {
  return new Map(
    text.split(',').flatMap((part): [number, Fault][] => {
      const [, at, name] = /^([0-9]+):(.+)$/.exec(part.trim()) ?? []
      const fault = FAULTS.find((one) => one === name)
      if (part !== '' && !fault)
        throw new UsageError(`"${part}" is no fault. Write for example 7:${FAULTS.join(' or 7:')}.`)
      return fault ? [[Number(at), fault]] : []
    }),
  )
}

interface TellingOptions extends Common, Pick<FixtureOptions, 'gate'> {
  readonly plan: Plan
  readonly nth: number
  readonly onDisk?: boolean | undefined
}

/** One telling of a story, in a fixture of its own. */
export async function tellOnce(
  story: Story,
  stage: LocalStage,
  { plan, nth, gate, onDisk = false, ...common }: TellingOptions,
): Promise<Telling> {
  // A window of X's own limits has passed since the last one.
  stage.clock.pass(DAY)
  const disk = onDisk ? openDisk(stage.clock.now) : undefined
  const fixture = createFixture({
    ...(disk && { file: disk.store }),
    ...fixtureOf(common),
    stage,
    seed: common.seed + nth,
    plan,
    ...(gate && { gate }),
    ...story.options,
  })
  try {
    await story.tell(fixture, stage, `p${nth}`)
  } finally {
    // What this story announced and never met is none of the next one's.
    stage.x.clearFaults()
    stage.x.set({ drop: 0, duplicate: false })
    disk?.close()
  }
  const counted = fixture.count()
  // One thing that goes wrong leaves no doubt that lasts, unless the words may be those of another reply: a reply there is.
  const mayCollide = !subjectOf(common).forgetsWords && counted.tweets > 1
  const excused = plan.size > 1 || story.options?.mayRefuse || mayCollide ? 0 : counted.refused
  return {
    telling: { ...counted, missed: counted.missed + excused },
    calls: fixture.injector.calls,
    seen: fixture.injector.seen,
    outcomes: [...fixture.outcomes.values()],
  }
}

const sparingly = ({ pairs, stride = 1, ...options }: PortsOptions, { sparing = 1 }: Story): PortsOptions => ({
  ...options,
  pairs: Math.ceil(pairs / sparing),
  // An odd one meets every kind of fault.
  stride: sparing === 1 ? stride : stride * sparing + 1 - ((stride * sparing) % 2),
})

/** Each fault at each call, alone; then pairs, since the second often meets the mending of the first. */
function* plansOf(calls: number, { seed, pairs, stride = 1 }: PortsOptions): Generator<Plan> {
  const singles = Array.from({ length: calls }, (_, at) => FAULTS.map((fault) => [at, fault] as const)).flat()
  for (const [index, [at, fault]] of singles.entries()) if (index % stride === 0) yield new Map([[at, fault]])
  const random = randomOf(seed + calls)
  for (let pair = 0; pair < pairs; pair++) {
    const first = integer(random, calls)
    const second = first + 1 + integer(random, calls + 10)
    yield new Map<number, Fault>([
      [first, pick(random, FAULTS)],
      [second, pick(random, FAULTS)],
    ])
  }
}

export const describe = (name: string, plan: Plan, counted: Tally): string => {
  const faults = writePlan(plan) || 'no fault'
  const what = broken(counted).map((invariant) => `${invariant} ${counted[invariant]}`)
  return `${name}; ${faults}: ${what.join(', ')}`
}
