import { setTimeout } from 'node:timers/promises'
import { animalRules, type Definition, defineBot, fit, photoReplies } from '@hexbird/core'
import { expect, test } from '@jest/globals'
import {
  assertProven,
  type Broken,
  type Effects,
  type Move,
  NotProvenError,
  prove,
  type Replay,
  RULES,
  recordEffects,
  replay,
  type Subject,
} from '../src/index.js'
import { PLANTED, type Planted } from './planted.js'

const dice = defineBot()
  .command('roll', (ctx) => ctx.reply(`You rolled ${ctx.random(6) + 1}.`))
  .on('tweet:text', (ctx) => ctx.reply('Say roll, and I roll a die for you.'))

const ALONE = {
  v: 1,
  seed: 1,
  startsAt: '2031-03-23T12:00:00.000Z',
  conditions: { dialects: 'x-activity' },
} as const

/** The story of the rule that a bot breaks in a conversation. */
async function storyAfter(
  subject: Subject,
  conversation: readonly Move[],
  { effects, ...more }: Partial<Pick<Replay, 'conditions' | 'faults'>> & { readonly effects?: Effects } = {},
): Promise<string> {
  const told: Replay = {
    v: 1,
    seed: 1,
    startsAt: '2031-03-23T12:00:00.000Z',
    conditions: { dialects: 'x-activity', takesSameWords: true },
    conversation,
    faults: [],
    ...more,
  }
  return (await replay(subject, told, effects && { effects }))?.story ?? ''
}

test('a bot that breaks a rule is found out, and its story can be told again', async () => {
  const advertises = PLANTED.find(({ rule }) => rule === 'links') as Planted
  const { broken } = await prove(advertises.bot, { runs: 1, seed: 1 })
  expect(broken.map(({ rule }) => rule)).toEqual(['links'])
  const [{ replay: told, story }] = broken as [Broken]
  expect(story).toMatch(advertises.tells)
  expect((await replay(advertises.bot, JSON.parse(JSON.stringify(told))))?.rule).toBe('links')
})

test.each<[string, Pick<Replay, 'conversation' | 'faults'>]>([
  [
    'tries again after an answer that was lost, to somebody who blocked it meanwhile',
    {
      conversation: [
        { do: 'tweet', id: 'a', as: 'eve', text: '@bot help' },
        { do: 'x-answers', to: 'post', with: 'cut-after', times: 1 },
        { do: 'block', as: 'eve' },
      ],
      faults: [],
    },
  ],
  [
    'finds a mention by a sweep, long before the month is over',
    {
      conversation: [
        { do: 'tweet', id: 'a', as: 'ann', text: '@bot help' },
        { do: 'wait', seconds: 31 * 24 * 3600 },
      ],
      faults: [{ about: 'a', call: 'inbox.put', nth: 0, fault: 'crash-before' }],
    },
  ],
  [
    'is told to stop by a tweet with a photo',
    {
      conversation: [
        { do: 'tweet', id: 'a', as: 'ann', text: '@bot stop', photos: [{ shows: 'bird' }] },
        { do: 'tweet', id: 'b', as: 'ann', text: '@bot' },
      ],
      faults: [],
    },
  ],
  [
    'finds, once it is resumed, a mention that was lost while posting was stopped',
    {
      conversation: [
        { do: 'x-answers', to: 'post', with: 'locked', times: 1 },
        { do: 'tweet', id: 'a', as: 'ann', text: '@bot roll' },
        { do: 'tweet', id: 'b', as: 'eve', text: '@bot roll' },
      ],
      faults: [{ about: 'b', call: 'inbox.put', nth: 0, fault: 'crash-before' }],
    },
  ],
  [
    'finds a mention that was not delivered and is listed only at the end',
    {
      conversation: [
        { do: 'lose-delivery', times: 1, listsLate: true },
        { do: 'tweet', id: 'a', as: 'ann', text: '@bot roll' },
      ],
      faults: [],
    },
  ],
])('no rule is broken by a bot that %s', async (_, told) => {
  expect(await replay(dice, { ...ALONE, ...told })).toBeUndefined()
})

