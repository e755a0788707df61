import { LABEL_PHOTOS } from '../domain/job.js'
import type { Definition } from './definition.js'

/** What a bot needs from its host, beyond what every bot needs. */
export interface BotNeeds {
  /** A place for jobs, because it defers work. */
  readonly jobs: boolean
  /** Permission for jobs to store jobs, because it has jobs besides the built-in one. */
  readonly jobsInJobs: boolean
  /** A place for photos until they are labeled. */
  readonly photos: boolean
  /** A labeler, because it labels photos and has no labeler of its own. */
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
