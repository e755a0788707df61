import type { EventOutcome, Tweet } from '@hexbird/core'
import type { BotNote } from '@hexbird/local-x'
import { toldOutcome } from '../outcome-words.js'

/** Shows on the page of a local X, and to `hexbird tweet --wait`, what becomes of each tweet. The real X is told nothing. */
export function noteAtLocalX(origin: string | undefined): (tweet: Tweet, outcome: EventOutcome) => void {
  if (origin === undefined) return () => {}
  // One after the other: the last one counts.
  let noted: Promise<unknown> = Promise.resolve()
  return (tweet, outcome) => {
    // A tweet that came twice: what became of it was noted the first time.
    if ('reason' in outcome && outcome.reason === 'already-handled') return
    noted = noted.then(() => send(origin, 'POST', 'outcomes', { tweetId: tweet.id, ...toldOutcome(outcome, tweet) }))
  }
}

/** Shows on the page of a local X what the bot tells of itself. */
export async function noteBotAtLocalX(origin: string | undefined, note: BotNote): Promise<void> {
  if (origin !== undefined) await send(origin, 'PUT', 'bot', note)
}

/** The bot's work does not depend on it. */
async function send(origin: string, method: string, path: string, body: object): Promise<void> {
  const headers = { 'content-type': 'application/json' }
  await fetch(`${origin}/_local/${path}`, { method, headers, body: JSON.stringify(body) }).catch(() => {})
}
