import { readFileSync } from 'node:fs'
import type { LocalX, Switches } from '@hexbird/local-x'
import { afterEach, expect, test } from '@jest/globals'
import { type LocalBot, startLocalBot } from '../src/local-bot.js'

let local: LocalBot | undefined
afterEach(() => local?.close())

/** A bot that sweeps each second, and a wait for further sweeps. */
async function start() {
  let sweeps = 0
  const waiting = new Map<number, () => void>()
  local = await startLocalBot({
    sweepEvery: 1000,
    ports: ({ cursor }) => ({
      cursor: {
        read() {
          sweeps += 1
          waiting.get(sweeps)?.()
          return cursor.read()
        },
        advance: (state) => cursor.advance(state),
      },
    }),
  })
  const swept = (times: number) => new Promise<void>((resolve) => void waiting.set(sweeps + times, resolve))
  return { x: local.x, idle: local.idle, swept }
}

const dog = readFileSync(new URL('../../local-x/samples/dog.jpg', import.meta.url))

/** What can be set on the page of `hexbird dev`, of a webhook and the API. */
const SETTINGS: readonly Partial<Switches>[] = [
  {},
  { duplicate: true },
  { reorder: true },
  { delayMs: 12_000 },
  { drop: 1 },
  { drop: 1000 },
  { slowApiMs: 500 },
  { failApi: 3 },
  { cutAfterPost: 1 },
  { dropUnknownFields: true },
  { postWordsOnly: true },
  { keepMetadata: false },
  { duplicate: true, drop: 1, failApi: 2, cutAfterPost: 1 },
]

test.each(SETTINGS)(
  'whatever the switches, each tweet gets one reply, also the second with the same photo: %j',
  async (switches) => {
    const { x, idle, swept } = await start()
    const first = await ask(x)
    await x.waitForReply(first, 20_000)
    x.set(switches)
    const second = await ask(x)
    await x.waitForReply(second, 50_000)
    // Nothing more comes of a delivery, a retry or a sweep that is still under way.
    x.set({ drop: 0 })
    await swept(2)
    // After a cut line the bot waits for minutes before it looks for its reply.
    if (!switches.cutAfterPost) await idle()
    expect([first, second].map((id) => x.repliesTo(id).length)).toEqual([1, 1])
  },
  120_000,
)

/** As the page does: without waiting for the delivery, which may be late. */
async function ask({ url }: LocalX): Promise<string> {
  const form = new FormData()
  form.set('as', 'alice')
  form.set('text', '@hexbird what is this?')
  form.set('photo', new Blob([new Uint8Array(dog)]), 'dog.jpg')
  const answer = await fetch(`${url}/_local/tweets`, { method: 'POST', body: form })
  return ((await answer.json()) as { readonly id: string }).id
}

test('a sweep finds undelivered mentions, says when the next one is due, and leaves out what has a reply', async () => {
  const { x, swept } = await start()
  const { id } = await x.tweet({ as: 'alice', text: '@hexbird hello' })
  await x.waitForReply(id, 10_000)
  x.set({ drop: 1 })
  const lost = await x.tweet({ as: 'bob', text: '@hexbird hello' })
  await x.waitForReply(lost.id, 20_000)
  await swept(3)
  expect(x.outcomes().map(({ tweetId, kind }) => [tweetId, kind])).toEqual([
    [id, 'replied'],
    [lost.id, 'replied'],
  ])
  const bot = (await (await fetch(`${x.url}/_local/bot`)).json()) as { readonly nextSweepAt: number }
  expect(Math.abs(bot.nextSweepAt - Date.now())).toBeLessThan(3_000)
})
