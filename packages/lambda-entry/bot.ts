import { animalRules, photoReplies } from '@hexbird/core'

/** What the bot does: the place for your own. */
export default photoReplies(animalRules)
