import type { Limits } from '@hexbird/core'
import { boundsOf, readDefinition } from '@hexbird/core/host'
import { bind } from './bind.js'
import type { Story } from './conversation.js'
import { drawScene, type Scene, scenesOf, vocabularyOf } from './generate.js'
import { FAULTS } from './harness/faults.js'
import type { FixtureOptions } from './harness/fixture.js'
import { type LocalStage, startLocalStage } from './harness/local-stage.js'
import { integer, pick, type Random, randomOf } from './harness/random.js'
import type { Effects, Subject } from './lab.js'
import { type Call, type Played, type PlayOptions, play, STAIRS } from './play.js'
import type { RuleName } from './rules.js'
import { shrink } from './shrink.js'
import { storyOf } from './tell.js'
import type { Broken, PlannedFault, Replay, Verdict } from './verdict.js'

/** How many of the conversations have run, and how many faults were injected in them. */
export interface Progress {
  readonly done: number
  readonly of: number
  readonly faults: number
  /**
   * Milliseconds in which handlers waited in real time, for something other than their context and a wrapped stub. That
   * makes `prove` slow.
   */
  readonly waitedMs: number
}

/** Options for `prove`. */
export interface ProveOptions {
  /** Your own conversations, in addition to those generated from the bot's commands and filters. */
  readonly stories?: readonly Story[]
  /**
   * How many conversations to run. Default: 7,500 (more than 10,000 faults), or 600 with `quick`. `prove` ends soon
   * after a rule is broken.
   */
  readonly runs?: number
  /** The same seed gives the same verdict. Default: a random seed, which the verdict reports. */
  readonly seed?: number
  /** What the bot may spend. Default: the definition's limits. */
  readonly budget?: Partial<Limits>
  /** Runs only 600 conversations, unless `runs` says otherwise. */
  readonly quick?: boolean
  /** The recorder that the bot's stubs use, from `recordEffects()`. */
  readonly effects?: Effects
  /** Called about once a second, and at the end. */
  readonly onProgress?: (progress: Progress) => void
}

const [RUNS, QUICK_RUNS] = [7_500, 600]

/** Once a rule is broken, so many more runs look for others. */
const MORE_RUNS = 200

/** A breach that depends on earlier conversations can't be shrunk: so many more runs look for one that can. */
const MORE_RUNS_FOR_A_REPEATABLE = 1_000

/** How many breaches of a rule are tried until one is repeatable. */
const MOST_UNREPEATABLE = 20

/** So many runs on one local X: what it holds of them makes it no faster. */
const RUNS_PER_STAGE = 100

/** How many conversations are tried in order to find the smallest. */
const MOST_TRIED = 200

/** Each of those in which a handler waits for good takes seconds. */
const MOST_STUCK = 5

/** Of every local X: ids follow from it and from the time, so that a run has the same ones when it is told alone. */
const SEED_OF_X = 1

const BEGIN = Date.UTC(2026, 10, 22, 12)
const DAY = 24 * 60 * 60 * 1000

/**
 * Runs a bot through conversations with hostile people, on a local X and in virtual time. Injects faults and crashes at
 * port calls and around handlers. For each rule that the bot breaks, the verdict has the smallest conversation found.
 *
 * ```ts
 * import { defineBot } from '@hexbird/core'
 * import { prove } from '@hexbird/prove'
 *
 * const bot = defineBot().command('roll', (ctx) => ctx.reply(`You rolled ${ctx.random(6) + 1}.`))
 * const { broken } = await prove(bot, { quick: true })
 * for (const { story } of broken) console.log(story)
 * ```
 *
 * @throws BotError `DEFINITION` if this is not a bot
 */
export function prove(subject: Subject, options: ProveOptions = {}): Promise<Verdict> {
  return proveWeakened(subject, undefined, options)
}

