import { randomUUID } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { KeywordImageLabeler, MemoryMediaFetcher, MemorySocialClient, memoryStores } from '@hexbird/adapters-memory'
import { animalRules, createBot, type Definition, type Photo, photoReplies } from '@hexbird/core'
import { WITHOUT_LIMITS } from '../bot.js'
import { inTurn, median, ratioOf, type Timed } from '../pairs.js'
import type { Bench, Row } from '../row.js'

const COUNTS = [1, 10, 100, 1000, 10_000] as const
const MOST_GROWTH = 1.2
/** A small number of tweets is too fast to time, so several bots answer it in turn, up to this total. */
const LEAST_TWEETS = 2000
const AT_ONCE = 10

/** Times tweets with a photo, all in memory. The time per tweet must not grow with the number of earlier ones. */
export async function growth({ root, rounds, say }: Bench): Promise<readonly Row[]> {
  const photo = new Uint8Array(readFileSync(new URL('packages/local-x/samples/dog.jpg', root)))
  const timed = Object.fromEntries(COUNTS.map((count) => [count, () => perTweet(count, photo)])) as Record<
    string,
    Timed
  >
  const times = await inTurn(timed, rounds)
  const micros = COUNTS.map((count) => `${count}: ${(median(times[count] ?? []) * 1000).toFixed(0)} µs`)
  say(`Time for each tweet, by their number: ${micros.join(', ')}`)
  return [
    {
      row: 'tweet to reply in memory: time per tweet of 10,000',
      against: 'time per tweet of 100',
      ...ratioOf(times[10_000] ?? [], times[100] ?? []),
      limit: MOST_GROWTH,
      better: 'lower',
    },
  ]
}

async function perTweet(count: number, photo: Uint8Array): Promise<number> {
  const bots = Math.max(1, Math.ceil(Math.min(LEAST_TWEETS, count * 200) / count))
  let time = 0
  for (let n = 0; n < bots; n++) time += await answered(count, photo)
  return time / bots / count
}

/** Returns the milliseconds until the tweets are answered, several at a time. */
async function answered(count: number, bytes: Uint8Array): Promise<number> {
  const answer = botInMemory(photoReplies(animalRules), bytes)
  let next = 0
  async function answerSome(): Promise<void> {
    while (next++ < count) await answer()
  }
  const began = performance.now()
  await Promise.all(Array.from({ length: AT_ONCE }, answerSome))
  return performance.now() - began
}

/**
 * Creates a bot and its X in memory. Returns a function with which a new person tweets this photo, and the bot replies.
 */
export function botInMemory(definition: Definition, bytes: Uint8Array): () => Promise<void> {
  const account = { id: '1604089349832232960', username: 'hexbird' }
  const photo: Photo = { url: 'https://pbs.twimg.com/media/dog?format=jpg&name=large' }
  const social = new MemorySocialClient({ bot: account })
  const stores = memoryStores()
  const bot = createBot(
    definition,
    {
      ...stores,
      social,
      media: new MemoryMediaFetcher(new Map([[photo.url, { bytes }]])),
      labeler: new KeywordImageLabeler(stores.blobs),
      now: Date.now,
      newId: randomUUID,
    },
    { bot: account, ...WITHOUT_LIMITS },
  )
  let people = 0
  return async () => {
    const author = social.person(`person${people++}`)
    const outcome = await bot.handleTweet(social.addTweet({ author, text: '@hexbird what is this?', photos: [photo] }))
    const { kind } = outcome.kind === 'job-stored' ? await bot.runJob(outcome.jobKey) : outcome
    if (kind !== 'replied') throw new Error(`A tweet ended as ${kind}.`)
  }
}
