// Tweets photos at a bot on this machine, many at once, and counts the replies: every tweet has to get exactly one.
//   node --expose-gc scripts/load.mjs [tweets = 1000] [at once = 50]
// Needs a build. Ends with one line of JSON; exit code 1 where a reply is missing or doubled.
import { readFileSync } from 'node:fs'
import { setTimeout as after } from 'node:timers/promises'
import { startLocalBot } from '../packages/cli/dist/local-bot.js'
import { selfServe2026 } from '../packages/core/dist/index.js'

const [tweets, atOnce] = [process.argv[2] ?? 1000, process.argv[3] ?? 50].map(Number)
const photo = (name) => ({
  bytes: new Uint8Array(readFileSync(new URL(`../packages/local-x/samples/${name}.jpg`, import.meta.url))),
})
const photos = ['dog', 'bird', 'plant', 'nothing'].map(photo)

const local = await startLocalBot({
  // X's own limits on posts would make this last a day.
  localX: { rateLimits: false },
  platform: { ...selfServe2026, postWindows: [] },
  limits: { perDay: 1e12 },
})
const started = performance.now()
const ids = []
let next = 0
await Promise.all(
  Array.from({ length: atOnce }, async () => {
    while (next < tweets) {
      const n = next++
      const draft = { as: `person${n % 200}`, text: '@hexbird what is this?', photos: [photos[n % photos.length]] }
      ids.push((await local.x.tweet(draft)).id)
    }
  }),
)
await local.idle()
const seconds = (performance.now() - started) / 1000
const counts = ids.map((id) => local.x.repliesTo(id).length)
const memory = []
for (let sample = 0; sample < 6; sample++) {
  globalThis.gc?.()
  memory.push(Math.round(process.memoryUsage().heapUsed / 1e5) / 10)
  await after(1000)
}
await local.close()
const figures = {
  tweets,
  atOnce,
  replies: counts.reduce((sum, count) => sum + count, 0),
  missed: counts.filter((count) => count === 0).length,
  doubled: counts.filter((count) => count > 1).length,
  seconds: Math.round(seconds * 10) / 10,
  perSecond: Math.round(tweets / seconds),
  heapMegabytesAfter: memory,
}
console.log(JSON.stringify(figures))
process.exitCode = figures.missed + figures.doubled === 0 ? 0 : 1
