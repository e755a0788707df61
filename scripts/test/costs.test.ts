import { readdirSync, statSync } from 'node:fs'
import { beforeAll, describe, expect, test } from '@jest/globals'
import * as memory from '../../packages/adapters-memory/src/index.js'
import { estimate } from '../../packages/cli/src/operate/costs/estimate.js'
import { AWS, AWS_AS_OF, CALLS, MONTH } from '../../packages/cli/src/operate/costs/figures.js'
import type { Charge, Ports } from '../../packages/core/src/adapter/index.js'
import { sweep } from '../../packages/core/src/host/index.js'
import type { BotPorts, Tweet } from '../../packages/core/src/index.js'
import { animalRules, createBot, defaultLimits, photoReplies, selfServe2026 } from '../../packages/core/src/index.js'
import { jpegHead } from '../../packages/core/src/testing/index.js'
import { dollars, page, root, type Table, table, textOf } from './cost-page.js'

const { prices } = selfServe2026
const MICRO = 1_000_000

const fromDollars = (cell = '') => Number(/^\$([0-9.]+)$/.exec(cell)?.[1])
const rowOf = (rows: Table, first: string) => rows.get(first) ?? []

const withoutSums = (rows: Table) => [...rows].filter(([first]) => !/^(1,000 replies|A month)$/.test(first))

/** The column's sum for a thousand: each row has a price, perhaps for how many, and how often for one reply. */
function sumOf(rows: Table, column: number, amountsFrom: number): number {
  const costs = withoutSums(rows).map(([, cells]) => {
    const per = amountsFrom === 2 ? Number(cells[1]) : 1
    return (fromDollars(cells[0]) / per) * Number(cells[amountsFrom + column]) * 1000
  })
  return costs.reduce((sum, cost) => sum + cost, 0)
}

const x = table('X, and what')
const aws = table('AWS, without')
const together = table('Together')
const month = table('Every month')
const calls = table('Call |')

const SCENARIOS = [
  { name: 'X Activity, photo', media: 'unknown', photos: 1 },
  { name: 'X Activity, no photo', media: 'unknown', photos: 0 },
  { name: 'Account Activity, photo', media: 'known', photos: 1 },
  { name: 'Account Activity, no photo', media: 'known', photos: 0 },
] as const

/** What a bot in memory asked of its ports for one tweet, and of DynamoDB's rows had the ports been there. */
interface Counted {
  readonly calls: Readonly<Record<string, number>>
  readonly reads: number
  readonly writes: number
  readonly spent: number
  /** When the sweep brings the same tweet again. */
  readonly again: Readonly<Record<string, number>>
}

const NOW = Date.parse('2026-11-23T12:00:00Z')
const BOT = { id: '1', username: 'hexbird' }
const ID = String(BigInt(NOW - 5_000 - 1_288_834_974_657) << 22n)
const JPEG = jpegHead()

const tweetWith = (photos: number): Tweet => ({
  id: ID,
  firstId: ID,
  botId: BOT.id,
  text: '@hexbird what is this?',
  createdAt: NOW - 5_000,
  author: { id: '50', username: 'alice' },
  photos: photos === 1 ? [{ url: 'https://pbs.twimg.com/media/a.jpg' }] : [],
  media: photos === 1 ? 'present' : 'absent',
  mentions: [{ ...BOT, explicit: true }],
  conversationId: ID,
  isRetweet: false,
})

