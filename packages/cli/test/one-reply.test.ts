import {
  MemoryBlobStore,
  MemoryBudget,
  MemoryKillSwitch,
  MemoryMediaFetcher,
  MemoryOptOuts,
  MemoryReplyLedger,
  MemorySocialClient,
} from '@hexbird/adapters-memory'
import type { BotPorts, Outcome, Tweet } from '@hexbird/core'
import { animalRules, createBot, photoReplies } from '@hexbird/core'
import { JOBS } from '@hexbird/core/adapter'
import { TIMES } from '@hexbird/core/host'
import { jpegHead } from '@hexbird/core/testing'
import { runs } from '@hexbird/testkit/runs'
import { describe, expect, test } from '@jest/globals'
import fc from 'fast-check'

const BOT = { id: '900', username: 'hexbird' }
const ALICE = 'alice'
const START = Date.parse('2026-11-22T12:00:00Z')
const url = (n: number) => `https://pbs.twimg.com/media/photo${n}.jpg`
const jpeg = jpegHead()

/** At which call to a port what goes wrong: it throws before or after its work, or, of a post, nobody knows. */
type Plan = ReadonlyMap<number, Fault>
const FAULTS = ['before', 'after', 'ambiguous'] as const
type Fault = (typeof FAULTS)[number]

interface Work {
  at: number
  run: () => Promise<Outcome>
}

/** A bot whose queues hand out again what failed, as SQS does, on a clock that jumps from one thing to the next. */
function startFixture(plan: Plan, seenBefore: boolean) {
  let time = START
  let calls = 0
  const now = () => time
  const work: Work[] = []
  const outcomes: Outcome['kind'][] = []
  /** It tells of a stored job as S3 does, even if the answer to whoever stored it is lost. */
  class TellingBlobStore extends MemoryBlobStore {
    override async put(key: string, bytes: Uint8Array, type: string) {
      await super.put(key, bytes, type)
      if (key.startsWith(JOBS)) put(() => bot.runJob(key))
    }
  }
  const blobs = new TellingBlobStore()
  const social = new MemorySocialClient({ bot: BOT, now })
  const faulty = <P extends object>(port: P): P =>
    new Proxy(port, {
      get(target, name) {
        const method: unknown = Reflect.get(target, name)
        if (typeof method !== 'function') return method
        return async (...args: unknown[]) => {
          const fault = plan.get(calls++)
          if (fault === 'before') throw new Error('before')
          const result: unknown = await method.apply(target, args)
          if (fault === 'after') throw new Error('after')
          return fault === 'ambiguous' && name === 'reply' ? { kind: 'ambiguous', detail: 'no answer' } : result
        }
      },
    })
  let id = 0
  const ports: BotPorts = {
    social: faulty(seenBefore ? social : withoutMemory(social)),
    media: faulty(new MemoryMediaFetcher(new Map([0, 1, 2, 3].map((n) => [url(n), { bytes: jpeg }])))),
    blobs: faulty(blobs),
    labeler: faulty({
      label: async () => ({ kind: 'labels', labels: [{ name: 'Dog', confidence: 99, parents: ['Animal'] }] }) as const,
    }),
    ledger: faulty(new MemoryReplyLedger()),
    budget: faulty(new MemoryBudget()),
    killSwitch: faulty(new MemoryKillSwitch()),
    optOuts: faulty(new MemoryOptOuts()),
    now,
    newId: () => `owner-${id++}`,
  }
  const bot = createBot(photoReplies(animalRules), ports, { bot: BOT })

  function put(run: Work['run'], at = time) {
    work.push({ at, run })
  }
  async function handOut({ at, run }: Work): Promise<void> {
    time = Math.max(time, at)
    try {
      const outcome = await run()
      if (outcome.kind === 'deferred') put(run, outcome.until)
      else outcomes.push(outcome.kind)
    } catch {
      put(run, time + TIMES.visibility)
    }
  }
  return {
    social,
    outcomes,
    blobs,
    deliver: (tweet: Tweet) => put(() => bot.handleTweet(tweet)),
    /** All that is there at one time runs at once, until nothing is left. */
    async settle() {
      for (let round = 0; work.length > 0; round++) {
        if (round > 500) throw new Error('there is no end to it')
        const next = Math.max(time, Math.min(...work.map(({ at }) => at)))
        const due = work.filter(({ at }) => at <= next)
        for (const item of due) work.splice(work.indexOf(item), 1)
        await Promise.all(due.map(handOut))
      }
    },
  }
}

