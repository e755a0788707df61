import { LABEL_PHOTOS } from '../domain/job.js'
import type { Definition } from './definition.js'

/** What a bot needs of whatever runs it, besides what every bot needs. */
export interface BotNeeds {
  /** A place for jobs: it has work that is done later. */
  readonly jobs: boolean
  /** That its jobs may store a job in their own place: some are its author's. */
  readonly jobsInJobs: boolean
  /** A place for photos until they are labelled. */
  readonly photos: boolean
  /** A labeler: it has photos labelled, and brings none of its own. */
  readonly labeler: boolean
}

/** Derives a bot's needs from its definition. */
export function needsOf({ steps, jobs }: Pick<Definition, 'steps' | 'jobs'>): BotNeeds {
  const labelling = steps.map(({ run }) => run).filter(({ labels }) => labels)
  return {
    jobs: jobs.length > 0,
    jobsInJobs: jobs.some(({ name }) => name !== LABEL_PHOTOS),
    photos: labelling.length > 0,
    labeler: labelling.some(({ hasLabeler }) => !hasLabeler),
  }
}
