/**
 * Plants instead of animals, in English and in German: whoever tweets in German is answered in German, all others in
 * English.
 *
 * @type {import('@hexbird/core').ReplyRules}
 */
export const rules = {
  matches: ['Plant', 'Tree', 'Flower', 'Vegetation'],
  maxLabels: 8,
  minConfidence: 75,
  mentionAuthor: false,
  language: 'en',
  texts: {
    en: {
      match: [
        'That is green, {author}! I can see: {labels}.',
        'Lovely, {author}. Growing there: {labels}.',
        'A photo after my own heart, {author}: {labels}.',
      ],
      other: ['Nothing green that I can see, {author}, only: {labels}.', 'No plants, {author}? I see: {labels}.'],
      nothing: ['I could not make out anything on it, {author}.', 'Too blurred for a gardener, {author}.'],
      noPhoto: ['Show me a plant, {author}!', 'I know plants when I see them, {author}. Send me a photo.'],
      someone: 'gardener',
    },
    de: {
      match: [
        'Wie das grünt, {author}! Ich sehe: {labels}.',
        'Schön, {author}. Da wächst: {labels}.',
        'Ein Bild nach meinem Herzen, {author}: {labels}.',
      ],
      other: ['Nichts Grünes, {author}, aber: {labels}.', 'Keine Pflanzen, {author}? Ich sehe: {labels}.'],
      nothing: ['Darauf konnte ich nichts erkennen, {author}.', 'Für einen Gärtner zu unscharf, {author}.'],
      noPhoto: [
        'Zeig mir eine Pflanze, {author}!',
        'Ich kenne Pflanzen, wenn ich sie sehe, {author}. Schick mir ein Foto.',
      ],
      someone: 'Gartenfreund',
    },
  },
}
