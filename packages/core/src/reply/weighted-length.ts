import { lazy } from '../util/lazy.js'
import { asciiEndings, emojiSequence, otherEndings } from './weighted-length-tables.js'

/** UTF-16 indices into the NFC form of a text; `end` is exclusive. */
export interface TextSpan {
  readonly start: number
  readonly end: number
}

const URL_WEIGHT = 23
const EMOJI_WEIGHT = 2
const MAX_URL_LENGTH = 4096
const MAX_HOST_LABEL_LENGTH = 63
const MAX_TCO_SLUG_LENGTH = 40
/** X adds this length to a URL without a protocol when it checks the maximum length. */
const ASSUMED_PROTOCOL_LENGTH = 'https://'.length

/** A text of only light characters that NFC does not change. */
const lightText = /^[\0-\u02ff]*$/
const mayHoldUrl = /\.[A-Za-z\x80-\uffff]/

/**
 * Returns the length that X counts against a tweet's 280. After NFC, a light character counts 1, any other character 2,
 * an emoji sequence 2, and a URL 23. Equals `parseTweet(text).weightedLength` of twitter-text 3.1.0. Accepts any
 * string, even with lone surrogates, in linear time.
 *
 * Source: https://docs.x.com/fundamentals/counting-characters
 */
export function weightedLength(text: string): number {
  if (lightText.test(text) && !mayHoldUrl.test(text)) return text.length
  const measured = measure(text, 0, text.length)
  if ((measured.traits & UNSTABLE) === 0) return lengthOf(text, measured)
  const nfc = normalized(text)
  return lengthOf(nfc, measure(nfc, 0, nfc.length))
}

/**
 * Finds what X treats as URLs in the NFC form of a text, with or without a protocol, in order and without overlaps.
 * Empty if X sees no URL in it.
 */
export function findUrls(text: string): readonly TextSpan[] {
  return urlsOf(normalized(text))
}

interface Measured {
  /** The sum over all characters, without regard to emoji sequences and URLs. */
  readonly length: number
  /** The traits that at least one unit has. */
  readonly traits: number
}

function lengthOf(text: string, { length, traits }: Measured): number {
  const urls = mayHoldUrl.test(text) ? urlsOf(text) : []
  const emoji = traits & JOINER ? emojiOf(text) : []
  if (urls.length > 0) return lengthAround(text, urls, emoji)
  return emoji.reduce((sum, { start, end }) => sum - measure(text, start, end).length + EMOJI_WEIGHT, length)
}

function lengthAround(text: string, urls: readonly TextSpan[], emoji: readonly TextSpan[]): number {
  const counted = [
    ...urls.map((span) => ({ ...span, weight: URL_WEIGHT })),
    ...emoji.map((span) => ({ ...span, weight: EMOJI_WEIGHT })),
  ].sort((one, other) => one.start - other.start)
  let length = 0
  let index = 0
  for (const { start, end, weight } of counted) {
    // An emoji that begins inside a URL does not count as one. Any rest of it after the URL counts as characters.
    if (start < index) continue
    length += measure(text, index, start).length + weight
    index = end
  }
  return length + measure(text, index, text.length).length
}

// Traits of UTF-16 code units, as bits; the lowest two hold the weight.
const LIGHT = 1
const HEAVY = 2
const WEIGHT = 3
/** NFC may change a text with such a unit. */
const UNSTABLE = 4
/** The unit may join the previous character to form an emoji sequence. */
const JOINER = 8
const HIGH_SURROGATE = 16
const LOW_SURROGATE = 32

/**
 * Later ranges win. Only common units are listed as stable under NFC; for the others, a needless NFC just costs time.
 */
