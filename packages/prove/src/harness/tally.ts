/** What must be 0 at the end, whatever was done to the bot. */
export const INVARIANTS = {
  missed: 'tweets without a reply, and without a typed refusal that says why; people who could not sign in',
  doubled: 'replies, messages and grants beyond the first',
  mixed: 'replies to one version of a tweet that speak of the photos of another',
  bare: 'replies without their image, or without the words that say what it shows',
  photosLeft: 'photos and jobs still stored at the end',
  overspent: 'windows of the budget in which calls cost more than the limit',
  early: 'calls to X while it had said to wait, or after it had locked the account',
  insistent: 'posts beyond two for one tweet that X answered with 5xx, or beyond a few where X refuses them all',
  slow: 'outages after whose end half of the authors waited longer than 15 seconds',
  tooDeep: 'replies in one conversation beyond the cap',
  unwelcome: 'replies to people who had told the bot to stop',
  strangers: 'sign-ins completed by another browser than the one that began',
  blocked: 'deliveries that the webhook did not take, though nothing kept it from that, or took too long over',
  unhandled: 'rejections that nobody handled',
} as const

export type Invariant = keyof typeof INVARIANTS

export const INVARIANT_NAMES = Object.keys(INVARIANTS) as readonly Invariant[]

/**
 * What was done, and what came of it. `kills` are the crashes that were real: processes that got SIGKILL, before they were
 * ready, in the middle of a sweep, or later at anything else.
 */
const COUNTS = [
  'stories',
  'faults',
  'crashes',
  'kills',
  'killsBeforeReady',
  'killsSweeping',
  'killsLate',
  'deliveries',
  'tweets',
  'replies',
  'refused',
  'deadLetters',
] as const

type Count = (typeof COUNTS)[number]

/** Counts of a part. `tweets`, `replies` and what follows from them are counted by the local X. */
export type Tally = Record<Count | Invariant, number>

const NAMES: readonly (Count | Invariant)[] = [...COUNTS, ...INVARIANT_NAMES]

export function tally(some: Partial<Tally> = {}): Tally {
  return { ...(Object.fromEntries(NAMES.map((name) => [name, 0])) as Tally), ...some }
}

export function add(to: Tally, more: Tally): void {
  for (const name of NAMES) to[name] += more[name]
}

/** The invariants that do not hold. */
export const broken = (counted: Tally): readonly Invariant[] => INVARIANT_NAMES.filter((name) => counted[name] > 0)

/** One part of the whole: what was done, to whom, and what came of it. */
export interface Row {
  readonly name: string
  readonly counted: Tally
  /** What is broken, smallest reproductions first. */
  readonly findings: readonly string[]
  /** What is worth knowing besides. */
  readonly notes?: readonly string[]
  /** How long the author in the middle waited after the end of an outage, in virtual milliseconds. */
  readonly recoveryMs?: number
  readonly seconds: number
}

export function sum(rows: readonly Row[]): Tally {
  const all = tally()
  for (const { counted } of rows) add(all, counted)
  return all
}

/** The rows and their sum, in columns. */
export function table(rows: readonly Row[]): string {
  const shown = NAMES.filter((name) => !/^kills./.test(name))
  const head = ['', ...shown, 'seconds']
  const seconds = rows.reduce((all, row) => all + row.seconds, 0)
  const lines = [...rows, { name: 'all', counted: sum(rows), seconds }].map(({ name, counted, seconds }) => [
    name,
    ...shown.map((column) => String(counted[column])),
    seconds.toFixed(1),
  ])
  const widths = head.map((title, column) =>
    Math.max(...[head, ...lines].map((line) => line[column]?.length ?? 0), title.length),
  )
  const text = (line: readonly string[]) =>
    line
      .map((cell, column) => (column === 0 ? cell.padEnd(widths[0] ?? 0) : cell.padStart(widths[column] ?? 0)))
      .join('  ')
  return [head, ...lines].map(text).join('\n')
}
