/**
 * The most characters of an image's alt text. Source: X's OpenAPI description 2.167,
 * CreateMediaMetadataMetadataAltText.
 */
const MOST = 1000

/**
 * Says what is wrong with an image's alt text and what to do. `undefined` if it can be posted: it has 1 to 1,000
 * characters.
 */
export function altTextFault(alt: string): string | undefined {
  if (alt.trim() === '') return 'The image has no alt text. Say what it shows, for those who cannot see it.'
  const length = Array.from(alt).length
  return length > MOST
    ? `The alt text has ${length} characters, and X takes at most ${MOST}. Use fewer words.`
    : undefined
}
