import type { Limits } from '@hexbird/core'
import type { RuleName } from '@hexbird/prove'
import { proveWeakened } from '@hexbird/prove/harness'
import { expect, test } from '@jest/globals'
import { type Guard, weakenedBy } from '../src/guards.js'
import type { SubjectName } from '../src/subject-names.js'
import { SUBJECTS } from '../src/subjects.js'

/* Each guard of core is found by prove where it is gone. Signing in, the stream and what answers the webhook are no bot's. */

/** So little money that a flood of mentions, listed by sweeps, takes all of it. */
const LITTLE: Partial<Limits> = { perDay: 110_000, perAuthorPerDay: 50_000, sweepPerDay: 40_000 }

const MISSED = 'a-reply-in-the-end'

// The rest parameter keeps Jest from taking a missing budget for a callback.
test.each<[SubjectName, Guard, RuleName, Partial<Limits>?]>([
  ['photo', 'settle', 'one-reply'],
  ['dice', 'claim', 'one-reply'],
  ['photo', 'look', 'one-reply'],
  ['photo', 'dialects', 'one-reply'],
  ['dice', 'first-id', 'one-reply'],
  ['dice', 'too-old', 'one-reply'],
  ['photo', 'release-photos', 'left-behind'],
  ['photo', 'job-last', 'left-behind'],
  ['dice', 'accept', MISSED],
  ['dice', 'retry', MISSED],
  ['dice', 'sweep', MISSED],
  ['dice', 'opt-out', 'opted-out'],
  ['dice', 'budget', 'budget'],
  ['dice', 'sweep-share', MISSED, LITTLE],
  ['dice', 'cap', 'loop'],
  ['dice', 'put-off', MISSED],
  ['photo', 'call', MISSED],
  ['dice', 'waits', 'waits'],
  ['dice', 'strikes', 'insistent'],
  ['dice', 'in-doubt', 'soon'],
  ['dice', 'overlap', MISSED],
  ['dice', 'long', MISSED],
  ['photo', 'labels', 'right-photo'],
  ['chart', 'images', 'images'],
  ['dice', 'reset', 'waits'],
  ['dice', 'kill-switch', 'waits'],
])('prove finds the %s bot without the guard “%s”: %s', async (...[bot, guard, rule, budget]) => {
  const { definition } = SUBJECTS[bot]
  const options = { seed: 1, quick: true, ...(budget && { budget }) }
  const { broken } = await proveWeakened(definition, weakenedBy(new Set([guard])), options)
  expect(broken.map((one) => one.rule)).toContain(rule)
})
