// Sends photos to a bot with memory adapters as fast as possible, and checks that every tweet gets exactly one reply.
//   npm run load -- [tweets = 1000] [at once = 50]    a number of tweets
//   npm run load -- --seconds 60 [--at-once 50]       a length of time, with the bot's memory over the last two thirds
// With --json the output is one JSON object. Exits with 1 if a reply is missing or doubled, or the bot ended.
//
// The local X, which remembers everything, runs in this process. The bot runs in another, so that its memory can be
// measured after garbage collection. The ledger's month and the budget's day each last KEPT_FOR milliseconds.
import { fork } from 'node:child_process'
import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import { setTimeout as after } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import { agentTo, XWebhooks } from '../packages/adapters-x/dist/index.js'
import { WEBHOOK_PATH } from '../packages/http/dist/index.js'
import { startLocalX } from '../packages/local-x/dist/index.js'

const KEPT_FOR = 10_000
/** How long to wait for a reply before it counts as missing, in milliseconds. */
const PATIENCE = 60_000
const PEOPLE = 1000

const { tweets, atOnce, seconds, json } = readArguments()
const photos = ['dog', 'bird', 'plant', 'nothing'].map((name) => ({
  bytes: new Uint8Array(readFileSync(new URL(`../packages/local-x/samples/${name}.jpg`, import.meta.url))),
}))

const x = await startLocalX({ rateLimits: false, keepMetadata: true })
const bot = fork(fileURLToPath(new URL('load-bot.mjs', import.meta.url)), { execArgv: ['--expose-gc'] })
const ended = new AbortController()
bot.once('exit', () => ended.abort())
const request = async (message) => {
  bot.send(message)
  const [answer] = await once(bot, 'message', { signal: ended.signal })
  return answer
}
const { port } = await request({ port: x.port, credentials: x.credentials, account: x.bot, keptFor: KEPT_FOR })
await subscribe(`http://127.0.0.1:${port}${WEBHOOK_PATH}`)

const started = performance.now()
const elapsed = () => (performance.now() - started) / 1000
const ids = []
const latencies = []
const memory = []
const isOver = () => ended.signal.aborted || (seconds === undefined ? ids.length >= tweets : elapsed() >= seconds)
await Promise.all([...Array.from({ length: atOnce }, tweetOn), measureOn()])
const took = elapsed()
const { deadLetters } = ended.signal.aborted ? { deadLetters: Number.NaN } : await request('end')
const counts = ids.map((id) => x.repliesTo(id).length)
await x.close()

const sorted = latencies.toSorted((a, b) => a - b)
const figures = {
  tweets: ids.length,
  atOnce,
  replies: counts.reduce((sum, count) => sum + count, 0),
  missed: counts.filter((count) => count === 0).length,
  doubled: counts.filter((count) => count > 1).length,
  deadLetters,
  seconds: rounded(took, 1),
  perSecond: rounded(ids.length / took, 0),
  p50ms: sorted[Math.floor(sorted.length * 0.5)],
  p99ms: sorted[Math.floor(sorted.length * 0.99)],
  ...memoryFigures(),
}
if (!json) for (const [name, value] of Object.entries(figures)) console.log(`${name.padEnd(22)}${value}`)
else console.log(JSON.stringify(figures))
process.exitCode = figures.missed + figures.doubled + figures.deadLetters === 0 ? 0 : 1

/** Sends one tweet after another, each as soon as the last is answered. */
async function tweetOn() {
  while (!isOver()) {
    const n = ids.push('') - 1
    const draft = { as: `person${n % PEOPLE}`, text: '@hexbird what is this?', photos: [photos[n % photos.length]] }
    const tweet = await x.tweet(draft)
    ids[n] = tweet.id
    const reply = await x.waitForReply(tweet.id, PATIENCE).catch(() => undefined)
    if (reply) latencies.push(reply.createdAt - tweet.createdAt)
  }
}

async function measureOn() {
  while (!isOver()) {
    const { held, rss } = await request('measure')
    memory.push({ at: elapsed(), held, rss })
    await after(1000, undefined, { signal: ended.signal }).catch(() => {})
  }
}

/** Returns the bot's heap after garbage collection, and the slope of a line fitted to its last two thirds. */
function memoryFigures() {
  const late = memory.filter(({ at }) => at >= took / 3)
  const mean = (of) => late.reduce((sum, sample) => sum + of(sample), 0) / late.length
  const [middle, heldMean] = [mean(({ at }) => at), mean(({ held }) => held)]
  const spread = mean(({ at }) => (at - middle) ** 2)
  const slope = mean(({ at, held }) => (at - middle) * (held - heldMean)) / spread
  const span = (late.at(-1)?.at ?? 0) - (late[0]?.at ?? 0)
  return {
    samples: late.length,
    heldMegabytes: rounded(heldMean / 1e6, 1),
    ...(late.length > 2 && {
      slopeKilobytesPerSecond: rounded(slope / 1000, 2),
      growthPercentOfMean: rounded((100 * slope * span) / heldMean, 2),
    }),
    rssMegabytes: rounded(mean(({ rss }) => rss) / 1e6, 0),
  }
}

async function subscribe(url) {
  const agent = agentTo({ port: x.port })
  const webhooks = new XWebhooks({ bearerToken: x.credentials.bearerToken, userCredentials: x.credentials, agent })
  const { webhook } = await webhooks.register(url)
  await webhooks.subscribe({ dialect: 'x-activity', webhookId: webhook.id, botId: x.bot.id })
  agent.destroy()
}

function rounded(number, digits) {
  return Number(number.toFixed(digits))
}

function readArguments() {
  const usage =
    'Usage: npm run load -- [tweets] [at once], or --seconds 60 [--at-once 50]; --json. All numbers are whole, 1 or more.'
  try {
    const { values, positionals } = parseArgs({
      allowPositionals: true,
      options: { seconds: { type: 'string' }, 'at-once': { type: 'string' }, json: { type: 'boolean' } },
    })
    const [tweets = '1000', atOnce = values['at-once'] ?? '50', ...more] = positionals
    const numbers = [tweets, atOnce, values.seconds ?? '1']
    if (more.length > 0 || !numbers.every((number) => /^[1-9][0-9]*$/.test(number))) throw new Error(usage)
    return {
      tweets: Number(tweets),
      atOnce: Number(atOnce),
      ...(values.seconds && { seconds: Number(values.seconds) }),
      json: values.json,
    }
  } catch {
    console.error(usage)
    process.exit(2)
  }
}