/** The same, of a bot without some of its guards. */
export async function proveWeakened(
  subject: Subject,
  weaken: FixtureOptions['weaken'],
  options: ProveOptions = {},
): Promise<Verdict> {
  const { seed = Math.floor(Math.random() * 2 ** 31), onProgress, stories = [] } = options
  /** What is replied to in a scene in which nothing goes wrong. */
  const calm = new Map<Scene, ReadonlySet<string>>()
  const most = options.runs ?? (options.quick ? QUICK_RUNS : RUNS)
  return withRejections(async (unhandled) => {
    const how = playOptions(subject, options, { weaken, unhandled })
    const stages = createStages()
    const broken = new Map<RuleName, Broken>()
    /** Rules for which no breach could be repeated so far, and how many were tried. */
    const unrepeatable = new Map<RuleName, number>()
    let [runs, faults, waitedMs, end] = [0, 0, 0, most]
    let toldAt = performance.now()
    onProgress?.({ done: 0, of: most, faults, waitedMs })
    try {
      const planner = createPlanner(await firstDefinition(), stories, randomOf(seed))
      while (runs < end) {
        const { scene, faults: planned, learn } = planner.next()
        const { conditions, moves } = scene
        const startsAt = stages.nextStart()
        const replay: Replay = { v: 1, seed: seed + runs, startsAt, conditions, conversation: moves, faults: planned }
        runs += 1
        const played = await broughtToLight(await stages.play(replay, how), replay, () => calmly(scene, replay))
        faults += played.injected
        waitedMs += played.waitedMs
        learn(played.calls)
        for (const { rule } of played.breaches) {
          const attempts = unrepeatable.get(rule) ?? 0
          if (broken.has(rule) && (attempts === 0 || attempts === MOST_UNREPEATABLE)) continue
          const found = await smallest(replay, rule, how, seed)
          const { isRepeatable } = found
          if (isRepeatable || !broken.has(rule)) broken.set(rule, found)
          unrepeatable.set(rule, isRepeatable ? 0 : attempts + 1)
          end = Math.min(end, runs + (isRepeatable ? MORE_RUNS : MORE_RUNS_FOR_A_REPEATABLE))
        }
        if (played.isStuck) end = runs
        if (performance.now() - toldAt < 900) continue
        toldAt = performance.now()
        onProgress?.({ done: runs, of: end, faults, waitedMs })
      }
    } finally {
      await stages.close()
    }
    onProgress?.({ done: runs, of: runs, faults, waitedMs })
    return { runs, faults, seed, broken: [...broken.values()] }
  })

  async function calmly(scene: Scene, told: Replay): Promise<ReadonlySet<string>> {
    const known =
      calm.get(scene) ?? (await repliedCalmly(told, playOptions(subject, options, { weaken, unhandled: [] })))
    calm.set(scene, known)
    return known
  }

  /** To know what the bot listens to. */
  async function firstDefinition() {
    if (typeof subject !== 'function') return readDefinition(subject)
    const stage = await startLocalStage('x-activity', SEED_OF_X, BEGIN)
    try {
      const nothing = { open: new Set<string>(), images: new Map<string, number[]>(), threw: new Set<string>() }
      const ignored = { onStart: () => () => {}, onThrow: () => {}, onEarly: () => {}, onAnswer: () => {} }
      const notes = { ...nothing, ...ignored, early: 0 }
      return readDefinition(bind(subject, stage, notes, false).current())
    } finally {
      await stage.close()
    }
  }

  function createPlanner(
    definition: ReturnType<typeof readDefinition>,
    own: readonly Story[],
    random: Random,
  ): Planner {
    const { limits } = boundsOf(definition)
    const vocabulary = vocabularyOf(definition, { ...limits, ...options.budget })
    return plannerOf(scenesOf(vocabulary, own), () => drawScene(vocabulary, random), random)
  }
}

/**
 * Runs the conversation of a broken rule again. Returns the story of what happens now, or `undefined` if no rule is
 * broken.
 *
 * Pass the same `budget` and `effects` as to `prove`.
 */
export async function replay(
  subject: Subject,
  told: Replay,
  options: Pick<ProveOptions, 'budget' | 'effects'> = {},
): Promise<Broken | undefined> {
  return withRejections(async (unhandled) => {
    const how = playOptions(subject, options, { weaken: undefined, unhandled })
    const { breaches, lines } = await playAlone(told, { ...how, tells: true })
    const [breach] = breaches
    return breach && { rule: breach.rule, story: storyOf(breach, lines, told), replay: told, isRepeatable: true }
  })
}

/** Thrown by `assertProven`. The message says which rules are broken, and how. */
export class NotProvenError extends Error {
  override readonly name = 'NotProvenError'
  readonly code = 'NOT_PROVEN'
  readonly verdict: Verdict

  constructor(verdict: Verdict) {
    super(verdict.broken.map(({ story }) => story).join('\n\n'))
    this.verdict = verdict
  }
}

