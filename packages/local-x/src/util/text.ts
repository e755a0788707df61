import twitterText from 'twitter-text'

/** Length as X counts it, by X's own library. `valid` is false for empty text, forbidden characters and over 280. */
export function measure(text: string): { readonly weightedLength: number; readonly valid: boolean } {
  const { weightedLength, valid } = twitterText.parseTweet(text)
  return { weightedLength, valid }
}

/** The longest text, by weight, that X takes from most accounts, and from Premium ones: help.x.com/using-x/x-premium. */
export const LENGTHS = { usual: 280, premium: 25_000 } as const

/** As X writes a text in its answers and events: docs.x.com/x-api/fundamentals/data-dictionary shows `&amp;`. */
export function escaped(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;')
}

export function unescaped(text: string): string {
  return text.replaceAll('&lt;', '<').replaceAll('&gt;', '>').replaceAll('&amp;', '&')
}

/** Where a position of the text is in its escaped form: X's positions count there (Twitter4J issue 349). */
export function escapedPosition(text: string, position: number): number {
  return /[&<>]/.test(text) ? codePoints(escaped(sliceCodePoints(text, 0, position))) : position
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
