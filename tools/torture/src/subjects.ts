import type { Definition } from '@hexbird/core'
import { bot as chart } from './bots/chart.js'
import { bot as dice } from './bots/dice.js'
import { bot as photo } from './bots/photo.js'
import { type Guards, weakenedBy } from './guards.js'
import type { SubjectName } from './subject-names.js'

/** A bot under torture, and what its people want of it. */
export interface Subject {
  readonly definition: Definition
  /** What somebody tweets, of which there are a few kinds. */
  readonly asks: (nth: number) => string
  /** How many photos come along with it. */
  readonly photos: 0 | 1
  /** In micro-dollars: enough for two of the first kind, and not for three. */
  readonly enoughForTwo: number
  /** X takes the same words twice, so that nothing but the bot's own care keeps it from a second reply. */
  readonly forgetsWords: boolean
  /** How many images each of its replies is to have. */
  readonly images: number
}

export const SUBJECTS = {
  photo: {
    definition: photo,
    asks: () => '@hexbird what is this?',
    photos: 1,
    enoughForTwo: 48_000,
    forgetsWords: true,
    images: 0,
  },
  dice: {
    definition: dice,
    asks: (nth) => (nth % 2 === 0 ? '@hexbird roll' : '@hexbird hello'),
    photos: 0,
    enoughForTwo: 25_000,
    forgetsWords: false,
    images: 0,
  },
  chart: {
    definition: chart,
    asks: (nth) => (nth % 2 === 0 ? '@hexbird chart 3 1 2' : '@hexbird draw me something'),
    photos: 0,
    enoughForTwo: 25_000,
    forgetsWords: false,
    images: 1,
  },
} as const satisfies Record<SubjectName, Subject>

/** What every part is told: which bot, and what it must do without. */
export interface Common {
  readonly bot: SubjectName
  readonly seed: number
  readonly removed: Guards
}

/** What a fixture is told of it. X's own rule would stand in for a guard that is removed. */
export function fixtureOf({ bot, seed, removed }: Common) {
  const { definition, forgetsWords, images } = SUBJECTS[bot]
  return { definition, images, seed, weaken: weakenedBy(removed), forgetsWords: forgetsWords || removed.size > 0 }
}

/** The subject, as parts read it. */
export const subjectOf = ({ bot }: Pick<Common, 'bot'>): Subject => SUBJECTS[bot]
