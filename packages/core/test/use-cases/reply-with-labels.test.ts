import {
  BOT,
  fixture,
  label,
  labelled,
  meeting,
  NOW,
  noRoom,
  photo,
  photoBot,
  stoppedFor,
  tweet,
  within,
} from '@hexbird/testkit/bot-fixture'
import { describe, expect, test } from '@jest/globals'
import type { Charge } from '../../src/adapter/index.js'
import { decodeLabels } from '../../src/domain/job.js'
import { TIMES } from '../../src/host/index.js'
import type { Outcome, Tweet } from '../../src/index.js'
import { selfServe2026 } from '../../src/index.js'

type Fixture = ReturnType<typeof fixture>
const KEY = 'jobs/100/5001.json'

/** Stores the job through the front door, then answers it. */
async function answer(
  setting: Fixture,
  event: Tweet = tweet({ media: 'present', photos: ['a', 'b'].map(photo) }),
): Promise<Outcome> {
  const bot = photoBot(setting.ports, { bot: BOT })
  await bot.handleTweet(event)
  setting.log.length = 0
  return bot.runJob(KEY)
}

describe('a stored job', () => {
  test('has every photo labelled, five labels of 85 percent or more, and one reply', async () => {
    const asked: unknown[] = []
    const setting = fixture({
      labeler: {
        label: async (key, options) => {
          asked.push([key, options])
          return labelled(label(key.endsWith('-0') ? 'Dog' : 'Cat', 'Animal'))
        },
      },
    })
    const outcome = await answer(setting)
    expect(outcome).toMatchObject({ kind: 'replied', labels: ['Dog', 'Cat'] })
    expect(asked).toEqual([
      ['photos/100/5001/5001-0', { max: 5, minConfidence: 85 }],
      ['photos/100/5001/5001-1', { max: 5, minConfidence: 85 }],
    ])
    expect(setting.log.filter((entry) => entry.startsWith('social.reply'))).toHaveLength(1)
  })

  test('tells the labeler what the author says of each photo', async () => {
    const asked: unknown[] = []
    const setting = fixture({
      labeler: {
        label: async (key, { altText }) => {
          asked.push([key, altText])
          return labelled(label('Dog', 'Animal'))
        },
      },
    })
    const photos = [photo('a'), { ...photo('b'), altText: 'My dog' }]
    await answer(setting, tweet({ media: 'present', photos }))
    expect(asked).toEqual([
      ['photos/100/5001/5001-0', undefined],
      ['photos/100/5001/5001-1', 'My dog'],
    ])
  })

  test('has its photos labelled at once', async () => {
    const labelling = meeting(2)
    const setting = fixture({
      labeler: {
        label: async () => {
          await labelling()
          return labelled(label('Dog', 'Animal'))
        },
      },
    })
    expect((await answer(setting)).kind).toBe('replied')
  })

  test('leaves nothing behind when it has ended, and the job goes last', async () => {
    const setting = fixture()
    await answer(setting)
    expect(setting.blobs.size).toBe(0)
    expect(setting.log.slice(-2)).toEqual(['blobs.removeAll photos/100/5001/', `blobs.remove ${KEY}`])
  })

  test.each<[string, Parameters<typeof fixture>[0], Partial<Outcome>]>([
    [
      'X refuses',
      { social: { reply: async () => ({ kind: 'refused', reason: 'reply-not-allowed', detail: '' }) } },
      { kind: 'refused', reason: 'reply-not-allowed' },
    ],
    ['somebody opted out', { optOuts: { has: async () => true } }, { kind: 'ignored', reason: 'opted-out' }],
    [
      'the budget is used up',
      { budget: { reserve: async () => noRoom('day', 'day:x') } },
      { kind: 'ignored', reason: 'over-budget' },
    ],
  ])('is removed with its photos when %s', async (_name, over, expected) => {
    const setting = fixture()
    await photoBot(setting.ports, { bot: BOT }).handleTweet(tweet({ media: 'present', photos: [photo('a')] }))
    const { ports } = fixture({ ...over, blobs: setting.ports.blobs })
    const outcome = await photoBot(ports, { bot: BOT }).runJob(KEY)
    expect(outcome).toMatchObject(expected)
    expect(setting.blobs.size).toBe(0)
  })

  test('that is older than a day is removed and not answered', async () => {
    const setting = fixture()
    await photoBot(setting.ports, { bot: BOT }).handleTweet(tweet({ media: 'present', photos: [photo('a')] }))
    const { ports, log } = fixture({ blobs: setting.ports.blobs })
    const tomorrow = photoBot({ ...ports, now: () => NOW + TIMES.tooOld }, { bot: BOT })
    expect(await tomorrow.runJob(KEY)).toEqual({ kind: 'ignored', reason: 'too-old' })
    expect(log.filter((entry) => /labeler|social/.test(entry))).toEqual([])
    expect(setting.blobs.size).toBe(0)
  })

  test('pays for the label of each photo, and buys none that it cannot pay for', async () => {
    const { label, reply, ownedRead } = selfServe2026.prices
    const days = (charges: readonly Charge[]) =>
      charges.filter(({ kind }) => kind === 'day').map(({ call, amount }) => [call, amount])
    const [reserved, settled]: unknown[][] = [[], []]
    const budget: Parameters<typeof fixture>[0] = {
      budget: {
        reserve: async (charges) => {
          reserved?.push(...days(charges))
          return { kind: 'granted' }
        },
        settle: async (charges) => void settled?.push(...days(charges)),
      },
    }
    await answer(fixture(budget))
    // The run that stored the job has reserved all of it.
    const whole = ['tweet:5001', 2 * label + reply + ownedRead]
    expect(reserved).toEqual([whole])
    expect(settled).toEqual([whole])
    const setting = fixture()
    await photoBot(setting.ports, { bot: BOT }).handleTweet(tweet({ media: 'present', photos: [photo('a')] }))
    const poor = fixture({ blobs: setting.ports.blobs, budget: { reserve: async () => noRoom('day', 'day:x') } })
    expect(await photoBot(poor.ports, { bot: BOT }).runJob(KEY)).toMatchObject({ reason: 'over-budget' })
    expect(poor.log.filter((entry) => entry.startsWith('labeler'))).toEqual([])
  })

  test('pays for all of its labels and the reply at once on the day on which it runs', async () => {
    const { label, reply, ownedRead } = selfServe2026.prices
    const reserved: unknown[] = []
    const setting = fixture({
      budget: {
        reserve: async (charges) => {
          for (const { kind, window, amount } of charges) if (kind === 'day') reserved.push([window, amount])
          return { kind: 'granted' }
        },
      },
    })
    const midnight = Date.parse('2026-11-23T00:00:00Z')
    const event = tweet({ media: 'present', photos: ['a', 'b'].map(photo), createdAt: midnight - 2_000 })
    const at = (time: number) => photoBot({ ...setting.ports, now: () => time }, { bot: BOT })
    await at(midnight - 1_000).handleTweet(event)
    expect(await at(midnight).runJob(KEY)).toMatchObject({ kind: 'replied' })
    const whole = 2 * label + reply + ownedRead
    expect(reserved).toEqual([
      ['day:2026-11-22', whole],
      ['day:2026-11-23', whole],
    ])
  })

  test('claims its labels before it buys them, under a name of their own, and gives the claim back', async () => {
    const made: unknown[] = []
    const setting = fixture({
      ledger: {
        claim: async (key, claim) => {
          made.push(['claim', key, claim])
          return { kind: 'acquired' }
        },
        release: async (...release) => void made.push(['release', ...release]),
      },
      labeler: {
        label: async () => {
          made.push('label')
          return labelled(label('Dog', 'Animal'))
        },
      },
    })
    await answer(setting, tweet({ media: 'present', photos: [photo('a')] }))
    const key = { botId: BOT.id, about: 'labels:5001' }
    const intent = { tweetId: '5001', text: '', authorId: '100' }
    expect(made.slice(0, 3)).toEqual([
      ['claim', key, { owner: 'owner-1', intent, now: NOW, until: NOW + TIMES.lease }],
      'label',
      ['release', key, 'owner-1'],
    ])
  })

  test('waits where another worker is labelling its photos', async () => {
    const setting = fixture({ ledger: { claim: async () => ({ kind: 'held', until: NOW + 5 }) } })
    expect(await answer(setting)).toEqual({
      kind: 'deferred',
      reason: 'busy',
      until: NOW + 5,
      detail: 'Another worker is labeling these photos.',
    })
    expect(setting.log.filter((entry) => /labeler|social|release/.test(entry))).toEqual([])
  })

  test('buys no labels where the conversation has no room for the reply', async () => {
    const setting = fixture()
    await photoBot(setting.ports, { bot: BOT }).handleTweet(tweet({ media: 'present', photos: [photo('a')] }))
    const { ports, log } = fixture({
      blobs: setting.ports.blobs,
      budget: { reserve: async () => noRoom('conversation', 'conversation:5001:2026-11-22') },
    })
    expect(await photoBot(ports, { bot: BOT }).runJob(KEY)).toMatchObject({ reason: 'conversation-limit' })
    expect(log.filter((entry) => entry.startsWith('labeler'))).toEqual([])
  })

  test('is kept with its photos by a throw and by a "later"', async () => {
    const broken = fixture({
      labeler: {
        label: async () => {
          throw new Error('labeler is down')
        },
      },
    })
    await expect(answer(broken)).rejects.toThrow('labeler is down')
    expect(broken.blobs.size).toBe(3)

    const limited = fixture({
      social: { reply: async () => ({ kind: 'deferred', reason: 'rate-limited', until: NOW + 5, detail: '' }) },
    })
    expect(await answer(limited)).toMatchObject({ kind: 'deferred', until: within(NOW + 5, 2) })
    expect([...limited.blobs.keys()]).toEqual([
      'photos/100/5001/5001-0',
      'photos/100/5001/5001-1',
      KEY,
      'photos/100/5001/labels.json',
    ])
    expect(limited.blobs.get('photos/100/5001/labels.json')).toMatchObject({ type: 'application/json' })
  })

  test('has its labels bought once, however long the reply has to wait', async () => {
    const setting = fixture({
      social: { reply: async () => ({ kind: 'deferred', reason: 'unreachable', detail: '' }) },
    })
    await answer(setting)
    const again = fixture({ blobs: setting.ports.blobs })
    expect(await photoBot(again.ports, { bot: BOT }).runJob(KEY)).toMatchObject({ labels: ['Dog'] })
    expect(again.log.filter((entry) => entry.startsWith('labeler'))).toEqual([])
    expect(setting.blobs.size).toBe(0)
  })

  test('says that nothing was recognised where the labeler could not read the photo, also after a wait', async () => {
    const labeler = { label: async () => ({ kind: 'unreadable', detail: '' }) as const }
    expect(await answer(fixture({ labeler }))).toMatchObject({ kind: 'replied', labels: [] })
    const later = async () => ({ kind: 'deferred', reason: 'unreachable', detail: '' }) as const
    const waiting = fixture({ labeler, social: { reply: later } })
    await answer(waiting)
    const kept = waiting.blobs.get('photos/100/5001/labels.json')?.bytes ?? new Uint8Array()
    expect(
      decodeLabels(
        kept,
        [0, 1].map((n) => `photos/100/5001/5001-${n}`),
      ),
    ).toEqual([[], []])
  })

  test('that is gone after it was answered is no fault, and takes with it photos that were stored meanwhile', async () => {
    const replied = { kind: 'settled', outcome: { kind: 'replied', replyId: '1' }, at: NOW } as const
    const { ports, blobs } = fixture({ ledger: { find: async () => replied } })
    await ports.blobs.put('photos/100/5001/0', new Uint8Array(), 'image/jpeg')
    expect(await photoBot(ports, { bot: BOT }).runJob(KEY)).toEqual({ kind: 'ignored', reason: 'job-gone' })
    expect(blobs.size).toBe(0)
  })

  test('that is gone, and whose reply ended unresolved, says so: whoever ended it may not have got to', async () => {
    const outcome = { kind: 'unresolved', detail: 'look' } as const
    const find = async ({ botId, about }: { botId: string; about: string }) =>
      botId === BOT.id && about === '5001' ? ({ kind: 'settled', outcome, at: NOW } as const) : undefined
    const { ports } = fixture({ ledger: { find } })
    expect(await photoBot(ports, { bot: BOT }).runJob(KEY)).toEqual(outcome)
  })

  test('that another event of its tweet has removed takes with it the labels that were stored since', async () => {
    const { ports, blobs } = fixture()
    await ports.blobs.put('photos/100/5001/labels.json', new Uint8Array(), 'application/json')
    await ports.blobs.put('photos/100/5001/0', new Uint8Array(), 'image/jpeg')
    expect(await photoBot(ports, { bot: BOT }).runJob(KEY)).toEqual({ kind: 'ignored', reason: 'job-gone' })
    // A redelivery may just have stored the photo, and store its job next.
    expect([...blobs.keys()]).toEqual(['photos/100/5001/0'])
  })

  test('that never was one is no fault either, and takes nothing with it', async () => {
    const setting = fixture()
    await setting.ports.blobs.put('photos/100/5001/0', new Uint8Array(), 'image/jpeg')
    const { ports } = setting
    const gone = { kind: 'ignored', reason: 'job-gone' }
    expect(await photoBot(ports, { bot: BOT }).runJob('jobs/readme.txt')).toEqual(gone)
    expect(setting.blobs.size).toBe(1)
  })

  test('that was answered before is removed, without labels being bought', async () => {
    const setting = fixture()
    await photoBot(setting.ports, { bot: BOT }).handleTweet(tweet({ media: 'present', photos: [photo('a')] }))
    const { ports, log } = fixture({
      blobs: setting.ports.blobs,
      ledger: { find: async () => ({ kind: 'settled', outcome: { kind: 'replied', replyId: '1' }, at: NOW }) },
    })
    const outcome = await photoBot(ports, { bot: BOT }).runJob(KEY)
    expect(outcome).toEqual({ kind: 'ignored', reason: 'already-handled' })
    expect(log.filter((entry) => entry.startsWith('labeler'))).toEqual([])
    expect(setting.blobs.size).toBe(0)
  })

  test('buys no labels while posting is stopped', async () => {
    const setting = fixture({ killSwitch: { state: async () => stoppedFor('locked') } })
    expect(await answer(setting)).toMatchObject({ kind: 'deferred', reason: 'stopped' })
    expect(setting.log.filter((entry) => entry.startsWith('labeler'))).toEqual([])
    expect([...setting.blobs.keys()]).not.toContain('photos/100/5001/labels.json')
  })
})

describe('known faults of the originals', () => {
  test('a labeler outage is never "you need to upload an image"', async () => {
    const setting = fixture({
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
    const setting = fixture()
    const bot = photoBot(setting.ports, { bot: BOT })
    await bot.handleTweet(tweet({ media: 'present', photos: [photo('a')] }))
    const slow = {
      ...setting.ports.blobs,
      removeAll: async () => {
        await new Promise((resolve) => setImmediate(resolve))
        removed = true
      },
    }
    await photoBot({ ...setting.ports, blobs: slow }, { bot: BOT }).runJob(KEY)
    expect(removed).toBe(true)
  })

  test('the reply goes to the tweet, not to the key of its photo', async () => {
    const setting = fixture()
    await answer(setting)
    expect(setting.log).toContainEqual(expect.stringMatching(/^social\.reply 5001 /))
  })
})