/** Counts the calls of ports, and the rows that they would read and write in DynamoDB. */
function counter() {
  const counts: Record<string, number> = {}
  const rows = { reads: 0, writes: 0, spent: 0 }
  const seen = (name: string, [charges]: readonly unknown[]) => {
    // `claimStore` is asked once in a process.
    if (/^(optOuts\.has|ledger\.(find|release)|killSwitch\.state|cursor\.read)$/.test(name)) rows.reads += 1
    if (/^(ledger\.(claim|settle|release)|cursor\.advance)$/.test(name)) rows.writes += 1
    if (!/^budget\.(reserve|settle)$/.test(name)) return
    for (const { kind, amount } of charges as readonly Charge[]) {
      rows.writes += 1
      if (kind === 'day' && name === 'budget.settle') rows.spent += amount
    }
  }
  const counting = <T extends object>(port: string, target: T): T =>
    new Proxy(target, {
      get(_, method: string) {
        const called = Reflect.get(target, method) as (...given: unknown[]) => unknown
        return (...given: unknown[]) => {
          const name = `${port}.${method}`
          counts[name] = (counts[name] ?? 0) + 1
          seen(name, given)
          return called.apply(target, given)
        }
      },
    })
  return { counts, rows, counting }
}

async function count({ media, photos }: (typeof SCENARIOS)[number]): Promise<Counted> {
  const whole = tweetWith(photos)
  const { counts, rows, counting } = counter()
  const ports: BotPorts = {
    ledger: counting('ledger', new memory.MemoryReplyLedger()),
    budget: counting('budget', new memory.MemoryBudget()),
    killSwitch: counting('killSwitch', new memory.MemoryKillSwitch()),
    optOuts: counting('optOuts', new memory.MemoryOptOuts()),
    blobs: counting('blobs', new memory.MemoryBlobStore()),
    media: counting('media', { fetch: async () => ({ kind: 'fetched', bytes: JPEG, type: 'image/jpeg' }) }),
    labeler: counting('labeler', {
      label: async () => ({ kind: 'labels', labels: [{ name: 'Dog', confidence: 99, parents: ['Animal'] }] }),
    }),
    social: counting('social', {
      tweet: async () => ({ kind: 'found', tweet: whole }),
      reply: async () => ({ kind: 'posted', id: '900' }),
      uploadImage: async () => ({ kind: 'uploaded', mediaId: '901', expiresAt: NOW + 86_400_000 }),
      findOwnReply: async () => ({ kind: 'absent' }),
      me: async () => BOT,
    }),
    now: () => NOW,
    newId: () => 'owner',
  }
  const bot = createBot(photoReplies(animalRules), ports, { bot: BOT })
  const event: Tweet = media === 'known' ? whole : { ...whole, photos: [], media: 'unknown' }
  const first = await bot.handleTweet(event)
  const last = first.kind === 'job-stored' ? await bot.runJob(first.jobKey) : first
  expect(last.kind).toBe('replied')
  const counted = { calls: { ...counts }, ...rows }
  const again = await bot.handleTweet(whole)
  expect(again).toEqual({ kind: 'ignored', reason: 'already-handled' })
  const more = Object.entries(counts).map(([name, n]) => [name, n - (counted.calls[name] ?? 0)] as const)
  return { ...counted, again: Object.fromEntries(more.filter(([, n]) => n > 0)) }
}

async function countSweep(tweets: readonly Tweet[]) {
  const { counts, rows, counting } = counter()
  const ports: Pick<Ports, 'mentions' | 'cursor' | 'inbox' | 'budget' | 'killSwitch' | 'now'> = {
    mentions: { since: async () => ({ kind: 'found', tweets, unreadable: 0 }) },
    cursor: counting('cursor', new memory.MemoryCursor()),
    inbox: { put: async () => {} },
    budget: counting('budget', new memory.MemoryBudget()),
    killSwitch: counting('killSwitch', new memory.MemoryKillSwitch()),
    now: () => NOW,
  }
  const swept = await sweep(ports, { bot: BOT, limits: defaultLimits, platform: selfServe2026 })
  expect(swept).toEqual({ kind: 'swept', found: tweets.length, unreadable: 0 })
  return { ...rows, reads: rows.reads + (counts['killSwitch.claimStore'] ?? 0) }
}

let counted: readonly Counted[]
let empty: Awaited<ReturnType<typeof countSweep>>
let listed: Awaited<ReturnType<typeof countSweep>>
beforeAll(async () => {
  counted = await Promise.all(SCENARIOS.map(count))
  empty = await countSweep([])
  listed = await countSweep([tweetWith(1)])
})

