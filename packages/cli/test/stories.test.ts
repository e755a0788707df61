import { readFileSync } from 'node:fs'
import type { Outcome } from '@hexbird/core'
import { TIMES } from '@hexbird/core/host'
import type { TweetDraft } from '@hexbird/local-x'
import { afterEach, describe, expect, test } from '@jest/globals'
import type { Dialect, LocalBot, LocalBotOptions } from '../src/local-bot.js'
import { startLocalBot } from '../src/local-bot.js'
import { testClock } from './clock.js'

const sample = (name: string) => ({
  bytes: new Uint8Array(readFileSync(new URL(`../../local-x/samples/${name}.jpg`, import.meta.url))),
})
const [dog, bird, plant, nothing] = ['dog', 'bird', 'plant', 'nothing'].map(sample) as [Photo, Photo, Photo, Photo]
type Photo = ReturnType<typeof sample>

const asks = '@hexbird what is this?'
const dialects: Dialect[] = ['x-activity', 'account-activity']

let running: LocalBot[] = []
afterEach(async () => {
  await Promise.all(running.map((local) => local.close()))
  running = []
})

async function start(options: LocalBotOptions = {}) {
  const outcomes: Outcome[] = []
  const local = await startLocalBot({
    ...options,
    onOutcome: (outcome) => void outcomes.push(outcome),
  })
  running.push(local)
  const { x } = local
  return {
    x,
    local,
    outcomes,
    /** Tweets, and gives the replies that the bot has made to it when all is quiet. */
    async tweet(draft: Partial<TweetDraft>) {
      const { id } = await x.tweet({ as: 'alice', text: asks, ...draft })
      await local.idle()
      return { id, replies: replies(id) }
    },
    replies,
  }
  function replies(id: string) {
    return x.repliesTo(id).map(({ displayText }) => displayText)
  }
}

describe.each(dialects)('over %s', (dialect) => {
  test('a tweeted photo gets its reply', async () => {
    const { tweet } = await start({ dialects: [dialect] })
    const { replies } = await tweet({ photos: [dog] })
    expect(replies).toEqual([expect.stringMatching(/alice.*recogni[sz]e.*: Dog, /)])
  })

  test('four photos get one reply that speaks of all', async () => {
    const { tweet } = await start({ dialects: [dialect] })
    const { replies } = await tweet({ photos: [dog, bird, dog, bird] })
    expect(replies).toHaveLength(1)
    expect(replies[0]).toMatch(/Dog/)
    expect(replies[0]).toMatch(/Bird/)
  })

  test('a photo of no animal, one of nothing known, and none at all get three different replies', async () => {
    const { tweet } = await start({ dialects: [dialect] })
    const [other, unknown, none] = [
      await tweet({ photos: [plant] }),
      await tweet({ photos: [nothing] }),
      await tweet({ text: '@hexbird hello' }),
    ].map(({ replies }) => replies)
    expect(other).toEqual([expect.stringMatching(/not an animal/)])
    expect(unknown).toEqual([expect.stringMatching(/could not recogni[sz]e/)])
    expect(none).toEqual([expect.stringMatching(/upload an image/)])
  })

  test('nobody is answered who does not ask', async () => {
    const { tweet, x } = await start({ dialects: [dialect] })
    const { id } = await tweet({ photos: [dog] })
    const [reply] = x.repliesTo(id)
    const before = x.tweets().length
    // Under the bot's reply X puts an implicit mention in front.
    await tweet({ as: 'bob', text: 'nice', photos: [bird], inReplyTo: reply?.id ?? '' })
    await tweet({ as: 'bob', text: 'no mention', photos: [bird] })
    expect(x.tweets()).toHaveLength(before + 2)
  })

  test("asked under somebody's photo, it looks at that photo, once", async () => {
    const { tweet } = await start({ dialects: [dialect] })
    const theirs = await tweet({ as: 'bob', text: 'look!', photos: [bird] })
    expect(theirs.replies).toEqual([])
    const asked = await tweet({ as: 'alice', inReplyTo: theirs.id })
    expect(asked.replies).toEqual([expect.stringMatching(/Bird/)])
  })

  test('"thanks" is met with silence', async () => {
    const { tweet, x } = await start({ dialects: [dialect] })
    const { id } = await tweet({ photos: [dog] })
    const [reply] = x.repliesTo(id)
    const thanks = await tweet({ text: 'thanks @hexbird', inReplyTo: reply?.id ?? '' })
    expect(thanks.replies).toEqual([])
  })

  test('who says stop is left alone from then on, and others are not', async () => {
    const { tweet } = await start({ dialects: [dialect] })
    expect((await tweet({ text: '@hexbird stop' })).replies).toEqual([])
    expect((await tweet({ photos: [dog] })).replies).toEqual([])
    expect((await tweet({ as: 'bob', photos: [dog] })).replies).toHaveLength(1)
  })

  test('an edit is not answered again', async () => {
    const { tweet, replies } = await start({ dialects: [dialect] })
    const first = await tweet({ photos: [dog] })
    const edit = await tweet({ text: `${asks} (edited)`, edits: first.id })
    expect([...replies(first.id), ...edit.replies]).toHaveLength(1)
  })

  test('every photo is released', async () => {
    const { tweet, x, outcomes } = await start({ dialects: [dialect] })
    await tweet({ photos: [dog, nothing] })
    expect(x.tweets()).toHaveLength(2)
    expect(outcomes.map(({ kind }) => kind)).toEqual(['job-stored', 'replied'])
  })

  test('many honest repeats of one person are all answered', async () => {
    const { tweet } = await start({ dialects: [dialect], limits: { perAuthorPerDay: 1e9 } })
    const texts: string[] = []
    for (let count = 0; count < 10; count++) texts.push(...(await tweet({ photos: [plant] })).replies)
    expect(new Set(texts).size).toBe(10)
  })
})

