/**
 * What your bot looks for and what it replies. Change it as you like: `npm start` reloads the rules.
 *
 * @type {import('@hexbird/core').ReplyRules}
 */
export const rules = {
  // A photo matches if one of these is a label, or a parent of a label.
  matches: ['Bird'],
  maxLabels: 5,
  // In percent.
  minConfidence: 85,
  // Whether replies mention the author as @alice. X shows who a reply is to in any case.
  mentionAuthor: false,
  language: 'en',
  texts: {
    // Write at least two variants of each text, because X refuses duplicates.
    en: {
      match: [
        'What a bird, {author}! I can see: {labels}.',
        'A bird, {author}, how nice! This is what I see: {labels}.',
      ],
      other: [
        'No bird that I can see, {author}, but this: {labels}.',
        'I looked for a bird, {author}, and saw: {labels}.',
      ],
      nothing: ['I could not recognize anything in it, {author}.', 'This one is too hard for me, {author}.'],
      noPhoto: [
        'Show me a photo, {author}, and I will look for a bird.',
        'I look for birds in photos, {author}. Send me one!',
      ],
      someone: 'friend',
    },
  },
}
