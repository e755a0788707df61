import type { EventOutcome } from '@hexbird/core'
import { expect, test } from '@jest/globals'
import { outcomeInWords, toldOutcome } from '../src/outcome-words.js'

const NONE = { photos: [] }
const PHOTO = { photos: [{ url: 'https://pbs.twimg.com/media/a.jpg' }] }
const full = (window: string) => `The window ${window} has no room until 2026-12-01T00:00:00.000Z.`

test.each<[EventOutcome, typeof NONE | typeof PHOTO, string]>([
  [{ kind: 'replied', replyId: '1', text: 'A dog.', labels: [] }, PHOTO, 'replied'],
  [{ kind: 'job-stored', jobKey: 'jobs/1/2.json' }, PHOTO, 'photo stored, looking…'],
  [
    { kind: 'job-stored', jobKey: 'jobs/1/2.json' },
    { photos: [...PHOTO.photos, ...PHOTO.photos] },
    'photos stored, looking…',
  ],
  [{ kind: 'job-stored', jobKey: 'jobs/1/2.json' }, NONE, 'working on it…'],
  [{ kind: 'ignored', reason: 'retweet' }, NONE, 'ignored: it is a retweet'],
  [
    { kind: 'ignored', reason: 'over-budget', detail: full('author:7:2026-11-30') },
    NONE,
    'ignored: over the daily limit of one author, resets at 00:00 UTC',
  ],
  [
    { kind: 'ignored', reason: 'over-budget', detail: full('day:2026-11-30') },
    NONE,
    "ignored: over the bot's daily limit, resets at 00:00 UTC",
  ],
  [
    { kind: 'ignored', reason: 'conversation-limit', detail: full('conversation:with-7:2026-11-30') },
    NONE,
    'ignored: over the daily limit of one conversation, resets at 00:00 UTC',
  ],
  [{ kind: 'ignored', reason: 'over-budget' }, NONE, 'ignored: the budget for today, or for its author, is used up'],
  [{ kind: 'ignored', reason: 'skipped', detail: 'nothing to count' }, NONE, 'ignored: nothing to count'],
  [{ kind: 'ignored', reason: 'skipped', detail: '' }, NONE, 'ignored: a handler ended without replying'],
  [
    { kind: 'ignored', reason: 'skipped', detail: 'The handler did not reply.' },
    NONE,
    'ignored: the handler did not reply',
  ],
  [{ kind: 'deferred', reason: 'unreachable', until: 1, detail: '503' }, NONE, 'waiting: X cannot be reached'],
  [{ kind: 'deferred', reason: 'ambiguous', until: 1, detail: 'ECONNRESET' }, NONE, 'a reply may have been posted'],
  [{ kind: 'refused', reason: 'reply-not-allowed', detail: '403' }, NONE, 'refused: X does not allow this reply'],
  [{ kind: 'unresolved', detail: '?' }, NONE, 'unresolved: a reply may have been posted, and was not found'],
])('%j is told in words', (outcome, tweet, words) => {
  expect(outcomeInWords(outcome, tweet)).toBe(words)
})

test('what waits is told with the time of the next try, and with its code for programs', () => {
  const outcome = { kind: 'deferred', reason: 'unreachable', until: 1234, detail: '503' } as const
  expect(toldOutcome(outcome, NONE)).toEqual({
    kind: 'deferred',
    reason: 'unreachable',
    detail: '503',
    text: 'waiting: X cannot be reached',
    retryAt: 1234,
  })
})