describe("the page of costs has the code's own figures:", () => {
  test("X's prices, and the day that they are of", () => {
    const named = [...table('Price in the code')].map(([name, [price]]) => [name, Number(price) * MICRO])
    expect(named).toEqual(expect.arrayContaining(Object.entries(prices).map(([name, price]) => [`\`${name}\``, price])))
    expect(named).toHaveLength(Object.keys(prices).length)
    expect(page).toContain(`X's prices are as of ${selfServe2026.asOf} `)
    for (const [first, [price]] of withoutSums(x)) {
      const name = /\(`(\w+)`\)$/.exec(first)?.[1] as keyof typeof prices
      expect([first, Math.round(fromDollars(price) * MICRO)]).toEqual([first, prices[name]])
    }
  })

  test('the calls that the bot makes for one tweet', () => {
    const told = SCENARIOS.map((_, column) =>
      Object.fromEntries([...calls].map(([name, cells]) => [name.replaceAll('`', ''), Number(cells[column])])),
    )
    const zero = Object.fromEntries(Object.keys(told[0] ?? {}).map((name) => [name, 0]))
    expect(told).toEqual(counted.map((each) => ({ ...zero, ...each.calls })))
  })

  test.each(SCENARIOS.map(({ name }, column) => ({ name, column })))('what is paid for: $name', ({ column }) => {
    const { calls: made = {}, reads, writes, spent, again = {} } = counted[column] ?? ({} as Counted)
    const of = (rows: Table, first: string, from: number) => Number(rowOf(rows, first)[from + column])
    const of1000 = (first: string) => of(aws, first, 2)
    expect(of(x, 'lookup of the tweet (`tweetRead`)', 1)).toBe(made['social.tweet'] ?? 0)
    expect(of(x, 'photo labeled by Rekognition (`label`)', 1)).toBe(made['labeler.label'] ?? 0)
    expect(of(x, 'reply to a summons (`reply`)', 1)).toBe(made['social.reply'])
    // The budget does not count the event, and counts with each reply that the bot may have to look for it.
    const events = prices.tweetRead * of(x, 'event delivered (`tweetRead`)', 1)
    expect(Math.round(sumOf(x, column, 1) * 1000)).toBe((spent ?? 0) + listed.spent + events - prices.ownedRead)

    const rowsAgain = (again['optOuts.has'] ?? 0) + (again['ledger.find'] ?? 0)
    expect(of1000('DynamoDB read units')).toBe((reads ?? 0) + rowsAgain)
    expect(of1000('DynamoDB write units')).toBe(writes)
    const jobs = made['blobs.put'] ? 1 : 0
    // What is listed is removed, where there is any.
    const lists = (1 + jobs) * (made['blobs.removeAll'] ?? 0) + (again['blobs.removeAll'] ?? 0)
    expect(of1000('S3 PUT, LIST and the like')).toBe((made['blobs.put'] ?? 0) + lists)
    // Rekognition gets the photo.
    const gets = (made['blobs.get'] ?? 0) + (made['labeler.label'] ?? 0)
    expect(of1000('S3 GET')).toBe(gets)
    expect(of1000('SQS requests')).toBe(3 * (2 + jobs))
    expect(of1000('Lambda requests')).toBe(3 + jobs)
  })

  test('the sums', () => {
    const sums = SCENARIOS.map((_, column) => [sumOf(x, column, 1), sumOf(aws, column, 2)] as const)
    expect(rowOf(x, '1,000 replies').slice(1)).toEqual(sums.map(([atX]) => dollars(atX)))
    expect(rowOf(aws, '1,000 replies').slice(2)).toEqual(sums.map(([, atAws]) => dollars(atAws)))
    expect(rowOf(together, '1,000 replies')).toEqual(sums.map(([atX, atAws]) => dollars(atX + atAws)))
    const [[atX = 0, atAws = 0] = []] = sums
    const labels = (prices.label / MICRO) * 1000
    const line = `1,000 answered photos cost about ${dollars(atX + atAws)}: X takes ${dollars(atX - labels)}, Rekognition ${dollars(labels)}, and the rest of AWS ${dollars(atAws)}.`
    expect(page.replaceAll('\n', ' ')).toContain(line)
  })

  test('the month of a stage that nobody tweets at', () => {
    const costs = withoutSums(month).map(([first, [price, per, amount, cost]]) => {
      const worth = (fromDollars(price) / Number(per)) * Number(amount)
      expect([first, cost]).toEqual([first, dollars(worth)])
      return worth
    })
    const sweeps = 730 * 4
    const sum = dollars(costs.reduce((all, cost) => all + cost, 0))
    expect(rowOf(month, 'A month').at(-1)).toBe(sum)
    expect(page.replaceAll('\n', ' ')).toContain(`An idle stage on AWS costs about ${sum} a month`)
    // 10 alarm metrics, a million requests of SQS, 20,000 of KMS, and DynamoDB's storage are free.
    const table = (sweeps * (empty.reads * 0.125 + empty.writes * 0.625)) / 1e6 + 0.01 * 0.2
    const remaining = 17 * 0.1 + (314_000 * 0.4) / 1e6 + (3_360 * 0.03) / 1e4 + table
    expect(page.replaceAll('\n', ' ')).toContain(`a month, or ${dollars(remaining)} if`)
    expect(page).toContain(`**${dollars(remaining)}**`)
    expect(page).toContain(`every 15 minutes, ${sweeps} times`)
    expect(rowOf(month, 'DynamoDB read units of the sweep')[2]).toBe(String(sweeps * empty.reads))
    expect(rowOf(month, 'DynamoDB write units of the sweep')[2]).toBe(String(sweeps * empty.writes))
    expect(listed).toEqual({ reads: empty.reads, writes: empty.writes + 5, spent: prices.ownedRead })
    expect(textOf('packages/lambda-entry/src/stack/schedule.ts')).toContain('EVERY = Duration.minutes(15)')
  })

  test('the limits, and what else is named in words', () => {
    const limits = `at ${dollars(defaultLimits.perDay / MICRO)} a day and ${dollars(defaultLimits.perAuthorPerDay / MICRO)} for one`
    expect(page).toContain(limits)
    const ofSweeps = `Of its ${dollars(defaultLimits.perDay / MICRO)} a day, sweeps may spend ${dollars(defaultLimits.sweepPerDay / MICRO)}`
    expect(page.replaceAll('\n', ' ')).toContain(ofSweeps)
    expect(page.replaceAll('\n', ' ')).toContain(
      `the message costs $${(prices.message / MICRO).toFixed(3)} (\`message\`)`,
    )
    expect(page).toContain(`instead of $${(prices.reply / MICRO).toFixed(3)}.`)
    expect(page).toContain(`counts $${(prices.ownedRead / MICRO).toFixed(3)} more for each reply (\`ownedRead\`)`)
    const ofBudget = (((counted[0]?.spent ?? 0) + listed.spent) / MICRO) * 1000
    expect(page).toContain(`over X Activity take ${dollars(ofBudget)} of the budget`)
  })

  test("the functions' memory, and the GB-seconds that follow", () => {
    const stack = textOf('packages/lambda-entry/src/stack/functions.ts')
    const memoryOf = (name: string) => Number(new RegExp(`^ {2}${name}: \\{.*memory: (\\d+)`, 'm').exec(stack)?.[1])
    const seconds = { webhook: 0.2, tweets: 2, images: 3 }
    const [webhook = 0, tweets = 0, images = 0] = Object.entries(seconds).map(([name, each]) => {
      expect(page.replaceAll('\n', ' ')).toContain(`\`${name}\` ${each} s with ${memoryOf(name)} MB`)
      return (memoryOf(name) / 1024) * each
    })
    const again = (memoryOf('tweets') / 1024) * 0.2
    const [photo, none] = [webhook + tweets + images + again, webhook + tweets + again].map((sum) => sum.toFixed(2))
    expect(rowOf(aws, 'Lambda GB-seconds, arm64 (estimated)').slice(2)).toEqual([photo, none, photo, none])
    expect(page).toContain(`${memoryOf('sweep')} MB for 3 seconds`)
  })
})

