import { describe, expect, test } from '@jest/globals'
import { needsOf } from '../../src/host/index.js'
import { animalRules, defineBot, job, photoReplies } from '../../src/index.js'

const NOTHING = { jobs: false, jobsInJobs: false, photos: false, labeler: false }
const later = job('later', () => {})
const labeler = { label: async () => ({ kind: 'labels' as const, labels: [] }) }

describe('what a bot needs', () => {
  test.each([
    ['words alone', defineBot().on('tweet', () => {}), NOTHING],
    ['photos that it looks at itself', defineBot().on('tweet:photo', () => {}), NOTHING],
    ['a job', defineBot().job(later), { ...NOTHING, jobs: true, jobsInJobs: true }],
    ['photos', photoReplies(animalRules), { ...NOTHING, jobs: true, photos: true, labeler: true }],
    ['photos and a labeler', photoReplies(animalRules, { labeler }), { ...NOTHING, jobs: true, photos: true }],
    [
      'photos beside a job',
      defineBot().job(later).use(photoReplies(animalRules)),
      { jobs: true, jobsInJobs: true, photos: true, labeler: true },
    ],
  ])('of %s', (_, bot, needs) => {
    expect(needsOf(bot)).toEqual(needs)
  })
})