test.each([
  ['fetch GET /2/tweets/:id', 'throw-after'],
  ['fetch GET /2/tweets/:id', 'crash-after'],
  ['ledger.claim', 'crash-before'],
] as const)(
  'no rule is broken by a bot that calls X again because it lost the time that X named: %s, %s',
  async (call, fault) => {
    const looksUp: Subject = ({ fetch }) =>
      defineBot().on('tweet', async (ctx) => {
        const { status } = await fetch(`https://api.x.com/2/tweets/${ctx.tweet.id}`)
        await ctx.reply(`X answered ${status}.`)
      })
    const told: Replay = {
      ...ALONE,
      conversation: [
        { do: 'x-answers', to: 'look-up', with: 'rate-limit', times: 1 },
        { do: 'tweet', id: 'a', as: 'ann', text: '@bot hello' },
      ],
      faults: [{ about: 'a', call, nth: 0, fault }],
    }
    expect(await replay(looksUp, told)).toBeUndefined()
  },
)

test('a reply to an edit may be about a photo that the edit keeps', async () => {
  const told: Replay = {
    ...ALONE,
    conversation: [
      { do: 'tweet', id: 'a', as: 'eve', text: 'help', photos: [{ shows: 'bird' }] },
      { do: 'edit', tweet: 'a', text: '@bot what is this?' },
      { do: 'tweet', id: 'b', as: 'ann', text: '@bot' },
    ],
    faults: [],
  }
  expect(await replay(defineBot().use(photoReplies(animalRules)), told)).toBeUndefined()
})

test('a bot that keeps the rules comes out clean', async () => {
  const { broken, runs, faults } = await prove(dice, { runs: 250, seed: 2 })
  expect(broken).toEqual([])
  expect(runs).toBe(250)
  expect(faults).toBeGreaterThan(100)
})

test('a bot that says what a model writes, made to fit, comes out clean', async () => {
  const parrot = { answer: async (question: string) => question }
  const verdict = await assertProven(
    ({ port }) => {
      const model = port('model', parrot)
      return defineBot().on('tweet', async (ctx) => {
        const words = fit(await model.answer(ctx.text))
        if (words === '') ctx.skip('nothing to say')
        else await ctx.reply(words)
      })
    },
    { runs: 200, seed: 3 },
  )
  expect(verdict.broken).toEqual([])
})

test('the same seed gives the same verdict', async () => {
  const bot = () => defineBot().on('tweet', (ctx) => ctx.reply(ctx.text))
  const [one, two] = [await prove(bot, { runs: 60, seed: 4 }), await prove(bot, { runs: 60, seed: 4 })]
  expect(one.broken.length).toBeGreaterThan(0)
  expect(two).toEqual(one)
})

test('a side effect that is said to be guarded, and happens twice for its key, is found', async () => {
  const effects = recordEffects()
  const bot = defineBot().on('tweet', async (ctx) => {
    await effects.happened('mail', ctx.tweet.id)
    await ctx.reply('Thank you for your order.')
  })
  const { broken } = await prove(bot, { runs: 200, seed: 5, effects })
  expect(broken.map(({ rule }) => rule)).toEqual(['effects'])
  expect(broken[0]?.story).toMatch(/The effect “mail” happened for/)
})

test('a conversation of the author’s own is run', async () => {
  const bot = defineBot().on('tweet', async (ctx) => {
    if (ctx.text.includes('melon')) throw new Error('no melons')
    await ctx.reply('Fruit!')
  })
  const stories = [{ name: 'melons', moves: [{ do: 'tweet', id: 'a', as: 'ann', text: '@bot a melon' }] }] as const
  const { broken } = await prove(bot, { runs: 2, seed: 6, stories })
  expect(broken.map(({ rule }) => rule)).toEqual(['a-reply-in-the-end'])
  expect(broken[0]?.story).toContain('no melons')
})

test('who waits is told how far it has come', async () => {
  const told: number[] = []
  await prove(dice, { runs: 40, seed: 7, onProgress: ({ done }) => void told.push(done) })
  expect(told.at(-1)).toBe(40)
})

test('who waits is told how long the bot waited in real time', async () => {
  const waitedOf = async (bot: Definition) => {
    const told: number[] = []
    await prove(bot, { runs: 3, seed: 7, onProgress: ({ waitedMs }) => void told.push(waitedMs) })
    return told.at(-1) ?? Number.NaN
  }
  const slow = defineBot().on('tweet', async (ctx) => {
    await setTimeout(700)
    await ctx.reply('At last.')
  })
  const usual = await waitedOf(dice)
  expect((await waitedOf(slow)) - usual).toBeGreaterThan(100)
})