/**
 * Like `prove`, but throws if a rule is broken. For tests.
 *
 * @throws NotProvenError with the stories as its message
 */
export async function assertProven(subject: Subject, options: ProveOptions = {}): Promise<Verdict> {
  const verdict = await prove(subject, options)
  if (verdict.broken.length > 0) throw new NotProvenError(verdict)
  return verdict
}

function playOptions(
  subject: Subject,
  { budget, effects }: Pick<ProveOptions, 'budget' | 'effects'>,
  more: { readonly weaken: FixtureOptions['weaken']; readonly unhandled: readonly unknown[] },
): PlayOptions {
  const { weaken, unhandled } = more
  return { subject, budget, effects, unhandled, ...(weaken && { weaken }) }
}

/** Collects the rejections that nobody handles meanwhile. */
async function withRejections<Result>(run: (unhandled: readonly unknown[]) => Promise<Result>): Promise<Result> {
  const unhandled: unknown[] = []
  const note = (reason: unknown) => void unhandled.push(reason)
  process.on('unhandledRejection', note)
  try {
    return await run(unhandled)
  } finally {
    process.off('unhandledRejection', note)
  }
}

/** On a local X of its own, which has seen nothing else. */
async function playAlone(told: Replay, how: PlayOptions): Promise<Played> {
  const stage = await startLocalStage(told.conditions.dialects, SEED_OF_X, Date.parse(told.startsAt) - DAY / 2)
  try {
    return await broughtToLight(await play(stage, told, how), told, () => repliedCalmly(told, how))
  } finally {
    await stage.close()
  }
}

const isCalm = ({ faults, conditions, conversation }: Replay): boolean =>
  faults.length === 0 && !conditions.diesAgainAndAgain && conversation.every((move) => move.do !== 'x-answers')

/** The ids of the tweets that are replied to if nothing goes wrong. */
async function repliedCalmly(told: Replay, how: PlayOptions): Promise<ReadonlySet<string>> {
  const { diesAgainAndAgain: _, ...conditions } = told.conditions
  const conversation = told.conversation.filter((move) => move.do !== 'x-answers')
  const { replied } = await playAlone({ ...told, faults: [], conditions, conversation }, { ...how, tells: false })
  return new Set(replied)
}

/** To be silent is no decision of a handler that replies where nothing goes wrong. */
async function broughtToLight(
  played: Played,
  told: Replay,
  calmly: () => Promise<ReadonlySet<string>>,
): Promise<Played> {
  if (played.silent.length === 0 || isCalm(told)) return played
  const replied = await calmly()
  if (!played.silent.some((id) => replied.has(id))) return played
  const detail = 'a handler ended without a reply and without a reason, though it replies if nothing goes wrong'
  return { ...played, breaches: [...played.breaches, { rule: 'a-reply-in-the-end', detail }] }
}

/** The smallest conversation that breaks the rule, and its story. */
async function smallest(found: Replay, rule: RuleName, how: PlayOptions, seed: number): Promise<Broken> {
  const breaks = async (candidate: Replay) => {
    const { breaches } = await playAlone(candidate, how)
    return breaches.some((breach) => breach.rule === rule)
  }
  const { breaches: again, calls } = await playAlone(found, how)
  const isRepeatable = again.some((breach) => breach.rule === rule)
  const begin = (isRepeatable && (await firstThat(breaks, withOneCrash(found, calls)))) || found
  const shrunk = isRepeatable ? await shrink(begin, breaks, rule === 'ends' ? MOST_STUCK : MOST_TRIED) : found
  const { breaches, lines } = await playAlone(shrunk, { ...how, tells: true })
  const breach = breaches.find((one) => one.rule === rule) ?? { rule, detail: NOT_AGAIN }
  return { rule, story: storyOf(breach, lines, shrunk, seed), replay: shrunk, isRepeatable }
}

/** The same with one crash in place of many, for each of the many. */
function* withOneCrash(found: Replay, calls: readonly Call[]): Generator<Replay> {
  const { diesAgainAndAgain, ...conditions } = found.conditions
  if (!diesAgainAndAgain) return
  for (const [at, call] of calls.entries()) {
    if (STAIRS.has(at)) yield { ...found, conditions, faults: [{ ...call, fault: 'crash-after' }] }
  }
}

async function firstThat<Item>(holds: (item: Item) => Promise<boolean>, items: Iterable<Item>) {
  for (const item of items) if (await holds(item)) return item
  return undefined
}

