import type { EventOutcome, Limits } from '@hexbird/core'
import { defaultLimits, selfServe2026 } from '@hexbird/core'
import {
  broken,
  createFixture,
  type Dialects,
  photos,
  type Row,
  startLocalStage,
  type Tally,
  tally,
} from '@hexbird/prove/harness'
import { type Common, fixtureOf, subjectOf } from './subjects.js'

export interface FloodOptions extends Common {
  /** Ends when too much was spent. */
  readonly stopAtFirst?: boolean
}

const ignoredFor =
  (...reasons: readonly string[]) =>
  (outcome: EventOutcome): boolean =>
    outcome.kind === 'ignored' && reasons.includes(outcome.reason)

/** How many mentions one author posts, and how often in between the bot sweeps and somebody else has a question. */
export interface Flood {
  readonly mentions: number
  readonly rounds: number
  readonly limits: Limits
}

/** Of the size that the limits of a bot are made for: listed by sweeps, it would cost twice the day's money. */
export const FULL_FLOOD: Flood = { mentions: 10_000, rounds: 20, limits: defaultLimits }

/** The same in small: the third sweep's money ends after its first page. */
export const SMALL_FLOOD: Flood = {
  mentions: 750,
  rounds: 5,
  limits: { ...defaultLimits, perDay: 560_000, perAuthorPerDay: 50_000, sweepPerDay: 400_000 },
}

/** One author tweets at the bot without end; others, now and then, have a question. */
export async function floodByOne(options: FloodOptions & Flood): Promise<Row> {
  const { seed, mentions, rounds, limits, stopAtFirst = false } = options
  const { asks, photos: shown } = subjectOf(options)
  const begun = performance.now()
  const stage = await startLocalStage('x-activity', seed)
  try {
    const fixture = createFixture({ ...fixtureOf(options), stage, limits, mayRefuse: ignoredFor('over-budget') })
    const uploads = (await photos()).slice(0, shown).map((bytes) => ({ bytes }))
    const others: string[] = []
    for (let nth = 0; nth < mentions; nth++) {
      await fixture.tell({ as: 'mallory', text: `${asks(nth)} ${nth}`, photos: nth % 2 === 0 ? [] : uploads })
      if (nth % (mentions / rounds) !== mentions / rounds - 1) continue
      await fixture.sweep()
      const { id } = await fixture.tell({
        as: `other${nth}`,
        text: shown ? '@hexbird and this?' : asks(nth),
        photos: uploads,
      })
      others.push(id)
      await fixture.settle()
      if (stopAtFirst && fixture.meter.overspent() > 0) break
    }
    const counted = fixture.count()
    const unserved = others.filter((id) => stage.x.repliesTo(id).length === 0).length
    const findings = unserved > 0 ? [`${unserved} of ${others.length} others were not served`] : []
    if (counted.overspent > 0)
      findings.push(...[...fixture.meter.spent].map(([window, spent]) => `${window}: ${spent}`))
    const most = (kind: string) =>
      Math.max(...[...fixture.meter.spent].flatMap(([window, spent]) => (window.startsWith(kind) ? [spent] : [])))
    const delivering = counted.deliveries * selfServe2026.prices.tweetRead
    const note = `${mentions.toLocaleString('en')} mentions by one author: the bot spent ${dollars(most('author'))} on them (limit ${dollars(limits.perAuthorPerDay)}), and ${dollars(most('day'))} in total that day (limit ${dollars(limits.perDay)}). ${others.length - unserved} of ${others.length} other people got a reply. X bills ${dollars(delivering)} for delivering all these events, which no bot can prevent.`
    const all = { ...counted, missed: counted.missed + unserved, refused: counted.refused - unserved }
    return { ...row('one author floods', all, findings, begun), notes: [note] }
  } finally {
    await stage.close()
  }
}

const dollars = (microDollars: number) => `$${(microDollars / 1_000_000).toFixed(2)}`

/** Enough to see that a conversation does not end. */
const MOST_ROUNDS = defaultLimits.repliesPerConversation + 4

/** Account Activity does not say that the tweet which began a conversation belongs to it: that one comes on top. */
const deepestIn = (dialects: Dialects) =>
  defaultLimits.repliesPerConversation + (dialects === 'x-activity' || dialects === 'stream' ? 0 : 1)

/** Another bot answers whatever the bot says, with a photo and a mention. */
export async function talkToBot(options: FloodOptions): Promise<readonly Row[]> {
  const { asks, photos: shown } = subjectOf(options)
  const rows: Row[] = []
  for (const dialects of ['x-activity', 'account-activity', 'both'] as const) rows.push(await talk(dialects))
  return rows

  async function talk(dialects: Dialects): Promise<Row> {
    const begun = performance.now()
    const stage = await startLocalStage(dialects, options.seed)
    try {
      // Money is not what stops it here.
      const limits = { perAuthorPerDay: 5_000_000, perDay: 50_000_000 }
      const mayRefuse = ignoredFor('conversation-limit', 'follow-up')
      const fixture = createFixture({ ...fixtureOf(options), stage, limits, mayRefuse })
      const uploads = (await photos()).slice(0, shown).map((bytes) => ({ bytes }))
      const text = shown ? '@hexbird I can recognize an image.' : asks(1)
      let replies = 0
      let { id } = await fixture.tell({ as: 'otherbot', text, photos: uploads })
      for (let round = 0; round < MOST_ROUNDS; round++) {
        await fixture.settle()
        const reply = stage.x.repliesTo(id).find(({ author }) => author.id === stage.x.bot.id)
        if (!reply) break
        replies += 1
        id = (await fixture.tell({ as: 'otherbot', text, photos: uploads, inReplyTo: reply.id })).id
      }
      const deepest = deepestIn(dialects)
      const tooDeep = Math.max(0, replies - deepest)
      const findings =
        tooDeep > 0 ? [`${dialects}: ${replies} replies in one conversation, at most ${deepest} are right`] : []
      return row(`two bots talk, ${dialects}`, { ...fixture.count(), tooDeep }, findings, begun)
    } finally {
      await stage.close()
    }
  }
}

const row = (name: string, counted: Tally, findings: readonly string[], begun: number): Row => ({
  name,
  counted: tally(counted),
  findings: findings.length > 0 || broken(counted).length === 0 ? findings : [`${name}: ${broken(counted).join(', ')}`],
  seconds: (performance.now() - begun) / 1000,
})