test('a story tells that a handler ran again for the same tweet', async () => {
  const guarded = () => {
    const seen = new Set<string>()
    return defineBot().command('roll', async (ctx) => {
      if (seen.has(ctx.tweet.id)) return
      seen.add(ctx.tweet.id)
      await ctx.reply('You rolled 3.')
    })
  }
  const [limited, asks] = [
    { do: 'x-answers', to: 'post', with: 'rate-limit', times: 1 },
    { do: 'tweet', id: 'a', as: 'ann', text: '@bot roll' },
  ] as const
  expect(await storyAfter(guarded, [limited, asks])).toMatch(
    /will answer the next post with 429.*X answered the post with 429, asking the bot to wait until 12:15:00\. \(for @ann’s tweet\).*The handler “roll” ran again for @ann’s tweet\./s,
  )
})

const planted = (name: string) => (PLANTED.find((one) => one.name === name) as Planted).bot

test('a story tells what repeats once, how often, and until when', async () => {
  const asks = { do: 'tweet', id: 'a', as: 'ann', text: '@bot hello' } as const
  const blocked = await storyAfter(planted('tries again and again'), [asks, { do: 'block', as: 'ann' }])
  expect(blocked).toMatch(/: You attempted to reply to [^\n]*\n {2}12:00:00 {2}… 4 more times\.\n/)
  const failing = defineBot().on('tweet', () => Promise.reject(new Error('no')))
  expect(await storyAfter(failing, [asks])).toMatch(
    /the same error again\.\n {2}\S+ {2}… 3 more times until 12:0\d:\d\d\.\n/,
  )
  const loop = { do: 'answer-back', as: 'otherbot', to: 'a', text: '@bot hello', times: 10 } as const
  const looping = await storyAfter(planted('answers another bot for good'), [{ ...asks, as: 'otherbot' }, loop])
  expect(looping).toMatch(
    /“Hello, number \d+\.”\n.*\n {2}12:00:00 {2}… the last 3 lines repeat 9 more times\.\n.*X’s bill/,
  )
  expect(looping.split('\n').length).toBeLessThan(12)
})

test('a story is in the order in which things happened', async () => {
  const above = await storyAfter(planted('replies to the tweet above'), [
    { do: 'tweet', id: 'a', as: 'ann', text: 'What a day.' },
    { do: 'tweet', id: 'b', as: 'bob', text: '@bot hello', to: 'a' },
  ])
  expect(above).toMatch(/X refused the bot’s post.*The bot replied to @bob/s)
})

test('a story tells that a queue gave up when it did', async () => {
  const failing = defineBot().on('tweet', () => Promise.reject(new Error('no')))
  const late = await storyAfter(failing, [
    { do: 'tweet', id: 'a', as: 'ann', text: '@bot hello' },
    { do: 'wait', seconds: 3600 },
    { do: 'block', as: 'bob' },
  ])
  expect(late).toMatch(/ 12:0\d:\d\d {2}The queue gave up on @ann’s tweet.* 13:00:00 {2}@bob blocked the bot/s)
})

test('a story tells of a call that came before the time that X had named', async () => {
  const story = await storyAfter(planted('does not listen to 429'), [
    { do: 'x-answers', to: 'post', with: 'rate-limit', times: 1 },
    { do: 'tweet', id: 'a', as: 'ann', text: '@bot hello' },
  ])
  expect(story).toContain(
    `  12:00:00  X answered the request POST /2/tweets with 429, asking the bot to wait until 12:15:00. (for @ann’s tweet)
  12:00:00  The request POST /2/tweets came too early: X had asked the bot to wait until 12:15:00. (for @ann’s tweet)
  12:00:00  The bot replied to @ann: “Hello.”`,
  )
})

/** A bot with a side effect before its reply, and what records the effect. */
function teller() {
  const effects = recordEffects()
  const bot = defineBot().command('tell', async (ctx) => {
    await effects.happened('mail', ctx.tweet.id)
    await ctx.reply('I told them.')
  })
  return { bot, effects }
}
const ASKS = { do: 'tweet', id: 'a', as: 'ann', text: '@bot tell' } as const