const NOT_AGAIN =
  'this happens only after other conversations, not when this one runs alone. The bot may keep state in memory, or use real time or real randomness'

/** Local Xs on which one run follows the other, each on a day of its own. */
function createStages() {
  const stages = new Map<string, { readonly stage: LocalStage; runs: number }>()
  let next = BEGIN

  async function stageFor(dialects: Replay['conditions']['dialects']): Promise<LocalStage> {
    const known = stages.get(dialects)
    if (known && known.runs < RUNS_PER_STAGE) {
      known.runs += 1
      return known.stage
    }
    await known?.stage.close()
    const stage = await startLocalStage(dialects, SEED_OF_X, next - DAY / 2)
    stages.set(dialects, { stage, runs: 1 })
    return stage
  }

  return {
    nextStart: () => new Date(next).toISOString(),
    async play(told: Replay, how: PlayOptions): Promise<Played> {
      const stage = await stageFor(told.conditions.dialects)
      const played = await play(stage, told, how)
      if (played.isStuck) {
        stages.delete(told.conditions.dialects)
        await stage.close()
      }
      next += Math.max(1, Math.ceil((stage.clock.now() - next) / DAY)) * DAY
      return played
    },
    async close() {
      for (const { stage } of stages.values()) await stage.close()
    },
  }
}

/** What is run next, and what was learnt from it. */
interface Plan {
  readonly scene: Scene
  readonly faults: readonly PlannedFault[]
  readonly learn: (calls: readonly Call[]) => void
}

interface Planner {
  next(): Plan
}

/** Of a drawn conversation there are so many runs with faults. */
const RUNS_PER_DRAWN = 3

/**
 * First each scene without a fault. Then, in turn, scenes with a fault at a call that had none yet, or with two or three drawn
 * ones, since the second often meets the mending of the first; every fourth run is of a conversation that is drawn.
 */
function plannerOf(scenes: readonly Scene[], draw: () => Scene, random: Random): Planner {
  const known = scenes.map((scene) => ({ scene, calls: [] as readonly Call[], singles: [] as PlannedFault[] }))
  let [nth, round, at] = [0, 0, 0]
  let drawn: { readonly scene: Scene; calls: readonly Call[]; left: number } | undefined

  return {
    next() {
      const count = nth
      nth += 1
      const fresh = known[count]
      if (fresh) {
        return {
          scene: fresh.scene,
          faults: [],
          learn(calls) {
            fresh.calls = calls
            fresh.singles = shuffled(
              calls.flatMap((call) => FAULTS.map((fault) => ({ ...call, fault }))),
              random,
            )
          },
        }
      }
      return count % 4 === 0 ? nextDrawn() : nextKnown()
    },
  }

  function nextDrawn(): Plan {
    if (drawn && drawn.left > 0) {
      drawn.left -= 1
      return { scene: drawn.scene, faults: some(drawn.calls, 1 + integer(random, 3)), learn: () => {} }
    }
    const begun: NonNullable<typeof drawn> = { scene: draw(), calls: [], left: RUNS_PER_DRAWN }
    drawn = begun
    return {
      scene: begun.scene,
      faults: [],
      learn(calls) {
        begun.calls = calls
      },
    }
  }

  function nextKnown(): Plan {
    for (;;) {
      if (at === known.length) {
        at = 0
        round += 1
      }
      const one = known[at]
      at += 1
      if (!one || round % (one.scene.sparing ?? 1) !== 0) continue
      const single = random() < 0.5 ? one.singles.pop() : undefined
      const faults = single ? [single] : some(one.calls, 2 + integer(random, 2))
      return { scene: one.scene, faults, learn: () => {} }
    }
  }

  function some(calls: readonly Call[], count: number): readonly PlannedFault[] {
    if (calls.length === 0) return []
    return Array.from({ length: count }, () => {
      const call = pick(random, calls)
      // What mends the first fault calls once more.
      const nth = random() < 0.3 ? call.nth + 1 : call.nth
      return { ...call, nth, fault: pick(random, FAULTS) }
    })
  }
}

function shuffled<Item>(items: readonly Item[], random: Random): Item[] {
  const left = [...items]
  for (let at = left.length - 1; at > 0; at--) {
    const other = integer(random, at + 1)
    const [one, two] = [left[at] as Item, left[other] as Item]
    left[at] = two
    left[other] = one
  }
  return left
}
