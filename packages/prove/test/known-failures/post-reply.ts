/** Replies at X without hexbird. Gives the status of X's answer. */
export async function postReply(fetch: typeof globalThis.fetch, to: string, text: string): Promise<number> {
  const { status } = await fetch('https://api.x.com/2/tweets', {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ text, reply: { in_reply_to_tweet_id: to } }),
  })
  return status
}
