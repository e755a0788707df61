/** The length of the longest name, in words. */
const MOST_WORDS = 3

/**
 * Returns the kinds that a text names, in its order and each once. It matches whole words, singular or with an s, and
 * the longest name first ("golden retriever", not "retriever"). `kinds` is in lower case; the result is written like
 * labels.
 */
export function namesIn(text: string, kinds: { has(name: string): boolean }): readonly string[] {
  const words = text.toLowerCase().match(/[\p{L}\p{N}]+/gu) ?? []
  const found = new Set<string>()
  for (let at = 0; at < words.length; ) {
    const { name, length } = longestAt(words, at, kinds)
    if (name !== undefined) found.add(name)
    at += length
  }
  return [...found].map(asLabel)
}

function longestAt(words: readonly string[], at: number, kinds: { has(name: string): boolean }) {
  for (let length = Math.min(MOST_WORDS, words.length - at); length > 0; length--) {
    const phrase = words.slice(at, at + length).join(' ')
    const name = [phrase, phrase.replace(/s$/, ''), phrase.replace(/es$/, '')].find((form) => kinds.has(form))
    if (name !== undefined) return { name, length }
  }
  return { name: undefined, length: 1 }
}

const asLabel = (name: string) => name.replace(/(^| )\p{L}/gu, (letter) => letter.toUpperCase())
