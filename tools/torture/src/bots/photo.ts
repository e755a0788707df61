import { animalRules, photoReplies } from '@hexbird/core'

/** Says which animals are in a photo. */
export const bot = photoReplies(animalRules)
