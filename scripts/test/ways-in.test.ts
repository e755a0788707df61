import { readFileSync } from 'node:fs'
import { afterEach, beforeAll, describe, expect, test } from '@jest/globals'
import { MemoryBudget, MemoryCursor } from '../../packages/adapters-memory/src/index.js'
import { agentTo, XActivityStream, XMentions, XWebhooks } from '../../packages/adapters-x/src/index.js'
import { startLocalBot } from '../../packages/cli/src/index.js'
import { compare, type WayLimits } from '../../packages/cli/src/operate/costs/compare.js'
import { SERVER } from '../../packages/cli/src/operate/costs/figures.js'
import { decodePost, type Mentions } from '../../packages/core/src/adapter/index.js'
import { sweep } from '../../packages/core/src/host/index.js'
import { defaultLimits, selfServe2026 } from '../../packages/core/src/index.js'
import { testClock } from '../../packages/local-x/src/index.js'
import { dollars, page, rowsOf, table } from './cost-page.js'

const MICRO = 1_000_000
const dog = { bytes: new Uint8Array(readFileSync(new URL('../../packages/local-x/samples/dog.jpg', import.meta.url))) }

const WAYS = ['Account Activity, webhook', 'X Activity, webhook', 'X Activity, stream', 'poll'] as const
type Way = (typeof WAYS)[number]

/** What look-ups and sweeps asked for until 2026-11-29. */
const FORMER_QUERY = {
  expansions: 'attachments.media_keys,author_id,referenced_tweets.id,referenced_tweets.id.author_id',
  'tweet.fields':
    'attachments,author_id,conversation_id,created_at,display_text_range,edit_history_tweet_ids,entities,in_reply_to_user_id,lang,note_tweet,referenced_tweets,reply_settings',
  'media.fields': 'url,type,alt_text,width,height',
  'user.fields': 'username',
}

interface Asked {
  readonly query: 'former' | 'present'
  /** Whether the tweet replies to somebody else's. */
  readonly isReply: boolean
}

type LocalBot = Awaited<ReturnType<typeof startLocalBot>>
type Fields = Readonly<Record<string, unknown>>

/** Reads tweets with the former query. */
function formerReader(x: LocalBot['x']) {
  const { accessToken } = x.userToken(x.bot.username)
  const ask = async (path: string): Promise<Fields> => {
    const query = new URLSearchParams(FORMER_QUERY).toString()
    const answer = await fetch(`${x.url}/2/${path}?${query}`, { headers: { authorization: `Bearer ${accessToken}` } })
    return (await answer.json()) as Fields
  }
  const tweetOf = (post: unknown, includes: unknown) => {
    const decoded = decodePost({ post, includes, botId: x.bot.id, lookedUp: true })
    if (decoded.kind === 'malformed') throw new Error(decoded.reason)
    return decoded.tweet
  }
  return {
    async tweet(id: string) {
      const { data, includes } = await ask(`tweets/${id}`)
      return { kind: 'found', tweet: tweetOf(data, includes) } as const
    },
    async since() {
      const { data, includes } = await ask(`users/${x.bot.id}/mentions`)
      return {
        kind: 'found',
        tweets: (data as Fields[]).map((post) => tweetOf(post, includes)),
        unreadable: 0,
      } as const
    },
  }
}

const open: (() => unknown)[] = []
afterEach(closeAll)

async function closeAll(): Promise<void> {
  for (const close of open.splice(0).reverse()) await close()
}

/** Has the bot answer one tweet with a photo on the local X, and sweep once; gives what X charges and the budget counts. */
async function answerOne(way: Way, { query, isReply }: Asked) {
  const clock = testClock()
  const budget = new MemoryBudget()
  let former: ReturnType<typeof formerReader> | undefined
  const dialect = way.startsWith('Account') ? 'account-activity' : 'x-activity'
  const bot = await startLocalBot({
    dialects: way.endsWith('webhook') ? [dialect] : [],
    localX: { clock },
    now: clock.now,
    ports: ({ social }) => ({
      budget,
      social: {
        tweet: (id) => former?.tweet(id) ?? social.tweet(id),
        reply: (...given) => social.reply(...given),
        uploadImage: (image) => social.uploadImage(image),
        findOwnReply: (id) => social.findOwnReply(id),
        me: () => social.me(),
      },
    }),
  })
  open.push(() => bot.close())
  const { x, ports } = bot
  const agent = agentTo({ port: x.port })
  open.push(() => agent.destroy())
  if (query === 'former') former = formerReader(x)
  const mentions: Mentions =
    former ?? new XMentions({ credentials: x.credentials, botId: x.bot.id, agent, now: clock.now })
  if (way.endsWith('stream')) await openStream(bot)
  const first = await x.tweet({ as: 'bob', text: 'look' })
  const inReplyTo = isReply ? { inReplyTo: first.id } : {}
  const { id } = await x.tweet({ as: 'alice', text: '@hexbird what is this?', photos: [dog], ...inReplyTo })
  if (way !== 'poll') await x.waitForReply(id, 30_000)
  const swept = await sweep(
    { ...ports, mentions, cursor: new MemoryCursor() },
    { bot: x.bot, limits: defaultLimits, platform: selfServe2026 },
  )
  expect(swept).toEqual({ kind: 'swept', found: 1, unreadable: 0 })
  await bot.idle()
  expect(x.repliesTo(id)).toHaveLength(1)
  const day = new Date(clock.now()).toISOString().slice(0, 10)
  return { billed: x.bill().total, spent: await budget.spent(`day:${day}`) }
}

