import { lazy } from '../util/lazy.js'
import { normalized } from './weighted-length.js'

/** The highest weighted length that X allows. Source: https://docs.x.com/fundamentals/counting-characters */
export const MAX_WEIGHT = 280

/** In UTF-16 units: an emoji sequence has up to 15, and a weight of 2. */
const LONGEST_GRAPHEME = 15

/** A text with more UTF-16 units than this never fits. */
export const MOST_UNITS = (MAX_WEIGHT / 2) * LONGEST_GRAPHEME

/** Marks a text that was cut. It is removed from labels, so that a whole label never looks like a cut one. */
export const CUT = '…'

/** The weight that a reply reserves for its labels: one grapheme of only heavy characters, and `CUT`. */
export const LABEL_ROOM = 2 * LONGEST_GRAPHEME + 2

/** The characters that begin a mention, hashtag or cashtag, and their look-alikes that software may treat the same. */
const signs = '@\uff20\ufe6b#\uff03\ufe5f$\uff04\ufe69'
/** The separators of a host name: for X (the first), for browsers, or after compatibility mapping. */
const dots = '.\u3002\uff0e\uff61\ufe12\ufe52\u2024'
/**
 * What turns the words around it into an entity: a sign, `://`, or a dot before a letter or digit, except within a
 * number.
 */
const joints = String.raw`[${dots}](?=[\p{L}\p{N}\p{M}])(?!(?<=[0-9]\.)[0-9])|[${signs}]|://`

const plain = /^[A-Za-z0-9]+(?:(?:\.? |[-'])[A-Za-z0-9]+)*$/

const patterns = lazy(() => ({
  /** Formatting, direction marks and zero-width characters. `$1` captures what holds an emoji together, to keep it. */
  invisible: new RegExp(
    String.raw`(\u200d(?<=\p{Extended_Pictographic}[\ufe0f\p{Emoji_Modifier}]?\u200d)(?=\p{Extended_Pictographic})` +
      String.raw`|\ufe0f(?:(?<=\p{Extended_Pictographic}\ufe0f)|(?=\u20e3)))` +
      String.raw`|[\p{Cf}\p{Cs}\p{Default_Ignorable_Code_Point}\p{Noncharacter_Code_Point}]`,
    'gu',
  ),
  separators: new RegExp(String.raw`(?:${joints}|${CUT}|[\s\p{Cc}])+`, 'gu'),
  /** Dots at the edges count too, because they would touch the words around a label. */
  risky: new RegExp(`${joints}|^[${dots}]|[${dots}]$`, 'u'),
  loneMarks: /(?<= )[\p{M}\p{Emoji_Modifier}]+/gu,
  edges: new RegExp(`^[ ${dots}\\p{M}\\p{Emoji_Modifier}]+|(?<![ ${dots}])[ ${dots}]+$`, 'gu'),
  meaning: /[\p{L}\p{N}\p{Extended_Pictographic}\p{Regional_Indicator}]/u,
}))

/** Segments by graphemes, which is the default. */
const segmenter = lazy(() => new Intl.Segmenter('en'))

/** Splits a text into graphemes, the characters that a reader sees. */
export function graphemes(text: string): readonly string[] {
  return Array.from(segmenter().segment(text), ({ segment }) => segment)
}

/** Cuts a name to what can fit into a reply, because some of the later steps are slow for long texts. */
export const beginningOf = (name: string): string => name.slice(0, MOST_UNITS)

/**
 * Makes a label safe for a reply: on one line, visible, and never a mention, hashtag, cashtag or URL or part of one,
 * regardless of the text around it, even in its compatibility form (NFKC). Empty if nothing meaningful is left, or
 * nothing that fits. Only the first 2,100 UTF-16 units of the name count.
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

/**
 * If the compatibility form of a text would contain an entity, uses that form instead, after making it readable too.
 */
function withoutHiddenJoints(text: string): string {
  const compatible = compatibilityForm(text)
  return compatible !== text && patterns().risky.test(compatible) ? readable(beginningOf(compatible)) : text
}

/** Returns the NFKC form, in which circled letters, ligatures and wide dots become plain ones. */
export const compatibilityForm = (text: string): string => (ascii.test(text) ? text : normalized(text, 'NFKC'))

const ascii = /^[\0-\x7f]*$/

/** Whether neither end merges with the text beside it into one grapheme, and the first grapheme fits with `CUT`. */
function standsAlone(text: string): boolean {
  const segments = segmenter().segment(` ${text},`)
  const lengthAt = (index: number) => segments.containing(index)?.segment.length ?? 0
  return lengthAt(0) === 1 && lengthAt(1) <= LONGEST_GRAPHEME && lengthAt(text.length + 1) === 1
}

const sign = new RegExp(`[${signs}]`)

/** Finds the first mention sign, hash or dollar sign, or one of their look-alikes. */
export function findSign(text: string): string | undefined {
  return sign.exec(text)?.[0]
}

const joined = new RegExp(`://|[${dots}]\\S`)
const link = lazy(() => new RegExp(`://|[^\\s.]\\.[\\p{L}\\p{M}]{2}|[A-Za-z0-9][${dots.slice(1)}][A-Za-z0-9]{2}`, 'u'))

/**
 * Finds the first thing in a text that is or looks like a URL, also in the compatibility form. Two letters right after
 * a dot count as a top-level domain, because X may add it at any time.
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
