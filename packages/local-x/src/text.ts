import twitterText from 'twitter-text'

/** Length as X counts it, by X's own library. `valid` is false for empty text, forbidden characters and over 280. */
export function measure(text: string): { readonly weightedLength: number; readonly valid: boolean } {
  const { weightedLength, valid } = twitterText.parseTweet(text)
  return { weightedLength, valid }
}

/** Whether X takes a part of the text for a link. */
export function hasLink(text: string): boolean {
  return twitterText.extractUrls(text).length > 0
}

/** X counts positions in code points, in both dialects. */
export function codePoints(text: string): number {
  return Array.from(text).length
}

export function sliceCodePoints(text: string, start: number, end?: number): string {
  return Array.from(text).slice(start, end).join('')
}

export function findMentions(text: string): readonly { username: string; start: number; end: number }[] {
  return twitterText.extractMentionsWithIndices(text).map(({ screenName, indices: [from, to] }) => {
    const start = codePoints(text.slice(0, from))
    return { username: screenName, start, end: start + codePoints(text.slice(from, to)) }
  })
}
