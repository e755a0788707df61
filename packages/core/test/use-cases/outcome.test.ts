import { expect, test } from '@jest/globals'
import { handledOf } from '../../src/host/index.js'

test('what has to wait comes again at its time, and everything else is done', () => {
  expect(handledOf({ kind: 'deferred', reason: 'busy', until: 5_000, detail: '' })).toEqual({ retryAt: 5_000 })
  expect(handledOf({ kind: 'job-stored', jobKey: 'jobs/1/2.json' })).toBe('done')
  expect(handledOf({ kind: 'passed-over', name: 'tweet-deleted' })).toBe('done')
})
