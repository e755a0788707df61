import type { EventOutcome } from '@hexbird/core'
import { defaultLimits } from '@hexbird/core'
import type { Guards } from './guards.js'
import { type Dialects, photos, startLocalStage } from './local-stage.js'
import { broken, type Row, type Tally, tally } from './tally.js'
import { createWorld } from './world.js'

export interface FloodOptions {
  readonly seed: number
  readonly removed: Guards
}

const ignoredFor =
  (...reasons: readonly string[]) =>
  (outcome: EventOutcome): boolean =>
    outcome.kind === 'ignored' && reasons.includes(outcome.reason)

/** One author tweets at the bot without end; others, now and then, have a question. */
export async function floodByOne({
  seed,
  removed,
  mentions,
}: FloodOptions & { readonly mentions: number }): Promise<Row> {
  const begun = performance.now()
  const stage = await startLocalStage('x-activity', seed)
  try {
    const world = createWorld({ stage, seed, removed, mayRefuse: ignoredFor('over-budget') })
    const others: string[] = []
    const every = Math.ceil(mentions / 20)
    const uploads = (await photos()).slice(0, 1).map((bytes) => ({ bytes }))
    for (let nth = 0; nth < mentions; nth++) {
      await world.tell({ as: 'mallory', text: `@hexbird what is this? ${nth}`, photos: nth % 2 === 0 ? [] : uploads })
      if (nth % every === every - 1) {
        const { id } = await world.tell({ as: `other${nth}`, text: '@hexbird and this?', photos: uploads })
        others.push(id)
        await world.settle()
      }
    }
    await world.settle()
    const counted = world.count()
    const unserved = others.filter((id) => stage.x.repliesTo(id).length === 0).length
    const [tooMuch] = [...world.meter.spent]
      .filter(([window]) => window.startsWith('author'))
      .sort(([, a], [, b]) => b - a)
    const findings = unserved > 0 ? [`${unserved} others were not served`] : []
    if (counted.overspent > 0)
      findings.push(`${tooMuch?.[0]} spent ${tooMuch?.[1]} of ${defaultLimits.perAuthorPerDay}`)
    return row(
      'one author floods',
      { ...counted, missed: counted.missed + unserved, refused: counted.refused - unserved },
      findings,
      begun,
    )
  } finally {
    await stage.close()
  }
}

/** Enough to see that a conversation does not end. */
const MOST_ROUNDS = defaultLimits.repliesPerConversation + 4

/** Account Activity does not say that the tweet which began a conversation belongs to it: that one comes on top. */
const deepestIn = (dialects: Dialects) => defaultLimits.repliesPerConversation + (dialects === 'x-activity' ? 0 : 1)

/** Another bot answers whatever the bot says, with a photo and a mention. */
export async function talkToBot({ seed, removed }: FloodOptions): Promise<readonly Row[]> {
  const rows: Row[] = []
  for (const dialects of ['x-activity', 'account-activity', 'both'] as const) rows.push(await talk(dialects))
  return rows

  async function talk(dialects: Dialects): Promise<Row> {
    const begun = performance.now()
    const stage = await startLocalStage(dialects, seed)
    try {
      // Money is not what stops it here.
      const limits = { perAuthorPerDay: 5_000_000, perDay: 50_000_000 }
      const mayRefuse = ignoredFor('conversation-limit', 'follow-up')
      const world = createWorld({ stage, seed, removed, limits, mayRefuse })
      const uploads = (await photos()).slice(0, 1).map((bytes) => ({ bytes }))
      const text = '@hexbird I can recognize an image.'
      let replies = 0
      let { id } = await world.tell({ as: 'otherbot', text, photos: uploads })
      for (let round = 0; round < MOST_ROUNDS; round++) {
        await world.settle()
        const reply = stage.x.repliesTo(id).find(({ author }) => author.id === stage.x.bot.id)
        if (!reply) break
        replies += 1
        id = (await world.tell({ as: 'otherbot', text, photos: uploads, inReplyTo: reply.id })).id
      }
      const deepest = deepestIn(dialects)
      const tooDeep = Math.max(0, replies - deepest)
      const findings =
        tooDeep > 0 ? [`${dialects}: ${replies} replies in one conversation, at most ${deepest} are right`] : []
      return row(`two bots talk, ${dialects}`, { ...world.count(), tooDeep }, findings, begun)
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