async function openStream({ x, ports }: LocalBot): Promise<void> {
  const agent = agentTo({ port: x.port })
  const { bearerToken } = x.credentials
  const webhooks = new XWebhooks({ bearerToken, userCredentials: x.credentials, agent })
  await webhooks.subscribe({ dialect: 'x-activity', botId: x.bot.id })
  await new Promise<void>((resolve) => {
    const onEvent = ({ kind }: { readonly kind: string }) => kind === 'connected' && resolve()
    const stream = new XActivityStream({ bearerToken, inbox: ports.inbox, agent, onEvent })
    open.push(
      () => agent.destroy(),
      () => stream.close(),
    )
    stream.start()
  })
}

type Run = Awaited<ReturnType<typeof answerOne>>
const present = new Map<string, Run>()
beforeAll(async () => {
  for (const way of WAYS) present.set(way, await answerOne(way, { query: 'present', isReply: true }))
  await closeAll()
})

const cost = (billed = 0) => `$${(billed / MICRO).toFixed(3)}`

describe('the page of costs says what one reply costs at X:', () => {
  const rows = table('Tweets come by')

  test.each(WAYS)('by %s, before and now', async (way) => {
    const alone = await answerOne(way, { query: 'former', isReply: false })
    const replying = await answerOne(way, { query: 'former', isReply: true })
    const now = await answerOne(way, { query: 'present', isReply: false })
    expect(now).toEqual(present.get(way))
    expect(rows.get(way)).toEqual([alone, replying, now].map(({ billed }) => cost(billed)))
  })

  test('by these ways and no other', () => {
    expect([...rows.keys()]).toEqual(WAYS)
  })
})

describe('the page of costs compares the ways to run a bot:', () => {
  const REPLIES = [10, 100, 1000, 10_000]
  const NAMES = { poll: 'poll', stream: 'stream', webhook: 'webhook', aws: 'AWS' }
  const limitsIn = ({ postsADay, toRaise }: WayLimits): string => {
    const raised = Object.entries(toRaise).map(([name, amount]) => `\`${name}\` ${dollars(amount)}`)
    const posts = postsADay === undefined ? [] : [`X: ${postsADay.toLocaleString('en')} posts`]
    return [...posts, ...raised].join(', ') || 'nothing'
  }

  test('each figure is what the function makes of the dated prices', () => {
    const expected = REPLIES.flatMap((replies) =>
      compare(replies).map(({ name, x, aws, server, total, limits }) => [
        replies.toLocaleString('en'),
        NAMES[name],
        ...[x, aws, server, total].map(dollars),
        limitsIn(limits),
      ]),
    )
    expect(rowsOf('Replies a day')).toEqual(expected)
    expect(page).toContain(`${dollars(SERVER.price)} a month for 1 GB of memory`)
    expect(page).toContain(SERVER.asOf)
  })

  test.each([
    ['poll', 'poll'],
    ['X Activity, stream', 'stream'],
    ['X Activity, webhook', 'webhook'],
    ['X Activity, webhook', 'aws'],
  ] as const)('what a run by %s costs is what is reckoned for %s', (way, name) => {
    const month = 730 / 24
    const run = present.get(way)
    const reckoned = compare(1_000_000).find((one) => one.name === name)
    expect(Math.round((reckoned?.x ?? 0) / month)).toBe(run?.billed)
    const perDay = Math.round(reckoned?.limits.toRaise.perDay ?? 0)
    expect(perDay).toBe(run?.spent)
  })
})