const traitRanges: readonly (readonly [first: number, last: number, traits: number])[] = [
  [0x0000, 0x02ff, LIGHT],
  [0x0300, 0x10ff, LIGHT | UNSTABLE],
  [0x1100, 0xffff, HEAVY | UNSTABLE],
  [0x0401, 0x0482, LIGHT],
  [0x2000, 0x200d, LIGHT | UNSTABLE],
  [0x200d, 0x200d, LIGHT | JOINER],
  [0x2010, 0x201f, LIGHT],
  [0x2020, 0x202f, HEAVY],
  [0x2032, 0x2037, LIGHT],
  [0x20e3, 0x20e3, HEAVY | JOINER],
  [0x2600, 0x27bf, HEAVY],
  [0x3000, 0x3029, HEAVY],
  [0x3041, 0x3096, HEAVY],
  [0x30a0, 0x30ff, HEAVY],
  [0x4e00, 0x9fff, HEAVY],
  [0xac00, 0xd7a3, HEAVY],
  [0xd800, 0xdbff, HEAVY | HIGH_SURROGATE | UNSTABLE],
  [0xd83c, 0xd83c, HEAVY | HIGH_SURROGATE | JOINER],
  [0xd83d, 0xd83e, HEAVY | HIGH_SURROGATE],
  [0xdb40, 0xdb40, HEAVY | HIGH_SURROGATE | JOINER],
  [0xdc00, 0xdfff, HEAVY | LOW_SURROGATE],
  [0xfe0f, 0xfe0f, HEAVY | JOINER],
  [0xff01, 0xff9d, HEAVY],
]

const traitsByUnit = new Uint8Array(0x1_0000)
for (const [first, last, traits] of traitRanges) traitsByUnit.fill(traits, first, last + 1)

function traitsAt(text: string, index: number): number {
  return traitsByUnit[text.charCodeAt(index)] ?? 0
}

function measure(text: string, start: number, end: number): Measured {
  let length = 0
  let traits = 0
  let previous = 0
  for (let index = start; index < end; index += 1) {
    const current = traitsAt(text, index)
    length += current & WEIGHT
    if (current & LOW_SURROGATE && previous & HIGH_SURROGATE) length -= HEAVY
    traits |= current
    previous = current
  }
  return { length, traits }
}

const anyEmoji = lazy(() => new RegExp(emojiSequence, 'y'))

/** Finds emoji sequences of more than one character. X counts single emoji like any heavy character. */
function emojiOf(text: string): readonly TextSpan[] {
  const emoji: TextSpan[] = []
  let end = 0
  for (let start = 0; start < text.length; start += 1) {
    if (start < end || !mayBeginEmoji(text, start)) continue
    end = endOfEmoji(text, start)
    if (end >= 0) emoji.push({ start, end })
  }
  return emoji
}

/** A quick check that rules out most characters. */
function mayBeginEmoji(text: string, index: number): boolean {
  const first = traitsAt(text, index)
  const next = traitsAt(text, index + (first & HIGH_SURROGATE ? 2 : 1))
  // Light characters (`1`, `©`) can begin one too, but not together with a surrogate pair.
  return (next & JOINER) !== 0 && ((first & HEAVY) !== 0 || (next & HIGH_SURROGATE) === 0)
}

function endOfEmoji(text: string, start: number): number {
  const emoji = anyEmoji()
  emoji.lastIndex = start
  return emoji.test(text) ? emoji.lastIndex : -1
}

const longRunOfMarks = lazy(() => /(?:^|\P{M})\p{M}{200}/u)

/**
 * Returns `text.normalize(form)`, but in linear time. JavaScript engines need quadratic time to reorder a long run of
 * combining marks, so this orders them first.
 */
export function normalized(text: string, form: 'NFC' | 'NFKC' = 'NFC'): string {
  return (longRunOfMarks().test(text) ? withOrderedMarks(text) : text).normalize(form)
}

/** Decomposes a text and puts it in canonical order (Unicode, UAX #15). It still has the same NFC form. */
function withOrderedMarks(text: string): string {
  const parts = new Map(Array.from(new Set(text), (character) => [character, [...character.normalize('NFD')]]))
  const ranks = ranksOfMarks(new Set([...parts.values()].flat()))
  const ordered: string[] = []
  let run: { readonly mark: string; readonly rank: number }[] = []
  const endRun = () => {
    for (const { mark } of run.sort((one, other) => one.rank - other.rank)) ordered.push(mark)
    run = []
  }
  for (const part of Array.from(text, (character) => parts.get(character) ?? []).flat()) {
    const rank = ranks.get(part)
    if (rank !== undefined) run.push({ mark: part, rank })
    else {
      endRun()
      ordered.push(part)
    }
  }
  endRun()
  return ordered.join('')
}