test('both dialects at once, and everything delivered again, give one reply', async () => {
  const { tweet, x, local, replies } = await start({ dialects })
  const { id } = await tweet({ photos: [dog] })
  const bodies = x.deliveries().map(({ body }) => body)
  expect(bodies.length).toBeGreaterThanOrEqual(2)
  for (const body of bodies) await x.deliver(body)
  await local.idle()
  expect(replies(id)).toHaveLength(1)
  const without = await tweet({ as: 'carol', text: 'hello @hexbird', inReplyTo: id })
  expect(without.replies).toHaveLength(1)
})

test.each(['oauth2', 'both'] as const)(
  'an app whose webhooks are signed with %s secrets is answered',
  async (webhookSecrets) => {
    const { tweet } = await start({ localX: { webhookSecrets } })
    expect((await tweet({ photos: [dog] })).replies).toHaveLength(1)
  },
)

test('the same photo gets the same reply over either dialect', async () => {
  const texts = await Promise.all(
    dialects.map(async (dialect) => {
      const seeded = await start({
        dialects: [dialect],
        localX: { seed: 7, now: () => 1_795_348_800_000 },
        now: () => 1_795_348_800_000,
      })
      return (await seeded.tweet({ photos: [dog] })).replies
    }),
  )
  expect(texts[0]).toHaveLength(1)
  expect(texts[0]).toEqual(texts[1])
})

