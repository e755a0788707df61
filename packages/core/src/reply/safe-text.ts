import { lazy } from '../util/lazy.js'
import { normalized } from './weighted-length.js'

/** The most a text may weigh on X. Source: https://docs.x.com/fundamentals/counting-characters */
export const MAX_WEIGHT = 280

/** In UTF-16 units: emoji sequences have up to 15 of them, for a weight of 2. */
const LONGEST_GRAPHEME = 15

/** No text of more UTF-16 units fits. */
export const MOST_UNITS = (MAX_WEIGHT / 2) * LONGEST_GRAPHEME

/** The sign that a label was cut. No label has it of its own, so that a cut label never reads like a whole one. */
export const CUT = '…'

/** What a reply keeps free for its labels: the first grapheme of one, heavy throughout, and the sign of the cut. */
export const LABEL_ROOM = 2 * LONGEST_GRAPHEME + 2

/** What begins a mention, a hashtag or a cashtag, and the forms that software may take for it. */
const signs = '@\uff20\ufe6b#\uff03\ufe5f$\uff04\ufe69'
/** What separates the parts of a host name, for X (the first), for a browser, or after compatibility mapping. */
const dots = '.\u3002\uff0e\uff61\ufe12\ufe52\u2024'
/** What makes an entity of the words around it: a dot that a letter or a digit follows, but for the one in a number. */
const joints = String.raw`[${dots}](?=[\p{L}\p{N}\p{M}])(?!(?<=[0-9]\.)[0-9])|[${signs}]|://`

const plain = /^[A-Za-z0-9]+(?:(?:\.? |[-'])[A-Za-z0-9]+)*$/

const patterns = lazy(() => ({
  /** Formatting, direction and width zero. Kept, as `$1`, is what holds an emoji together. */
  invisible: new RegExp(
    String.raw`(\u200d(?<=\p{Extended_Pictographic}[\ufe0f\p{Emoji_Modifier}]?\u200d)(?=\p{Extended_Pictographic})` +
      String.raw`|\ufe0f(?:(?<=\p{Extended_Pictographic}\ufe0f)|(?=\u20e3)))` +
      String.raw`|[\p{Cf}\p{Cs}\p{Default_Ignorable_Code_Point}\p{Noncharacter_Code_Point}]`,
    'gu',
  ),
  separators: new RegExp(String.raw`(?:${joints}|${CUT}|[\s\p{Cc}])+`, 'gu'),
  /** The edges count too: no dot may touch the words around a label. */
  risky: new RegExp(`${joints}|^[${dots}]|[${dots}]$`, 'u'),
  loneMarks: /(?<= )[\p{M}\p{Emoji_Modifier}]+/gu,
  edges: new RegExp(`^[ ${dots}\\p{M}\\p{Emoji_Modifier}]+|(?<![ ${dots}])[ ${dots}]+$`, 'gu'),
  meaning: /[\p{L}\p{N}\p{Extended_Pictographic}\p{Regional_Indicator}]/u,
}))

/** By graphemes, as a segmenter does unless it is told otherwise. */
const segmenter = lazy(() => new Intl.Segmenter('en'))

/** What a reader takes for the characters of a text. */
export function graphemes(text: string): readonly string[] {
  return Array.from(segmenter().segment(text), ({ segment }) => segment)
}

/** The part of a name that is looked at. What follows is in no reply, and some of the steps take long for long texts. */
export const beginningOf = (name: string): string => (name.length > MOST_UNITS ? name.slice(0, MOST_UNITS) : name)

/**
 * A label as a reply may show it: on one line, visible, and never a mention, hashtag, cashtag or URL, nor a part of
 * one, whatever stands around it, and neither in its compatibility form (NFKC). Empty if nothing is left that says
 * something or that a reply has room for. Depends on the first 2,100 UTF-16 units of the name alone.
 */
export function labelText(name: string): string {
  const beginning = beginningOf(name)
  if (plain.test(beginning)) return beginning
  const text = withoutHiddenJoints(readable(beginning))
  return patterns().meaning.test(text) && standsAlone(text) ? text : ''
}

function readable(text: string): string {
  const { invisible, separators, loneMarks, edges } = patterns()
  return normalized(text.replace(invisible, '$1'))
    .replace(separators, ' ')
    .replace(loneMarks, '')
    .replace(edges, '')
    .replace(/ {2,}/g, ' ')
}

/** A text whose compatibility form would hold an entity is replaced by that form, made readable in its turn. */
function withoutHiddenJoints(text: string): string {
  const compatible = compatibilityForm(text)
  return compatible !== text && patterns().risky.test(compatible) ? readable(beginningOf(compatible)) : text
}

/** What software sees that takes circled letters, ligatures and wide dots for plain ones. */
export const compatibilityForm = (text: string): string => (ascii.test(text) ? text : normalized(text, 'NFKC'))

const ascii = /^[\0-\x7f]*$/

/** Neither end joins what is written beside it to one grapheme, and the first grapheme leaves room for the cut. */
function standsAlone(text: string): boolean {
  const segments = segmenter().segment(` ${text},`)
  const lengthAt = (index: number) => segments.containing(index)?.segment.length ?? 0
  return lengthAt(0) === 1 && lengthAt(1) <= LONGEST_GRAPHEME && lengthAt(text.length + 1) === 1
}

const sign = new RegExp(`[${signs}]`, 'u')

/** The first mention sign, hash or dollar sign in a text that must not hold any. */
export function findSign(text: string): string | undefined {
  return sign.exec(text)?.[0]
}

const joined = new RegExp(`://|[${dots}]\\S`)
const link = lazy(() => new RegExp(`://|[^\\s.]\\.[\\p{L}\\p{M}]{2}|[A-Za-z0-9][${dots.slice(1)}][A-Za-z0-9]{2}`, 'u'))

/**
 * The first thing in a text that is, or looks like, a URL, also in its compatibility form: two letters right behind a
 * dot are a top-level domain, whether X knows it already or not.
 */
export function findLink(text: string): string | undefined {
  return linkIn(text) ?? linkIn(compatibilityForm(text))
}

function linkIn(text: string): string | undefined {
  const found = joined.test(text) ? link().exec(text) : null
  if (!found) return undefined
  const start = text.slice(0, found.index).search(/(?<!\S)\S*$/u)
  return text.slice(start, found.index + found[0].length)
}