/** An X that has forgotten which words it has seen: nothing but the bot's own look keeps it from a second reply. */
function withoutMemory(social: MemorySocialClient): BotPorts['social'] {
  let count = 0
  return {
    reply: (id, text, mediaIds) => social.reply(id, `${text} ${count++}`, mediaIds),
    uploadImage: (image) => social.uploadImage(image),
    tweet: (id) => social.tweet(id),
    findOwnReply: (id) => social.findOwnReply(id),
    me: () => social.me(),
  }
}

const plans = fc
  .array(fc.tuple(fc.nat(60), fc.constantFrom(...FAULTS)), { maxLength: 3 })
  .map((faults): Plan => new Map(faults))

const stories: Record<string, { photos: number; deliveries: number; edited?: true; seenBefore?: true }> = {
  'without a photo': { photos: 0, deliveries: 1 },
  'with a photo': { photos: 1, deliveries: 1 },
  'with four photos': { photos: 4, deliveries: 1 },
  'delivered three times': { photos: 1, deliveries: 3 },
  'edited meanwhile': { photos: 1, deliveries: 1, edited: true },
  'whose words X has seen before': { photos: 1, deliveries: 2, seenBefore: true },
}

async function tell(plan: Plan, { photos, deliveries, edited, seenBefore }: (typeof stories)[string]) {
  const fixture = startFixture(plan, seenBefore === true)
  const author = fixture.social.person(ALICE)
  const text = '@hexbird what is this?'
  const media = Array.from({ length: photos }, (_, n) => ({ url: url(n) }))
  const tweetOf = async (id: string) => {
    const lookup = await fixture.social.tweet(id)
    if (lookup.kind !== 'found') throw new Error('not there')
    return { ...lookup.tweet, botId: BOT.id }
  }
  if (seenBefore) {
    const earlier = fixture.social.addTweet({ author, text, photos: media })
    await fixture.social.reply(earlier.id, 'Hi alice. On your image, I can recognize: Dog.')
  }
  const { id: first } = fixture.social.addTweet({ author, text, photos: media })
  const ids = [first]
  const tweet = await tweetOf(first)
  for (let count = 0; count < deliveries; count++) fixture.deliver(tweet)
  if (edited) {
    const { id: second } = fixture.social.addTweet({ author, text: `${text}!`, photos: media })
    ids.push(second)
    fixture.deliver({ ...(await tweetOf(second)), firstId: first })
  }
  await fixture.settle()
  const replies = ids.flatMap((id) => fixture.social.repliesTo(id).filter(({ author: { id } }) => id === BOT.id))
  const keys = ['0', '1', '2', '3', 'labels.json'].map((name) => `photos/${author.id}/${first}/${name}`)
  const left = await Promise.all([...keys, `${JOBS}${author.id}/${first}.json`].map((key) => fixture.blobs.get(key)))
  return { replies: replies.length, outcomes: fixture.outcomes, left: left.filter(Boolean).length }
}

describe('whatever goes wrong at whichever calls, a tweet', () => {
  test.each(Object.entries(stories))(
    '%s gets one reply, or somebody is told why not, and nothing is left',
    async (_name, story) => {
      await fc.assert(
        fc.asyncProperty(plans, async (plan) => {
          const { replies, outcomes, left } = await tell(plan, story)
          expect(left).toBe(0)
          expect(replies).toBeLessThanOrEqual(1)
          if (replies === 0) expect(outcomes).toContain('unresolved')
        }),
        { numRuns: runs() },
      )
    },
  )
})
