/**
 * What your bot looks for and what it says: data, and yours to change. `npm start` takes up changes while it runs.
 *
 * @type {import('@hexbird/core').ReplyRules}
 */
export const rules = {
  // A photo counts where one of these is recognised on it, or something that is a kind of one.
  matches: ['Bird'],
  maxLabels: 5,
  // A percentage.
  minConfidence: 85,
  // Whether a reply says @alice. X shows whom a reply is to anyway.
  mentionAuthor: false,
  language: 'en',
  texts: {
    // At least two variants of each, so that honest repeats are not duplicates for X.
    en: {
      match: [
        'What a bird, {author}! I can see: {labels}.',
        'A bird, {author}, how nice! This is what I see: {labels}.',
      ],
      other: [
        'No bird that I can see, {author}, but this: {labels}.',
        'I looked for a bird, {author}, and saw: {labels}.',
      ],
      nothing: ['I could not recognize anything on it, {author}.', 'This one is too hard for me, {author}.'],
      noPhoto: [
        'Show me a photo, {author}, and I will look for a bird.',
        'I look for birds on photos, {author}. Send me one!',
      ],
      someone: 'friend',
    },
  },
}