test('a story tells that X delivered a tweet twice, and that two runs overlapped', async () => {
  const { bot, effects } = teller()
  const conditions = { dialects: 'both', takesSameWords: true } as const
  const story = await storyAfter(bot, [ASKS], { effects, conditions })
  expect(story.replaceAll(/\b\d{15,}\b/g, '…')).toContain(
    `  12:00:00  @ann tweeted: “@hexbird tell”
  12:00:00  X delivered @ann’s tweet twice, once in each format.
  12:00:00  The handler “tell” ran again for @ann’s tweet, while the first run was still going.
  12:00:00  The effect “mail” happened for ….
  12:00:00  The effect “mail” happened for ….
  12:00:00  The bot replied to @ann: “I told them.”`,
  )
})

test('a story tells of a crash before the handler runs again', async () => {
  const { bot, effects } = teller()
  const faults = [{ about: 'a', call: 'effect mail', nth: 0, fault: 'crash-after' }] as const
  expect(await storyAfter(bot, [ASKS], { effects, faults })).toMatch(
    /“mail” happened.*The process crashed right after the effect “mail”\. \(for @ann’s tweet\)\n.*ran again for @ann’s tweet\.\n.*“mail” happened/s,
  )
})

test('a story tells that a crash came before a handler did anything', async () => {
  const { bot, effects } = teller()
  const faults = [
    { about: 'a', call: 'handler tell', nth: 0, fault: 'crash-after' },
    { about: 'a', call: 'handler tell', nth: 1, fault: 'throw-after' },
    { about: 'a', call: 'handler tell, end', nth: 0, fault: 'crash-before' },
    { about: 'a', call: 'effect mail', nth: 0, fault: 'timeout' },
  ] as const
  const story = await storyAfter(bot, [ASKS], { effects, faults })
  expect(story).toContain('The process crashed right after the start of the handler “tell”.')
  expect(story).toContain('The handler “tell” failed at its start.')
  expect(story).toContain('The effect “mail” timed out after 10 seconds.')
  expect(story).toContain('The process crashed right before the end of the handler “tell”.')
})

test('a story tells that the bot found a tweet among its mentions', async () => {
  const { bot, effects } = teller()
  const faults = [
    { about: 'a', call: 'inbox.put', nth: 0, fault: 'crash-after' },
    { about: 'a', call: 'effect mail', nth: 0, fault: 'throw-after' },
  ] as const
  expect(await storyAfter(bot, [ASKS], { effects, faults })).toMatch(
    /The process crashed right after storing the delivery\..*The bot listed its mentions and found @ann’s tweet\./s,
  )
})

test('a story tells that a tweet waits because of what X answered for another', async () => {
  const { bot, effects } = teller()
  const limited = { do: 'x-answers', to: 'post', with: 'rate-limit', times: 1 } as const
  const story = await storyAfter(bot, [limited, ASKS, { do: 'wait', seconds: 60 }, { ...ASKS, id: 'b', as: 'bob' }], {
    effects,
  })
  expect(story).toMatch(
    /The bot put off @bob’s tweet: Calls of this kind \(post\) wait until 2031-03-23T12:15:00\.000Z\.\n.*ran again for @bob’s tweet\./s,
  )
  expect(story).not.toContain('put off @ann')
})

test('a story does not tell that a run leaves a tweet to another', async () => {
  const { bot, effects } = teller()
  const conditions = { dialects: 'both' } as const
  expect(await storyAfter(bot, [ASKS], { effects, conditions })).not.toContain('put off')
})

