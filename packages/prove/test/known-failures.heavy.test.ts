import { expect, test } from '@jest/globals'
import { prove, type RuleName, replay, type Subject } from '../src/index.js'
import { coarseDedupe } from './known-failures/coarse-dedupe.js'
import { implicitMentions } from './known-failures/implicit-mentions.js'
import { oldMentions } from './known-failures/old-mentions.js'
import { restartRepliesTwice } from './known-failures/restart-replies-twice.js'
import { sameWords } from './known-failures/same-words.js'

const MINUTE = 60_000

/** Milliseconds that this process has had: what else runs on this machine does not count. */
function cpuTime(): number {
  const { user, system } = process.cpuUsage()
  return (user + system) / 1000
}

const failures: readonly (readonly [name: string, subject: Subject, rule: RuleName, cause: RegExp])[] = [
  ['a restart replies twice', restartRepliesTwice, 'one-reply', /The process crashed/],
  ['a coarse dedupe drops mentions', coarseDedupe, 'a-reply-in-the-end', /without a reply and without a reason/],
  ['the same words again and again', sameWords, 'insistent', /duplicate/],
  ['old mentions are answered at a start', oldMentions, 'one-reply', /The process crashed/],
  ['an implicit mention is answered', implicitMentions, 'summoned', /who did not ask/],
]

test.each(failures)('%s: is found within a minute, and the story names the cause', async (_, subject, rule, cause) => {
  const began = cpuTime()
  const { broken } = await prove(subject, { seed: 1 })
  expect(cpuTime() - began).toBeLessThan(MINUTE)
  const found = broken.find((one) => one.rule === rule)
  expect([rule, found?.story]).toEqual([rule, expect.stringMatching(cause)])
  // Smaller than this nobody could tell it.
  expect(found?.replay.conversation.length).toBeLessThan(6)
  expect(found?.replay.faults.length).toBeLessThan(3)
  expect((await replay(subject, found?.replay as NonNullable<typeof found>['replay']))?.rule).toBe(rule)
})
