/* What others wrote, on a terminal: a tweet must not hide a line, forge one, or turn one round. */

/** Shown in place of what a terminal would act on, or would not show. */
const HIDDEN = '\ufffd'

/** What `terminal.colours` writes: bold, dim, three colors, and their ends. No code that hides text is among them. */
const COLOUR = String.raw`\x1b\[(?:0|1|2|22|31|32|33|39)m`
/** Joins letters in some scripts, and the parts of an emoji. */
const JOINER = String.raw`(?<=[\p{Extended_Pictographic}\p{Emoji_Modifier}\ufe0f]|(?![\0-\x7f])[\p{L}\p{M}])[\u200c\u200d](?=[\p{Extended_Pictographic}\p{L}])`
/** Chooses between an emoji and a letter. */
const SELECTOR = String.raw`(?<=\p{Extended_Pictographic}|\p{Emoji_Modifier})[\ufe0e\ufe0f]|\ufe0f(?=\u20e3)`
const ACTING = String.raw`[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}\p{Default_Ignorable_Code_Point}\p{Noncharacter_Code_Point}]`

const harmless = (kept: string) => new RegExp(`(${kept}|${JOINER}|${SELECTOR})|${ACTING}`, 'gu')
const ours = harmless(String.raw`${COLOUR}|[\n\t]`)
const theirs = harmless(' ')
const lineBreaks = /\r\n|[\n\v\f\r\x85\u2028\u2029]/g

/** Text of this command, which may have lines and colors. All that is written to a terminal goes through here. */
export const harmlessText = (text: string): string =>
  text.replace(ours, (_, kept: string | undefined) => kept ?? HIDDEN)

/** A text that somebody else wrote, such as a tweet or the answer of a server, on one line. */
export const foreign = (text: string): string =>
  text
    .replace(lineBreaks, '↵')
    .replaceAll('\t', ' ')
    .replace(theirs, (_, kept: string | undefined) => kept ?? HIDDEN)

/** Lines that somebody else wrote, such as what a program printed: indented, so that none passes for one of ours. */
export const foreignLines = (text: string): string =>
  text
    .split(/\r?\n/)
    .map((line) => (line === '' ? '' : `  ${foreign(line)}`))
    .join('\n')

/** JSON that means the same and that a terminal only shows. */
export const harmlessJson = (json: string): string =>
  json.replace(new RegExp(ACTING, 'gu'), (found) =>
    Array.from({ length: found.length }, (_, at) => `\\u${found.charCodeAt(at).toString(16).padStart(4, '0')}`).join(
      '',
    ),
  )