/**
 * Ranks marks by their canonical combining classes. JavaScript does not expose these, so this sees how NFD orders them.
 */
function ranksOfMarks(characters: ReadonlySet<string>): ReadonlyMap<string, number> {
  const lowestClass = '\u0334'
  const highestClass = '\u0345'
  const marks = [...characters].filter((mark) => swaps(mark, lowestClass) || swaps(highestClass, mark))
  let rank = 0
  let before = ''
  return new Map(
    Array.from(marks.join('').normalize('NFD'), (mark) => {
      if (swaps(mark, before)) rank += 1
      before = mark
      return [mark, rank]
    }),
  )
}

function swaps(one: string, other: string): boolean {
  return (one + other).normalize('NFD') !== one + other
}

// Kinds of UTF-16 code units in URLs, as bits.
const MAY_PRECEDE = 1
const HOST = 2
const HOST_RUN = 4
const ASCII_HOST = 8
const PATH = 16
const PATH_END = 32
const QUERY = 64
const QUERY_END = 128
const LETTER = 256
const DIGIT = 512
const ALPHANUMERIC = 1024
const PUNYCODE = 2048
const KNOWN = 4096

const accented = String.raw`\xc0-\xd6\xd8-\xf6\xf8-\u024f\u0253\u0254\u0256\u0257\u0259\u025b\u0263\u0268\u026f\u0272\u0289\u028b\u02bb\u0300-\u036f\u1e00-\u1eff`
const cyrillic = String.raw`\u0400-\u04ff`
const notInHost = String.raw`\s\x85\u061c\u180e\u200e\u200f\u202a-\u202e\u2066-\u2069\ufffe\uffff!#$%&'()*+,./:;<=>?@[\\\]^{|}~`

