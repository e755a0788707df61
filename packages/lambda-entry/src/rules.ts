import { animalRules, type ReplyRules } from '@hexbird/core'

/** What counts and what is said: the place for your own rules. */
export const rules: ReplyRules = animalRules