describe('the command `costs` reckons with the figures of the page:', () => {
  test('each row, with its price and how often it is paid', () => {
    const numbers = (cells: readonly string[]) => cells.map((cell) => Number(cell.replace('$', '')))
    expect(
      CALLS.map(({ what, price, amounts }) => [`${what} (\`${price}\`)`, prices[price] / MICRO, ...amounts]),
    ).toEqual(withoutSums(x).map(([what, cells]) => [what, ...numbers(cells)]))
    expect(AWS.map(({ what, price, per, amounts }) => [what, price, per, ...amounts])).toEqual(
      withoutSums(aws).map(([what, cells]) => [what, ...numbers(cells)]),
    )
    expect(MONTH.map(({ what, price, per, amount }) => [what, price, per, amount])).toEqual(
      withoutSums(month).map(([what, cells]) => [what, ...numbers(cells).slice(0, 3)]),
    )
    expect(page.replaceAll('\n', ' ')).toContain(`looked up on ${AWS_AS_OF};`)
  })

  test.each(SCENARIOS.map((scenario, column) => ({ ...scenario, column })))(
    'a thousand replies come to the sum on the page: $name',
    ({ name, photos, column }) => {
      const dialect = name.startsWith('X') ? 'x-activity' : 'account-activity'
      const load = { dialect, withPhoto: 1000 * photos, withoutPhoto: 1000 * (1 - photos), photosEach: 1 } as const
      const { aDay, aMonth, budgetADay } = estimate(load)
      expect(dollars(aDay.x + aDay.rekognition)).toBe(rowOf(x, '1,000 replies')[column + 1])
      expect(dollars(aDay.aws)).toBe(rowOf(aws, '1,000 replies')[column + 2])
      expect(dollars(aDay.total - aDay.idle)).toBe(rowOf(together, '1,000 replies')[column])
      expect(dollars(aMonth.idle)).toBe(rowOf(month, 'A month').at(-1))
      expect(Math.round(budgetADay * 1000)).toBe((counted[column]?.spent ?? 0) + listed.spent)
    },
  )
})