// The flag `i` also matters beyond ASCII (for example, Greek iota folds to an accent), so each class keeps it.
const kindPatterns = lazy((): readonly (readonly [kind: number, units: RegExp])[] => [
  [MAY_PRECEDE, /[^a-z0-9@\uff20$#\uff03\ufffe\ufeff\uffff]/i],
  [HOST, new RegExp(`[^${notInHost}_-]`)],
  [HOST_RUN, new RegExp(`[^${notInHost}]|\\.`)],
  [ASCII_HOST, new RegExp(`[-a-z0-9${accented}]`, 'i')],
  [PATH, new RegExp(`[a-z0-9!*';:=+,.$/%#[\\]\\-\u2013_~@|&${cyrillic}${accented}]`, 'i')],
  [PATH_END, new RegExp(`[a-z0-9+\\-=_#/${cyrillic}${accented}]`, 'i')],
  [QUERY, /[a-z0-9!?*'@();:&=+$/%#[\]\-_.,~|]/i],
  [QUERY_END, /[a-z0-9\-_&=#/]/i],
  [LETTER, /[a-z]/i],
  [DIGIT, /[0-9]/],
  [ALPHANUMERIC, /[a-z0-9]/i],
  [PUNYCODE, /[-0-9a-z]/i],
])

const kindsByUnit = lazy(() => new Uint16Array(0x1_0000))

/** Returns the kinds of a unit. Outside of the text there are none. */
function kindsAt(text: string, index: number): number {
  const unit = text.charCodeAt(index)
  const known = kindsByUnit()[unit]
  if (known !== 0) return known ?? 0
  const character = String.fromCharCode(unit)
  const kinds = kindPatterns().reduce((sum, [kind, units]) => (units.test(character) ? sum | kind : sum), KNOWN)
  kindsByUnit()[unit] = kinds
  return kinds
}

function is(kind: number, text: string, index: number): boolean {
  return (kindsAt(text, index) & kind) !== 0
}

function endOfRun(kind: number, text: string, start: number): number {
  let end = start
  while (is(kind, text, end)) end += 1
  return end
}

function startOfRun(kind: number, text: string, end: number, least: number): number {
  let start = end
  while (start > least && is(kind, text, start - 1)) start -= 1
  return start
}

/** One label of a host name, with the dot after it. */
interface Label {
  readonly start: number
  readonly dot: number
  /** The last underscore, or before the start if there is none. It may be in a subdomain, but not before the ending. */
  readonly underscore: number
  /** The end of the URL ending (`com`, `xn--…`) after the dot, or -1. */
  readonly endingEnd: number
  /** The end of the longest host name that continues through the next label, or -1. */
  longerEnd: number
}

interface Host {
  /** The start of the protocol, or of the host name if there is no protocol. */
  readonly urlStart: number
  readonly start: number
  readonly end: number
  readonly labels: readonly Label[]
}

/**
 * Finds the URLs that X finds with one backtracking regular expression, but in linear time, starting from the dots. It
 * reads each run of host characters once, label by label from the end, to know how far a host name reaches from any
 * start.
 */
export function urlsOf(text: string): readonly TextSpan[] {
  const urls: TextSpan[] = []
  let consumed = 0
  let read = 0
  for (let dot = text.indexOf('.'); dot >= 0; dot = text.indexOf('.', dot + 1)) {
    if (dot < read || endOfEnding(text, dot + 1) < 0) continue
    const runEnd = endOfRun(HOST_RUN, text, dot)
    const labels = labelsOf(text, startOfRun(HOST_RUN, text, dot, consumed), runEnd)
    consumed = addUrls(urls, text, labels, consumed)
    read = Math.max(consumed, runEnd)
  }
  return urls
}

function labelsOf(text: string, runStart: number, runEnd: number): readonly Label[] {
  const labels: Label[] = []
  let start = runStart
  for (const name of text.slice(runStart, runEnd).split('.').slice(0, -1)) {
    const dot = start + name.length
    labels.push({
      start,
      dot,
      underscore: start + name.lastIndexOf('_'),
      endingEnd: endOfEnding(text, dot + 1),
      longerEnd: -1,
    })
    start = dot + 1
  }
  labels.reduceRight((next, label) => {
    label.longerEnd = hostEnd(text, next, next.start)
    return label
  })
  return labels
}

const knownAsciiEndings = lazy((): ReadonlySet<string> => new Set(asciiEndings.split(' ')))
const otherEnding = lazy(() => new RegExp(`(?:${otherEndings.replaceAll(' ', '|')})(?![0-9a-z@+-])`, 'iy'))

/** Returns the end of the URL ending that starts here, or -1. */
function endOfEnding(text: string, start: number): number {
  const end = endOfRun(LETTER, text, start)
  const mayBeOther = text.charCodeAt(end) > 0x7f
  const letters = text.slice(start, end).toLowerCase()
  if (letters === 'xn' && text.startsWith('--', end)) {
    const punycodeEnd = endOfRun(PUNYCODE, text, end)
    return punycodeEnd > end + 2 ? punycodeEnd : -1
  }
  if (knownAsciiEndings().has(letters) && !/[0-9@+-]/.test(text.charAt(end))) return end
  if (!mayBeOther) return -1
  const other = otherEnding()
  other.lastIndex = start
  return other.test(text) ? other.lastIndex : -1
}

/** Returns the end of the longest host name that starts here, inside the label, or -1. */
function hostEnd(text: string, label: Label, start: number): number {
  if (!is(HOST, text, start) || !is(HOST, text, label.dot - 1)) return -1
  if (label.longerEnd >= 0) return label.longerEnd
  return label.underscore < start ? label.endingEnd : -1
}

/** Adds the URLs of one run of host characters. Returns the index up to which X has then consumed the text. */
function addUrls(urls: TextSpan[], text: string, labels: readonly Label[], consumedBefore: number): number {
  let consumed = consumedBefore
  for (let index = 0; index < labels.length; index += 1) {
    const host = hostInLabel(text, labels, index, consumed)
    if (!host) continue
    const pathStart = endOfPort(text, host.end)
    consumed = endOfQuery(text, endOfPath(text, pathStart))
    urls.push(...countedUrls(text, host, pathStart, consumed))
    index += host.labels.length - 1
  }
  return consumed
}

/** Finds the first host name that starts in the label. X requires one character before it, or the start of the text. */
function hostInLabel(text: string, labels: readonly Label[], index: number, consumed: number): Host | undefined {
  const label = labels[index]
  if (!label || (label.longerEnd < 0 && label.endingEnd < 0)) return undefined
  const urlStart = startOfProtocol(text, label.start, consumed)
  if (urlStart >= 0 && hostEnd(text, label, label.start) >= 0)
    return hostFrom(text, labels, index, label.start, urlStart)
  // At the start of the text, X first tries the first character as the one before the URL.
  const starts = label.start === 0 ? [1, 0] : []
  for (const start of starts) if (opensHost(text, label, start)) return hostFrom(text, labels, index, start, start)
  for (let start = Math.max(label.start, consumed + 1); start < label.dot; start += 1) {
    if (opensHost(text, label, start)) return hostFrom(text, labels, index, start, start)
  }
  return undefined
}

function opensHost(text: string, label: Label, start: number): boolean {
  return (start === 0 || is(MAY_PRECEDE, text, start - 1)) && hostEnd(text, label, start) >= 0
}

function hostFrom(text: string, labels: readonly Label[], index: number, start: number, urlStart: number): Host {
  const first = labels[index]
  const end = first ? hostEnd(text, first, start) : -1
  let after = index + 1
  while ((labels[after]?.dot ?? end) < end) after += 1
  return { urlStart, start, end, labels: labels.slice(index, after) }
}

function startOfProtocol(text: string, hostStart: number, consumed: number): number {
  const before = text.slice(Math.max(0, hostStart - ASSUMED_PROTOCOL_LENGTH), hostStart)
  const start = hostStart - (/https?:\/\/$/i.exec(before)?.[0].length ?? 0)
  if (start === hostStart) return -1
  return start === 0 || (start > consumed && is(MAY_PRECEDE, text, start - 1)) ? start : -1
}

function endOfPort(text: string, start: number): number {
  if (text[start] !== ':') return start
  const end = endOfRun(DIGIT, text, start + 1)
  return end > start + 1 ? end : start
}

/** Returns the end of a path: after a character that cannot be punctuation of the sentence, or a closed parenthesis. */
function endOfPath(text: string, start: number): number {
  if (text[start] !== '/') return start
  let end = start + 1
  let index = end
  while (text[index] === '(' || is(PATH, text, index)) {
    const isParenthesis = text[index] === '('
    const next = isParenthesis ? endOfParentheses(text, index) : index + 1
    if (next === index) break
    if (isParenthesis ? end === index : is(PATH_END, text, index)) end = next
    index = next
  }
  return end
}

/**
 * Returns the end of parentheses with path characters and at most one nested pair. For any other parentheses, returns
 * `open`.
 */
function endOfParentheses(text: string, open: number): number {
  const first = endOfRun(PATH, text, open + 1)
  if (text[first] === ')') return first > open + 1 ? first + 1 : open
  if (text[first] !== '(') return open
  const inner = endOfRun(PATH, text, first + 1)
  if (text[inner] !== ')' || inner === first + 1) return open
  const last = endOfRun(PATH, text, inner + 1)
  return text[last] === ')' ? last + 1 : open
}

function endOfQuery(text: string, start: number): number {
  if (text[start] !== '?') return start
  let end = endOfRun(QUERY, text, start)
  while (end > start && !is(QUERY_END, text, end - 1)) end -= 1
  return end
}

/** Returns the URLs that X counts in a match. Without a protocol there may be several. */
function countedUrls(text: string, host: Host, pathStart: number, end: number): readonly TextSpan[] {
  const protocolLength = host.start - host.urlStart
  if ((protocolLength || ASSUMED_PROTOCOL_LENGTH) + end - host.urlStart > MAX_URL_LENGTH) return []
  const hostName = text.slice(host.start, host.end)
  if (!hostName.split('.').every(isLabelShortEnough)) return []
  if (protocolLength === 0) {
    return /[-_./]/.test(text.charAt(host.start - 1)) ? [] : urlsWithoutProtocol(text, host, pathStart, end)
  }
  if (hostName.startsWith('xn--') && asciiHosts(text, host).length === 0) return []
  if (!/^t\.co$/i.test(hostName) || text[host.end] !== '/') return [{ start: host.urlStart, end }]
  return shortUrls(text, host, end)
}

/** X counts less of a t.co URL: only the slug, and a query right after it. */
function shortUrls(text: string, host: Host, end: number): readonly TextSpan[] {
  const slugStart = host.end + 1
  const slugEnd = endOfRun(ALPHANUMERIC, text, slugStart)
  if (slugEnd - slugStart > MAX_TCO_SLUG_LENGTH) return []
  return [{ start: host.urlStart, end: slugEnd === slugStart || text[slugEnd] === '?' ? end : slugEnd }]
}

/**
 * Only the ASCII or accented parts of the host name count. If there is a path, the last one gets port, path and query.
 */
function urlsWithoutProtocol(text: string, host: Host, pathStart: number, end: number): readonly TextSpan[] {
  const urls = asciiHosts(text, host)
  const last = urls.at(-1)
  if (!last || text[pathStart] !== '/') return urls
  return urls.with(-1, { start: last.start, end: last.end + end - host.end })
}

/**
 * Returns the longest parts of a host name that begin with the ASCII end of a label and continue through ASCII labels.
 */
function asciiHosts(text: string, host: Host): readonly TextSpan[] {
  let part = { start: -1, end: -1 }
  const parts = [part]
  for (const label of host.labels) {
    const start = startOfRun(ASCII_HOST, text, label.dot, Math.max(label.start, host.start))
    const isEmpty = start === label.dot
    if (isEmpty || start > label.start || part.start < 0) {
      part = { start: isEmpty ? -1 : start, end: -1 }
      parts.push(part)
    }
    if (!isEmpty && label.endingEnd >= 0) part.end = label.endingEnd
  }
  return twinsOf(
    text,
    host.start,
    parts.filter(({ end }) => end >= 0),
  )
}

/**
 * X searches for each part again from the end of the previous one, and may find the same letters in an earlier place.
 */
function twinsOf(text: string, hostStart: number, parts: readonly TextSpan[]): readonly TextSpan[] {
  let searched = hostStart
  return parts.map((part) => {
    const start = text.indexOf(text.slice(part.start, part.end), searched)
    searched = start + part.end - part.start
    return { start, end: searched }
  })
}

/** Whether the label has at most 63 characters in its ASCII form (RFC 3490, RFC 3492). */
function isLabelShortEnough(label: string): boolean {
  if (!/[^\0-\x7f]/.test(label)) return label.length <= MAX_HOST_LABEL_LENGTH
  // Each code point becomes at least one ASCII character, so longer labels need no encoding.
  if (label.length > 2 * MAX_HOST_LABEL_LENGTH) return false
  const parts = label.split(/[\u3002\uff0e\uff61]/)
  const length = parts.reduce((sum, part) => sum + asciiLength(part), parts.length - 1)
  return length <= MAX_HOST_LABEL_LENGTH
}

function asciiLength(label: string): number {
  return /[^\0-\x7f]/.test(label) ? 'xn--'.length + punycodeLength(label) : label.length
}

/** Returns the length in Punycode: RFC 3492, section 6.3, without producing the characters. */
function punycodeLength(label: string): number {
  const points = Array.from(label, (character) => character.codePointAt(0) ?? 0)
  const others = points.filter((point) => point >= 0x80)
  const basicCount = points.length - others.length
  let length = basicCount > 0 ? basicCount + 1 : 0
  let handled = basicCount
  let least = 0x80
  let delta = 0
  let bias = 72
  for (const next of [...new Set(others)].sort((one, other) => one - other)) {
    delta += (next - least) * (handled + 1)
    for (const point of points) {
      if (point < next) delta += 1
      if (point !== next) continue
      length += digitCount(delta, bias)
      bias = adaptedBias(delta, handled + 1, handled === basicCount)
      delta = 0
      handled += 1
    }
    delta += 1
    least = next + 1
  }
  return length
}

function digitCount(delta: number, bias: number, k = 36): number {
  const threshold = Math.min(Math.max(k - bias, 1), 26)
  if (delta < threshold) return 1
  return 1 + digitCount(Math.floor((delta - threshold) / (36 - threshold)), bias, k + 36)
}

function adaptedBias(delta: number, count: number, isFirst: boolean): number {
  const rest = Math.floor(delta / (isFirst ? 700 : 2))
  return biasOf(rest + Math.floor(rest / count))
}

function biasOf(rest: number): number {
  return rest > 455 ? 36 + biasOf(Math.floor(rest / 35)) : Math.floor((36 * rest) / (rest + 38))
}