describe('when X is not at its best', () => {
  /** A bot on a clock of its own, and a wait until nothing more happens at this time. */
  async function startOnClock() {
    const clock = testClock()
    const story = await start({ now: clock.now, localX: { now: clock.now }, queue: clock })
    const settled = async (count: number) => {
      while (story.outcomes.length < count) await new Promise((resolve) => setImmediate(resolve))
    }
    return { ...story, clock, settled }
  }

  test('a post that X took, without its answer arriving, is found and not repeated', async () => {
    const { x, clock, settled, outcomes, replies } = await startOnClock()
    x.failNext({ method: 'POST', path: '/2/tweets', respond: 'drop-after' })
    const { id } = await x.tweet({ as: 'alice', text: asks, photos: [dog] })
    await settled(2)
    expect(outcomes.at(-1)).toMatchObject({ kind: 'deferred', reason: 'ambiguous' })
    clock.advance(TIMES.lease)
    await settled(3)
    expect(outcomes.at(-1)).toMatchObject({ kind: 'replied' })
    expect(replies(id)).toHaveLength(1)
  })

  test('a post that X did not take, without an answer, is made again', async () => {
    const { x, clock, settled, replies } = await startOnClock()
    x.failNext({ method: 'POST', path: '/2/tweets', respond: 'drop-before' })
    const { id } = await x.tweet({ as: 'alice', text: asks, photos: [dog] })
    await settled(2)
    clock.advance(TIMES.lease)
    await settled(3)
    expect(replies(id)).toHaveLength(1)
  })

  test('its limit on posts is waited for, until the time that it names', async () => {
    const { x, clock, settled, outcomes, replies } = await startOnClock()
    const reset = Math.ceil(clock.now() / 1000) + 900
    x.failNext({
      method: 'POST',
      path: '/2/tweets',
      respond: {
        status: 429,
        headers: { 'x-rate-limit-reset': String(reset) },
        body: { errors: [{ code: 88, message: 'Rate limit exceeded' }] },
      },
    })
    const { id } = await x.tweet({ as: 'alice', text: asks })
    await settled(1)
    expect(outcomes).toEqual([expect.objectContaining({ kind: 'deferred', reason: 'rate-limited' })])
    const [outcome] = outcomes
    const until = outcome?.kind === 'deferred' ? outcome.until : 0
    expect(until).toBeGreaterThanOrEqual(reset * 1000)
    expect(until).toBeLessThanOrEqual(reset * 1000 + 15_000)
    clock.advance(until - clock.now())
    await settled(2)
    expect(replies(id)).toHaveLength(1)
  })

  test('a tweet that is deleted before the reply is left alone', async () => {
    const { x, clock, settled, outcomes } = await startOnClock()
    x.failNext({
      method: 'POST',
      path: '/2/tweets',
      respond: { status: 402, body: { title: 'CreditsDepleted', status: 402 } },
    })
    const { id } = await x.tweet({ as: 'alice', text: asks, photos: [dog] })
    await settled(2)
    await x.deleteTweet(id)
    clock.advance(TIMES.lookAgainAfter + 1000)
    await settled(3)
    expect(outcomes.at(-1)).toMatchObject({ kind: 'ignored', reason: 'tweet-gone' })
  })

  test('a locked account posts nothing more', async () => {
    const { x, clock, settled, outcomes } = await startOnClock()
    x.failNext({
      method: 'POST',
      path: '/2/tweets',
      respond: { status: 403, body: { errors: [{ code: 326, message: 'locked' }] } },
    })
    await x.tweet({ as: 'alice', text: asks })
    await settled(1)
    await x.tweet({ as: 'bob', text: asks })
    await settled(2)
    clock.advance(TIMES.retryAfter)
    await settled(4)
    expect(outcomes.map((outcome) => 'reason' in outcome && outcome.reason)).toEqual(Array(4).fill('stopped'))
    expect(x.tweets().filter(({ author }) => author.username === 'hexbird')).toEqual([])
  })
})

test('a delivery that X did not sign is answered 401, and nobody is answered', async () => {
  const { local, x } = await start()
  const body = JSON.stringify({ for_user_id: x.bot.id, tweet_create_events: [{}] })
  const response = await fetch(local.webhookUrl, {
    method: 'POST',
    body,
    headers: { 'x-twitter-webhooks-signature': `sha256=${'A'.repeat(43)}=` },
  })
  expect(response.status).toBe(401)
})
