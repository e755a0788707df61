import { createHmac } from 'node:crypto'
import { readFileSync } from 'node:fs'
import type { Dialect } from '@hexbird/adapters-x'
import { WEBHOOK_PATH } from '@hexbird/http'
import { type LocalX, startLocalX, type TweetDraft } from '@hexbird/local-x'
import { serveWebhook } from './webhook.js'

/** A delivery as the local X sends it. */
export interface Sample {
  /** `2.0 kB of X Activity`. */
  readonly name: string
  readonly dialect: Dialect
  readonly body: Buffer
}

export const SECRET = 'bench-consumer-secret-of-fifty-characters-in-a-row'

/** Signs deliveries as X does. */
export const signatureOfX = (body: Buffer): string =>
  `sha256=${createHmac('sha256', SECRET).update(body).digest('base64')}`

/** The requests of X that bring these. */
export const requestsWith = (samples: readonly Sample[]) =>
  samples.map(({ body }) => ({
    method: 'POST',
    path: WEBHOOK_PATH,
    headers: { 'content-type': 'application/json', 'x-twitter-webhooks-signature': signatureOfX(body) },
    body,
  }))

const SIZES = [2000, 9000]

/** A small and a large tweet in both dialects: 2 kB and 9 kB. */
export async function sampleDeliveries(root: URL): Promise<readonly Sample[]> {
  const photo = { bytes: new Uint8Array(readFileSync(new URL('packages/local-x/samples/dog.jpg', root))) }
  const samples: Sample[] = []
  for (const dialect of ['x-activity', 'account-activity'] as const) {
    const x = await startLocalX({ rateLimits: false, seed: 1 })
    const webhook = await serveWebhook(x, dialect, { put: async () => {} })
    const [bots, anothers] = [await x.tweet({ as: x.bot.username, text: 'Dog.' }), await x.tweet(pictures('carol', 2))]
    const drafts: readonly TweetDraft[] = [
      // Use a quote, because X Activity includes no users with it. A mention would be larger.
      dialect === 'x-activity'
        ? { as: 'alice', text: '@hexbird what is this?', quote: bots.id }
        : { as: 'alice', text: '@hexbird @carol what is this?' },
      { ...pictures('bob', 3), quote: anothers.id },
    ]
    for (const [index, draft] of drafts.entries()) {
      const body = await deliveryOf(x, draft, SIZES[index] ?? 0)
      samples.push({ name: `${(body.length / 1000).toFixed(1)} kB of ${NAMES[dialect]}`, dialect, body })
    }
    await webhook.close()
    await x.close()
  }
  return samples

  function pictures(as: string, count: number): TweetDraft {
    return { as, text: '@hexbird what are these?', photos: Array.from({ length: count }, () => photo) }
  }
}

/** X's names of the dialects. */
export const NAMES = { 'x-activity': 'X Activity', 'account-activity': 'Account Activity' } as const

const WORDS = 'I saw it in the garden behind our house, by the pond; it was not shy at all & stayed until noon.'.split(
  ' ',
)

/** The most bytes that a word adds, including all repetitions of the text. */
const MOST_OF_A_WORD = 60

/** Adds words to the tweet until its delivery has the given size. */
async function deliveryOf(x: LocalX, draft: TweetDraft, bytes: number): Promise<Buffer> {
  for (let words = 0; ; ) {
    const more = Array.from({ length: words }, (_, index) => ` ${WORDS[index % WORDS.length]}`).join('')
    await x.tweet({ ...draft, text: draft.text + more })
    const body = x.deliveries().at(-1)?.body
    if (body === undefined) throw new Error('The local X delivered nothing.')
    if (body.length >= bytes) return Buffer.from(body)
    words += Math.ceil((bytes - body.length) / MOST_OF_A_WORD)
  }
}
