import { counted } from '../counted.js'
import { foreign } from '../foreign.js'

/** What is asked of a bot where nobody says otherwise. */
export const question = (bot: string): string => `@${bot} what is this?`

/** A tweet and how many photos it has, as one line. */
export const tweetedLine = (author: string, text: string, { length }: readonly unknown[]): string =>
  `@${foreign(author)} tweets: ${foreign(text)}${length === 0 ? '' : ` (${counted(length, 'photo')})`}`

/** Why the bot hears nothing of a tweet that does not name it, and what to type. */
export const notMentioned = (bot: string, text: string): string =>
  `The tweet does not mention @${bot}, so X does not deliver it to the bot. Pass --text ${JSON.stringify(`@${bot} ${text.replace(/^@\w+ ?/, '')}`)}`
