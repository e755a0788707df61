import { cpSync, mkdirSync, rmSync, writeFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import type { FunctionName } from '@hexbird/lambda-entry'
import { bundleEagerly } from '../bundles.js'
import { type FilesRead, type Lambda, startLambdas } from '../lambda.js'
import { markdown } from '../page.js'
import { inTurn, median, ratioOf, type Timed, type Times } from '../pairs.js'
import { loadingOf } from '../profile.js'
import { aligned, type Bench, counted, type Row } from '../row.js'

/** The webhook's limits: its time as a ratio to an empty function, and the bytes that it reads. */
const MOST_OF_BARE = 1.4
const MOST_READ = 150_000
/** The limit of the other functions, as a ratio to themselves with every adapter loaded. */
const MOST_OF_EAGER = 0.75

/** These need nearly all large clients, so lazy loading saves little. The page shows the parts of their starts. */
const NEED_NEARLY_ALL: readonly FunctionName[] = ['tweets', 'images', 'sweep']
const WHY = 'docs/performance.md#cold-starts-part-by-part'

/** Each function's usual event: `eventFor` in `tools/smoke/fixture.ts`. */
const USUAL: Readonly<Record<FunctionName, string>> = {
  webhook: 'a challenge',
  'sign-in': 'the first page',
  tweets: 'a tweet with a photo',
  images: 'a stored job with a photo',
  sweep: 'mentions and webhooks checked, nothing new',
  admin: 'listing the webhooks',
}

/** Measures from the start of the process to the first answer, under AWS's own runtime client. */
export async function coldStart({ root, rounds, functions, say, note }: Bench): Promise<readonly Row[]> {
  const scratch = fileURLToPath(new URL('.cache/bench/', root)).replace(/\/$/, '')
  rmSync(scratch, { recursive: true, force: true })
  mkdirSync(`${scratch}/bare`, { recursive: true })
  writeFileSync(`${scratch}/bare/index.mjs`, 'export const handler = async () => ({})\n')
  // Rebuilding a bundle during a run must not change the measured one.
  cpSync(fileURLToPath(new URL('packages/lambda-entry/build', root)), scratch, { recursive: true })
  const lambda = await startLambdas(root, scratch)
  try {
    const names = Object.keys(functions) as FunctionName[]
    const others = names.filter((name) => name !== 'webhook')
    const eager = new Map<string, string>()
    for (const name of others) eager.set(name, await bundleEagerly(root, name, scratch))
    const reads: Record<string, FilesRead> = {}
    for (const name of names) {
      reads[name] = await lambda.filesRead(`${scratch}/${name}`, () => lambda.fixture.eventFor(name))
    }
    const bare: Timed = () => lambda.coldStart(`${scratch}/bare`, async () => ({ event: {}, isAnswered: () => true }))
    const cold = (name: FunctionName, folder: string) => () =>
      lambda.coldStart(folder, () => lambda.fixture.eventFor(name))
    const timed: Record<string, Timed> = { bare }
    for (const name of names) timed[name] = cold(name, `${scratch}/${name}`)
    for (const name of others) timed[eagerly(name)] = cold(name, eager.get(name) ?? '')
    const times = await inTurn(timed, rounds)
    const timeOf = (name: string) => median(times[name] ?? [])
    say(sizes(functions, reads, timeOf))
    note('starts', startsOf(lambda, names, functions, reads, scratch, rounds, timeOf))
    /** Compares the sum of one start of each with the sum of the others. */
    const against = (some: readonly string[], others: readonly string[]) =>
      ratioOf(summed(times, some), summed(times, others))
    const againstEager = (some: readonly FunctionName[]) => ({
      against: some.length === 1 ? LOADED_FIRST : LOADED_FIRST.replace('itself', 'themselves'),
      ...against(some, some.map(eagerly)),
      limit: MOST_OF_EAGER,
      better: 'lower' as const,
    })
    return [
      {
        row: `webhook: cold start, ${USUAL.webhook}`,
        against: 'an empty function',
        ...against(['webhook'], ['bare']),
        limit: MOST_OF_BARE,
        better: 'lower',
      },
      ...webhookReads(
        reads.webhook,
        await lambda.filesRead(`${scratch}/webhook`, async () => lambda.fixture.delivery()),
      ),
      ...others
        .filter((name) => !NEED_NEARLY_ALL.includes(name))
        .map((name): Row => ({ row: `${name}: cold start, ${USUAL[name]}`, ...againstEager([name]) })),
      {
        row: `${NEED_NEARLY_ALL.join(', ')}: a cold start of each`,
        ...againstEager(NEED_NEARLY_ALL),
        exempt: WHY,
      },
    ]
  } finally {
    await lambda.close()
  }
}

const LOADED_FIRST = 'itself with every adapter loaded first'
const eagerly = (name: string) => `${name}, eager`

/** Returns the sum of these for each round. */
function summed(times: Times<string>, names: readonly string[]): readonly number[] {
  const [first = [], ...rest] = names.map((name) => times[name] ?? [])
  return first.map((time, round) => rest.reduce((sum, one) => sum + (one[round] ?? Number.NaN), time))
}

/** Splits a start into its parts: Lambda's own, loading, and the first event, whose code runs for the first time. */
function startsOf(
  { node }: Lambda,
  names: readonly FunctionName[],
  functions: Bench['functions'],
  reads: Reads,
  scratch: string,
  rounds: number,
  timeOf: (name: string) => number,
): string {
  const lines = names.flatMap((name) => {
    const size = functions[name]
    if (!size || !NEED_NEARLY_ALL.includes(name)) return []
    const whole = timeOf(name)
    const loading = loadingOf(node, `${scratch}/${name}`, size, reads[name]?.files ?? [], rounds)
    const loaded = loading.reduce((sum, [, time]) => sum + time, 0)
    const parts = [['Lambda with an empty function', timeOf('bare')] as const, ...loading]
    const rest = ['the event: calls, and code that runs for the first time', whole - loaded - timeOf('bare')] as const
    const line = (says: string, time: number, of: number) => [
      name,
      says,
      `${time.toFixed(0)} ms`,
      `${((time / of) * 100).toFixed(0)} %`,
    ]
    return [
      ...[...parts, rest].map(([says, time]) => line(says, time, whole)),
      line('**total, and its share of the start with every adapter loaded first**', whole, timeOf(eagerly(name))),
    ]
  })
  return markdown(['Function', 'Part', 'Time', 'Share of the start'], lines)
}

type Reads = Readonly<Record<string, FilesRead>>

function webhookReads(challenge: FilesRead | undefined, delivery: FilesRead): readonly Row[] {
  const clients = challenge?.clients ?? ['unknown']
  const others = delivery.clients.filter((client) => client !== 'SQS')
  return [
    counted(
      'webhook: bytes loaded for a challenge',
      `${MOST_READ / 1000} kB`,
      (challenge?.bytes ?? Number.NaN) / MOST_READ,
    ),
    counted(`webhook: SDK clients loaded for a challenge${listed(clients)}`, 'the count', clients.length, 0),
    counted(
      `webhook: SDK clients loaded for a delivery, besides the queue's${listed(others)}`,
      'the count',
      delivery.clients.includes('SQS') ? others.length : Number.NaN,
      0,
    ),
  ]
}

const listed = (clients: readonly string[]): string => (clients.length === 0 ? '' : ` (${clients.join(', ')})`)

function sizes(functions: Bench['functions'], reads: Reads, timeOf: (name: string) => number): string {
  const kB = (bytes = Number.NaN) => `${(bytes / 1000).toFixed(1)} kB`
  const ms = (time: number) => `${time.toFixed(0)} ms`
  const lines = Object.entries(functions).map(([name, { whole, atStart }]) => [
    name,
    kB(whole),
    kB(atStart),
    kB(reads[name]?.bytes),
    ms(timeOf(name)),
    name === 'webhook' ? '' : ms(timeOf(eagerly(name))),
    reads[name]?.clients.join(', ') ?? '',
  ])
  const head = ['function', 'bundle', 'entry', 'read', 'cold start', 'eager', 'clients read until the first answer']
  return aligned([head, ...lines, ['(empty)', '', '', '', ms(timeOf('bare')), '', '']])
}
