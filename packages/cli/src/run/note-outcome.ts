import type { Tweet } from '@hexbird/core'
import type { BotNote } from '@hexbird/local-x'
import type { ToldOutcome } from '../outcome-words.js'

/** Shows on the page of a local X, and to `hexbird tweet --wait`, what becomes of each tweet. The real X is told nothing. */
export function noteAtLocalX(origin: string | undefined): (tweet: Tweet, outcome: ToldOutcome) => void {
  if (origin === undefined) return () => {}
  // One after the other: the last one counts.
  let noted: Promise<unknown> = Promise.resolve()
  return (tweet, outcome) => {
    noted = noted.then(() => send(origin, 'POST', 'outcomes', { tweetId: tweet.id, ...outcome }))
  }
}

/** Shows on the page of a local X what the bot tells of itself. */
export async function noteBotAtLocalX(origin: string | undefined, note: BotNote): Promise<void> {
  if (origin !== undefined) await send(origin, 'PUT', 'bot', note)
}

/** Tries twice, because a local X may just be closing the connection. The bot's work does not depend on it. */
async function send(origin: string, method: string, path: string, body: object): Promise<void> {
  const headers = { 'content-type': 'application/json' }
  const once = () =>
    fetch(`${origin}/_local/${path}`, {
      method,
      headers,
      body: JSON.stringify(body),
      signal: AbortSignal.timeout(5000),
    })
  await once()
    .catch(once)
    .catch(() => {})
}