test('no other page and no source states a price of X: a change would make it false', () => {
  const stated = new Set(
    Object.values(prices)
      .flatMap((price) => [price / MICRO, (price / MICRO).toFixed(3)])
      .map(String),
  )
  const places = ['README.md', 'ARCHITECTURE.md', 'docs', 'packages', 'examples', 'site'].flatMap(textsIn)
  expect(places.length).toBeGreaterThan(200)
  const found = places
    // What a decision weighed keeps the prices of its day.
    .filter((path) => path !== 'docs/costs.md' && !path.startsWith('docs/decisions/'))
    .flatMap((path) => [...textOf(path).matchAll(/\$(\d\.\d+)/g)].map(([, amount = '']) => `${path}: ${amount}`))
    .filter((line) => stated.has(line.split(': ')[1] ?? ''))
  expect(found).toEqual([])
})

/** The pages and sources under a path, without what is made of them. */
function textsIn(path: string): readonly string[] {
  if (/(^|\/)(node_modules|dist|build|content|test|model|samples|\.[^/]*)$/.test(path)) return []
  const url = new URL(path, root)
  if (statSync(url).isDirectory()) return readdirSync(url).flatMap((name) => textsIn(`${path}/${name}`))
  return /\.(md|mdx|ts|mts|mjs|js)$/.test(path) ? [path] : []
}