test.each([
  ['fetch GET /2/tweets/:id', 'throw-after', 'X answered the request GET /2/tweets/:id, but the response was lost.'],
  ['fetch POST /2/tweets', 'throw-after', 'X answered the request POST /2/tweets, but the response was lost.'],
  ['fetch POST /2/tweets', 'timeout', 'X answered the request POST /2/tweets, but not within 10 seconds.'],
  ['social.reply', 'throw-after', 'X answered the post, but the response was lost.'],
] as const)('a story does not say that %s took effect after %s', async (call, fault, says) => {
  const effects = recordEffects()
  const bot: Subject = ({ fetch }) =>
    defineBot().on('tweet', async (ctx) => {
      await effects.happened('mail', ctx.tweet.id)
      await fetch(`https://api.x.com/2/tweets/${ctx.tweet.id}`)
      await fetch('https://api.x.com/2/tweets', { method: 'POST', body: '{"text":"Hello."}' })
      await ctx.reply('I told them.')
    })
  const twice = { do: 'deliver-again', tweet: 'a' } as const
  const story = await storyAfter(bot, [ASKS, twice], { effects, faults: [{ about: 'a', call, nth: 0, fault }] })
  expect(story).toContain(`  ${says} (for @ann’s tweet)\n`)
  expect(story).not.toContain('took effect')
})

test('a story says to whom a post was that X refused', async () => {
  const story = await storyAfter(planted('tries again and again'), [ASKS, { do: 'block', as: 'ann' }])
  expect(story).toContain('X refused the bot’s post “Hello.” in reply to @ann: You attempted')
  expect(story).not.toContain('with 403')
})

test.each([
  ['forbidden', '403, without a reason'],
  ['unavailable', '503'],
  ['no-credits', '402, because there are no credits'],
  ['locked', '403, because the account is locked'],
] as const)('a story tells each time that X answered with an error: %s', async (answer, words) => {
  const effects = recordEffects()
  const bot = defineBot().command('tell', async (ctx) => {
    for (let times = 0; times < 2; times++) await effects.happened('mail', ctx.tweet.id)
    await ctx.reply('I told them twice.')
  })
  const fails = { do: 'x-answers', to: 'post', with: answer, times: 1 } as const
  const story = await storyAfter(bot, [fails, ASKS], { effects })
  expect(story).toContain(`X answered the post with ${words}. (for @ann’s tweet)\n`)
})

test('a story tells what X answered to the bot’s own client, and that it cut a connection', async () => {
  const bot: Subject = ({ fetch }) =>
    defineBot().on('tweet', async (ctx) => {
      await fetch('https://api.x.com/2/tweets', { method: 'POST', body: '{"text":"Hello."}' })
      await fetch(`https://api.x.com/2/tweets/${ctx.tweet.id}`)
      throw new Error('no')
    })
  const fails = (to: 'post' | 'look-up', answer: 'unavailable' | 'cut-after') =>
    ({ do: 'x-answers', to, with: answer, times: 1 }) as const
  const story = await storyAfter(bot, [fails('post', 'cut-after'), fails('look-up', 'unavailable'), ASKS])
  expect(story).toContain('X cut the connection instead of answering the request POST /2/tweets. (for @ann’s tweet)\n')
  expect(story).toContain('X answered the request GET /2/tweets/:id with 503. (for @ann’s tweet)\n')
})

test('a story shows the link that X adds for a quoted tweet', async () => {
  const parrot = defineBot().on('tweet', (ctx) => ctx.reply(ctx.text))
  const story = await storyAfter(parrot, [
    { do: 'tweet', id: 'a', as: 'ann', text: 'What a day.' },
    { do: 'tweet', id: 'b', as: 'bob', text: '@bot hello', to: 'a', quotes: 'a' },
  ])
  const [, link = ''] = /It has the link "(\S+)"/.exec(story) ?? []
  expect(story).toContain(`@bob replied to a tweet by @ann and quoted a tweet by @ann: “@hexbird hello ${link}”`)
})

test('what is no bot is refused', async () => {
  await expect(prove({} as never)).rejects.toMatchObject({ code: 'DEFINITION' })
})

test('a test fails with the story as its message', async () => {
  const failing = assertProven(
    defineBot().on('tweet', (ctx) => ctx.reply(ctx.text)),
    { runs: 80, seed: 8 },
  )
  await expect(failing).rejects.toThrow(NotProvenError)
  await expect(failing).rejects.toThrow(/X’s bill/)
})

test('each rule has a name of its own, a date and a source', () => {
  expect(new Set(RULES.map(({ name }) => name)).size).toBe(RULES.length)
  for (const { since, says, source } of RULES) {
    expect(since).toMatch(/^20\d\d-\d\d-\d\d$/)
    expect(says).toMatch(/\.$/)
    expect(source.length).toBeGreaterThan(5)
  }
})
