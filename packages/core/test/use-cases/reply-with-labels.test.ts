import { describe, expect, test } from '@jest/globals'
import type { Outcome, Tweet } from '../../src/index.js'
import { createBot } from '../../src/index.js'
import { BOT, label, labelled, NOW, photo, tweet, world } from './world.js'

type World = ReturnType<typeof world>
const KEY = 'jobs/100/5001.json'

/** Stores the job through the front door, then answers it. */
async function answer(
  setting: World,
  event: Tweet = tweet({ media: 'present', photos: ['a', 'b'].map(photo) }),
): Promise<Outcome> {
  const bot = createBot(setting.ports, { bot: BOT })
  await bot.handleTweet(event)
  setting.log.length = 0
  return bot.replyWithLabels(KEY)
}

describe('a stored job', () => {
  test('has every photo labelled, five labels of 85 percent or more, and one reply', async () => {
    const asked: unknown[] = []
    const setting = world({
      labeler: {
        label: async (key, options) => {
          asked.push([key, options])
          return labelled(label(key.endsWith('/0') ? 'Dog' : 'Cat', 'Animal'))
        },
      },
    })
    const outcome = await answer(setting)
    expect(outcome).toMatchObject({ kind: 'replied', labels: ['Dog', 'Cat'] })
    expect(asked).toEqual([
      ['photos/100/5001/0', { max: 5, minConfidence: 85 }],
      ['photos/100/5001/1', { max: 5, minConfidence: 85 }],
    ])
    expect(setting.log.filter((entry) => entry.startsWith('social.reply'))).toHaveLength(1)
  })

  test('leaves nothing behind when it has ended, and the job goes last', async () => {
    const setting = world()
    await answer(setting)
    expect(setting.blobs.size).toBe(0)
    expect(setting.log.slice(-2)).toEqual(['blobs.removeAll photos/100/5001/', `blobs.remove ${KEY}`])
  })

  test.each<[string, Parameters<typeof world>[0]]>([
    ['X refuses', { social: { reply: async () => ({ kind: 'refused', reason: 'reply-not-allowed', detail: '' }) } }],
    ['somebody opted out', { optOuts: { has: async () => true } }],
    ['the budget is used up', { budget: { spend: async () => ({ kind: 'refused', window: 'day:x', until: NOW }) } }],
  ])('is removed with its photos when %s', async (_name, over) => {
    const setting = world()
    await createBot(setting.ports, { bot: BOT }).handleTweet(tweet({ media: 'present', photos: [photo('a')] }))
    const { ports } = world({ ...over, blobs: setting.ports.blobs })
    const outcome = await createBot(ports, { bot: BOT }).replyWithLabels(KEY)
    expect(['refused', 'ignored']).toContain(outcome.kind)
    expect(setting.blobs.size).toBe(0)
  })

  test('is kept with its photos by a throw and by a "later"', async () => {
    const broken = world({
      labeler: {
        label: async () => {
          throw new Error('labeler is down')
        },
      },
    })
    await expect(answer(broken)).rejects.toThrow('labeler is down')
    expect(broken.blobs.size).toBe(3)

    const limited = world({
      social: { reply: async () => ({ kind: 'later', reason: 'rate-limited', until: NOW + 5, detail: '' }) },
    })
    expect(await answer(limited)).toMatchObject({ kind: 'later', until: NOW + 5 })
    expect([...limited.blobs.keys()]).toEqual([
      'photos/100/5001/0',
      'photos/100/5001/1',
      KEY,
      'photos/100/5001/labels.json',
    ])
  })

  test('has its labels bought once, however long the reply has to wait', async () => {
    const setting = world({
      social: { reply: async () => ({ kind: 'later', reason: 'unreachable', detail: '' }) },
    })
    await answer(setting)
    const again = world({ blobs: setting.ports.blobs })
    expect(await createBot(again.ports, { bot: BOT }).replyWithLabels(KEY)).toMatchObject({ labels: ['Dog'] })
    expect(again.log.filter((entry) => entry.startsWith('labeler'))).toEqual([])
    expect(setting.blobs.size).toBe(0)
  })

  test('says that nothing was recognised where the labeler could not read the photo', async () => {
    const setting = world({ labeler: { label: async () => ({ kind: 'unreadable', detail: '' }) } })
    expect(await answer(setting)).toMatchObject({ kind: 'replied', labels: [] })
  })

  test('that is gone is no fault, and takes with it photos that were stored meanwhile', async () => {
    const { ports, blobs } = world()
    await ports.blobs.put('photos/100/5001/0', new Uint8Array(), 'image/jpeg')
    expect(await createBot(ports, { bot: BOT }).replyWithLabels(KEY)).toEqual({ kind: 'ignored', reason: 'job-gone' })
    expect(blobs.size).toBe(0)
  })

  test('that is gone, and whose reply ended unsure, says so: whoever ended it may not have got to', async () => {
    const outcome = { kind: 'unsure', detail: 'look' } as const
    const { ports } = world({ ledger: { find: async () => ({ kind: 'settled', outcome, at: NOW }) } })
    expect(await createBot(ports, { bot: BOT }).replyWithLabels(KEY)).toEqual(outcome)
  })

  test('that was answered before is removed, without labels being bought', async () => {
    const setting = world()
    await createBot(setting.ports, { bot: BOT }).handleTweet(tweet({ media: 'present', photos: [photo('a')] }))
    const { ports, log } = world({
      blobs: setting.ports.blobs,
      ledger: { find: async () => ({ kind: 'settled', outcome: { kind: 'replied', replyId: '1' }, at: NOW }) },
    })
    const outcome = await createBot(ports, { bot: BOT }).replyWithLabels(KEY)
    expect(outcome).toEqual({ kind: 'ignored', reason: 'already-handled' })
    expect(log.filter((entry) => entry.startsWith('labeler'))).toEqual([])
    expect(setting.blobs.size).toBe(0)
  })

  test('buys no labels while posting is stopped', async () => {
    const setting = world({ breaker: { state: async () => ({ reason: 'locked', since: NOW }) } })
    expect(await answer(setting)).toMatchObject({ kind: 'later', reason: 'stopped' })
    expect(setting.log.filter((entry) => entry.startsWith('labeler'))).toEqual([])
  })
})

describe('known faults of the originals', () => {
  test('a labeler outage is never "you need to upload an image"', async () => {
    const setting = world({
      labeler: {
        label: async () => {
          throw new Error('outage')
        },
      },
    })
    await expect(answer(setting)).rejects.toThrow('outage')
    expect(setting.log.filter((entry) => entry.startsWith('social.reply'))).toEqual([])
  })

  test('the photo is deleted before the work is called done', async () => {
    let removed = false
    const setting = world()
    const bot = createBot(setting.ports, { bot: BOT })
    await bot.handleTweet(tweet({ media: 'present', photos: [photo('a')] }))
    const slow = {
      ...setting.ports.blobs,
      removeAll: async () => {
        await new Promise((resolve) => setImmediate(resolve))
        removed = true
      },
    }
    await createBot({ ...setting.ports, blobs: slow }, { bot: BOT }).replyWithLabels(KEY)
    expect(removed).toBe(true)
  })

  test('the reply goes to the tweet, not to the key of its photo', async () => {
    const setting = world()
    await answer(setting)
    expect(setting.log).toContainEqual(expect.stringMatching(/^social\.reply 5001 /))
  })
})
