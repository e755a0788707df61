/** The functions that are used of X's own library, which ships no types. */
declare module 'twitter-text' {
  const twitterText: {
    extractUrls(text: string): readonly string[]
    parseTweet(text: string): { readonly weightedLength: number; readonly valid: boolean }
    extractMentionsWithIndices(
      text: string,
    ): readonly { readonly screenName: string; readonly indices: readonly [number, number] }[]
  }
  export = twitterText
}
