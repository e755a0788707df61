import { type Context, type Definition, defineBot } from '@hexbird/core'
import type { Lab, RuleName } from '../src/index.js'

/* Bots that break one rule each, as their authors would not notice. */

const POST = 'https://api.x.com/2/tweets'

/** Posts past core, as a bot with a client of its own does. */
const post = (fetch: Lab['fetch'], text: string, inReplyTo: string) =>
  fetch(POST, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ text, reply: { in_reply_to_tweet_id: inReplyTo } }),
  })

const byItself =
  (text: (ctx: Context) => string) =>
  ({ fetch }: Lab): Definition =>
    defineBot().on('tweet', async (ctx) => {
      await post(fetch, text(ctx), ctx.tweet.id)
      ctx.skip('posted by itself')
    })

export interface Planted {
  readonly rule: RuleName
  readonly name: string
  readonly bot: Definition | ((lab: Lab) => Definition)
  /** What its story speaks of. */
  readonly tells: RegExp
  readonly budget?: { readonly perDay?: number; readonly perAuthorPerDay?: number }
}

export const PLANTED: readonly Planted[] = [
  {
    rule: 'one-reply',
    name: 'posts by itself, and again after a crash',
    bot: byItself((ctx) => `You rolled ${ctx.random(6) + 1}.`),
    tells: /The bot replied to @\w+: .*\n(?:.*\n)*.*The bot replied to @\w+: /,
  },
  {
    rule: 'a-reply-in-the-end',
    name: 'says whatever it is told to say',
    bot: defineBot().on('tweet', (ctx) => ctx.reply(ctx.text)),
    tells: /ReplyContentError/,
  },
  {
    rule: 'a-reply-in-the-end',
    name: 'remembers what it has seen before it has replied',
    bot: () => {
      const seen = new Set<string>()
      return defineBot()
        .use(async (ctx, next) => {
          if (seen.has(ctx.tweet.id)) return
          seen.add(ctx.tweet.id)
          await next()
        })
        .command('roll', (ctx) => ctx.reply(`You rolled ${ctx.random(6) + 1}.`))
    },
    tells: /without a reply and without a reason/,
  },
  {
    rule: 'a-reply-in-the-end',
    name: 'throws at first, and then takes the tweet for done',
    bot: () => {
      const seen = new Set<string>()
      return defineBot().command('roll', async (ctx) => {
        if (seen.has(ctx.tweet.id)) return
        seen.add(ctx.tweet.id)
        await ctx.reply(`You rolled ${ctx.random(6) + 1}: https://example.com/scores`)
      })
    },
    tells: /ReplyContentError/,
  },
  {
    rule: 'summoned',
    name: 'replies to the tweet above',
    bot: ({ fetch }) =>
      defineBot().on('tweet', async (ctx) => {
        const { inReplyToId } = ctx.tweet
        if (inReplyToId !== undefined) await post(fetch, 'What do you say?', inReplyToId)
        await ctx.reply(`Hello, number ${ctx.random(100_000)}.`)
      }),
    tells: /X refused the bot’s post/,
  },
  {
    rule: 'blocked',
    name: 'tries again and again',
    bot: ({ fetch }) =>
      defineBot().on('tweet', async (ctx) => {
        for (let tries = 0; tries < 5; tries++) if ((await post(fetch, 'Hello.', ctx.tweet.id)).ok) break
        ctx.skip('posted by itself')
      }),
    tells: /blocked the bot/,
  },
  { rule: 'entities', name: 'names everybody', bot: byItself(() => 'Hello @everyone'), tells: /mention "@everyone"/ },
  { rule: 'links', name: 'advertises', bot: byItself(() => 'See https://shop.example'), tells: /link/ },
  { rule: 'length', name: 'talks too much', bot: byItself((ctx) => `${ctx.text} `.repeat(30)), tells: /too long/ },
  {
    rule: 'budget',
    name: 'posts by itself whatever it costs',
    bot: byItself((ctx) => `Hello, number ${ctx.random(1_000_000)}.`),
    budget: { perDay: 100_000 },
    tells: /X’s bill: \$0\.[1-9]/,
  },
  {
    rule: 'waits',
    name: 'does not listen to 429',
    bot: ({ fetch }) =>
      defineBot().on('tweet', async (ctx) => {
        let tries = 0
        while (!(await post(fetch, 'Hello.', ctx.tweet.id)).ok && tries < 3) tries += 1
        ctx.skip('posted by itself')
      }),
    tells: /429/,
  },
  {
    rule: 'loop',
    name: 'answers another bot for good',
    bot: byItself((ctx) => `Hello, number ${ctx.random(1_000_000)}.`),
    tells: /@otherbot/,
  },
  {
    rule: 'ends',
    name: 'waits for good',
    bot: defineBot().on('tweet', () => new Promise(() => {})),
    tells: /handler tweet/,
  },
]
