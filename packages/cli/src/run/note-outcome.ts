import type { EventOutcome, Tweet } from '@hexbird/core'

/** Shows on the page of a local X, and to `hexbird tweet --wait`, what becomes of each tweet. The real X is told nothing. */
export function noteAtLocalX(origin: string | undefined): (tweet: Tweet, outcome: EventOutcome) => void {
  if (origin === undefined) return () => {}
  // One after the other: the last one counts.
  let noted: Promise<unknown> = Promise.resolve()
  return ({ id }, outcome) => {
    // A tweet that came twice: what became of it was noted the first time.
    if ('reason' in outcome && outcome.reason === 'already-handled') return
    const body = JSON.stringify({
      tweetId: id,
      kind: outcome.kind,
      ...('reason' in outcome && { reason: outcome.reason }),
    })
    const headers = { 'content-type': 'application/json' }
    // The bot's work does not depend on it.
    noted = noted.then(() => fetch(`${origin}/_local/outcomes`, { method: 'POST', headers, body })).catch(() => {})
  }
}
