import { asciiEndings, emojiSequence, otherEndings } from './weighted-length-tables.js'

/** UTF-16 indices into the NFC form of a text; `end` is exclusive. */
export interface TextSpan {
  readonly start: number
  readonly end: number
}

const URL_WEIGHT = 23
const HEAVY_WEIGHT = 2
const MAX_URL_LENGTH = 4096
const MAX_HOST_LABEL_LENGTH = 63
const MAX_TCO_SLUG_LENGTH = 40
/** What X puts before a URL that was written without a protocol, when it measures the longest allowed one. */
const ASSUMED_PROTOCOL_LENGTH = 'https://'.length

/** All below U+0300 is in NFC and light; without a dot there is no URL. */
const plainText = /^[^.\u0300-\uffff]*$/
const heavyUnit = /[^\0-\u10ff\u2000-\u200d\u2010-\u201f\u2032-\u2037]/

/**
 * The length X counts against a tweet's 280: light characters 1, all others 2, an emoji sequence 2, a URL 23, after NFC.
 * Equals `parseTweet(text).weightedLength` of twitter-text 3.1.0. Takes any string, lone surrogates too, in linear time.
 *
 * Source: https://docs.x.com/fundamentals/counting-characters
 */
export function weightedLength(text: string): number {
  if (plainText.test(text)) return text.length
  const normalized = text.normalize('NFC')
  const urls = urlsOf(normalized)
  if (heavyUnit.test(normalized)) return heavyLength(normalized, urls)
  return urls.reduce((length, url) => length + URL_WEIGHT - (url.end - url.start), normalized.length)
}

/**
 * What X would take for URLs in the NFC form of a text, with or without a protocol, in order, without overlaps.
 * Empty means that X sees no URL in it.
 */
export function findUrls(text: string): readonly TextSpan[] {
  return urlsOf(text.normalize('NFC'))
}

function heavyLength(text: string, urls: readonly TextSpan[]): number {
  const emoji = new RegExp(emojiSequence, 'g')
  let nextEmoji = emoji.exec(text)
  let nextUrl = 0
  let length = 0
  let index = 0
  while (index < text.length) {
    // A URL may end inside an emoji sequence; what is left of it counts character by character.
    while (nextEmoji && nextEmoji.index < index) nextEmoji = emoji.exec(text)
    const url = urls[nextUrl]
    if (url?.start === index) {
      length += URL_WEIGHT
      index = url.end
      nextUrl += 1
    } else if (nextEmoji?.index === index) {
      length += HEAVY_WEIGHT
      index = emoji.lastIndex
    } else {
      const code = text.codePointAt(index) ?? 0
      length += isLight(code) ? 1 : HEAVY_WEIGHT
      index += code > 0xffff ? 2 : 1
    }
  }
  return length
}

function isLight(code: number): boolean {
  return (
    code <= 0x10ff ||
    (code >= 0x2000 && code <= 0x200d) ||
    (code >= 0x2010 && code <= 0x201f) ||
    (code >= 0x2032 && code <= 0x2037)
  )
}

// Kinds of UTF-16 code units, as bits.
const MAY_PRECEDE = 1
const HOST = 2
const HOST_OR_JOINER = 4
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

// The flag `i` decides about more than ASCII (Greek iota folds to an accent, for one), so each class keeps it.
const kindPatterns: readonly (readonly [kind: number, units: RegExp])[] = [
  [MAY_PRECEDE, /[^a-z0-9@\uff20$#\uff03\ufffe\ufeff\uffff]/i],
  [HOST, new RegExp(`[^${notInHost}_-]`)],
  [HOST_OR_JOINER, new RegExp(`[^${notInHost}]`)],
  [ASCII_HOST, new RegExp(`[-a-z0-9${accented}]`, 'i')],
  [PATH, new RegExp(`[a-z0-9!*';:=+,.$/%#[\\]\\-\u2013_~@|&${cyrillic}${accented}]`, 'i')],
  [PATH_END, new RegExp(`[a-z0-9+\\-=_#/${cyrillic}${accented}]`, 'i')],
  [QUERY, /[a-z0-9!?*'@();:&=+$/%#[\]\-_.,~|]/i],
  [QUERY_END, /[a-z0-9\-_&=#/]/i],
  [LETTER, /[a-z]/i],
  [DIGIT, /[0-9]/],
  [ALPHANUMERIC, /[a-z0-9]/i],
  [PUNYCODE, /[-0-9a-z]/i],
]

const kindsByUnit = new Uint16Array(0x1_0000)

function kindsOf(unit: number): number {
  const known = kindsByUnit[unit]
  if (known) return known
  const character = String.fromCharCode(unit)
  const kinds = kindPatterns.reduce((sum, [kind, units]) => (units.test(character) ? sum | kind : sum), KNOWN)
  kindsByUnit[unit] = kinds
  return kinds
}

function is(kind: number, text: string, index: number): boolean {
  return index >= 0 && index < text.length && (kindsOf(text.charCodeAt(index)) & kind) !== 0
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

/** One label of a host name, with the dot behind it. */
interface Label {
  readonly start: number
  readonly dot: number
  /** Of the last underscore in it, or -1: one may stand in a subdomain, not right before the ending. */
  readonly underscore: number
  /** Where the URL ending (`com`, `xn--…`) behind the dot ends, or -1. */
  readonly endingEnd: number
  /** Where the longest host name ends that goes on through the next label, or -1. */
  longerEnd: number
}

interface Host {
  /** Of the protocol, or of the host name where there is none. */
  readonly urlStart: number
  readonly start: number
  readonly end: number
  readonly labels: readonly Label[]
}

/**
 * X finds URLs with one backtracking regular expression. This finds the same ones from their dots: it reads each run of
 * host characters once, its labels from the last to the first, and so knows for every start how far a host name reaches.
 */
function urlsOf(text: string): readonly TextSpan[] {
  const urls: TextSpan[] = []
  let consumed = 0
  let dot = text.indexOf('.')
  while (dot >= 0) {
    const { labels, end } = readRun(text, startOfRun(HOST_OR_JOINER, text, dot, consumed), dot)
    if (labels.some((label) => label.endingEnd >= 0)) consumed = addUrls(urls, text, labels, consumed)
    dot = text.indexOf('.', Math.max(consumed, end))
  }
  return urls
}

function readRun(text: string, runStart: number, firstDot: number): { labels: readonly Label[]; end: number } {
  const labels: Label[] = []
  let start = runStart
  let end = firstDot
  while (text[end] === '.') {
    const underscore = text.slice(start, end).lastIndexOf('_')
    labels.push({
      start,
      dot: end,
      underscore: underscore < 0 ? -1 : start + underscore,
      endingEnd: endOfEnding(text, end + 1),
      longerEnd: -1,
    })
    start = end + 1
    end = endOfRun(HOST_OR_JOINER, text, start)
  }
  labels.reduceRight((next, label) => {
    label.longerEnd = hostEnd(text, next, next.start)
    return label
  })
  return { labels, end }
}

const knownAsciiEndings: ReadonlySet<string> = new Set(asciiEndings.split(' '))
const otherEnding = new RegExp(`(?:${otherEndings.replaceAll(' ', '|')})(?![0-9a-z@+-])`, 'iy')

/** Where the URL ending that starts here ends, or -1. */
function endOfEnding(text: string, start: number): number {
  const end = endOfRun(LETTER, text, start)
  const letters = text.slice(start, end).toLowerCase()
  if (letters === 'xn' && text.startsWith('--', end)) {
    const punycodeEnd = endOfRun(PUNYCODE, text, end + 2)
    return punycodeEnd > end + 2 ? punycodeEnd : -1
  }
  if (knownAsciiEndings.has(letters) && !/[0-9@+-]/.test(text.charAt(end))) return end
  otherEnding.lastIndex = start
  return otherEnding.test(text) ? otherEnding.lastIndex : -1
}

/** Where the longest host name ends that starts here, inside the label, or -1. */
function hostEnd(text: string, label: Label, start: number): number {
  if (start >= label.dot || !is(HOST, text, start) || !is(HOST, text, label.dot - 1)) return -1
  if (label.longerEnd >= 0) return label.longerEnd
  return label.underscore < start ? label.endingEnd : -1
}

/** Adds the URLs of one run of host characters, and returns how far X has then consumed the text. */
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

/** The first host name that starts in the label: X needs one character before it, or the start of the text. */
function hostInLabel(text: string, labels: readonly Label[], index: number, consumed: number): Host | undefined {
  const label = labels[index]
  if (!label || (label.longerEnd < 0 && label.endingEnd < 0)) return undefined
  const urlStart = index === 0 ? startOfProtocol(text, label.start, consumed) : -1
  if (urlStart >= 0 && hostEnd(text, label, label.start) >= 0)
    return hostFrom(text, labels, index, label.start, urlStart)
  // At the start of the text X first tries to take its first character for the one before the URL.
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

/** A path ends with a character that cannot be punctuation of the sentence around it, or with a closed parenthesis. */
function endOfPath(text: string, start: number): number {
  if (text[start] !== '/') return start
  let end = start + 1
  let index = end
  while (index < text.length) {
    const isParenthesis = text[index] === '('
    if (!isParenthesis && !is(PATH, text, index)) break
    const next = isParenthesis ? endOfParentheses(text, index) : index + 1
    if (next < 0) break
    if (isParenthesis ? end === index : is(PATH_END, text, index)) end = next
    index = next
  }
  return end
}

/** Parentheses that hold path characters, and at most one more pair; -1 if they are others. */
function endOfParentheses(text: string, open: number): number {
  const first = endOfRun(PATH, text, open + 1)
  if (text[first] === ')') return first > open + 1 ? first + 1 : -1
  if (text[first] !== '(') return -1
  const inner = endOfRun(PATH, text, first + 1)
  if (text[inner] !== ')' || inner === first + 1) return -1
  const last = endOfRun(PATH, text, inner + 1)
  return text[last] === ')' ? last + 1 : -1
}

function endOfQuery(text: string, start: number): number {
  if (text[start] !== '?') return start
  const run = endOfRun(QUERY, text, start + 1)
  let end = run
  while (end > start + 1 && !is(QUERY_END, text, end - 1)) end -= 1
  return end > start + 1 ? end : start
}

/** The URLs that X counts in what it has recognised from the host to the end; without a protocol there may be several. */
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

/** X makes URLs of t.co shorter: a slug, and the query right behind it. */
function shortUrls(text: string, host: Host, end: number): readonly TextSpan[] {
  const slugStart = host.end + 1
  const slugEnd = endOfRun(ALPHANUMERIC, text, slugStart)
  if (slugEnd - slugStart > MAX_TCO_SLUG_LENGTH) return []
  return [{ start: host.urlStart, end: slugEnd === slugStart || text[slugEnd] === '?' ? end : slugEnd }]
}

/** Only what is ASCII (or accented) in the host name counts; the last such part gets port, path and query, given a path. */
function urlsWithoutProtocol(text: string, host: Host, pathStart: number, end: number): readonly TextSpan[] {
  const urls = asciiHosts(text, host)
  const last = urls.at(-1)
  if (!last || text[pathStart] !== '/') return urls
  return urls.with(-1, { start: last.start, end: last.end + end - host.end })
}

/** The longest parts of a host name that begin with the ASCII end of a label, and go on through whole ASCII labels. */
function asciiHosts(text: string, host: Host): readonly TextSpan[] {
  const found: { start: number; end: number }[] = []
  let part = { start: -1, end: -1 }
  for (const label of host.labels) {
    const start = startOfRun(ASCII_HOST, text, label.dot, Math.max(label.start, host.start))
    const isEmpty = start === label.dot
    if (isEmpty || start > label.start || part.start < 0) {
      found.push(part)
      part = { start: isEmpty ? -1 : start, end: -1 }
    }
    if (!isEmpty && label.endingEnd >= 0) part.end = label.endingEnd
  }
  return twinsOf(
    text,
    host.start,
    [...found, part].filter(({ end }) => end >= 0),
  )
}

/** X looks each part up again from the end of the one before it, and may hit the same letters in an earlier place. */
function twinsOf(text: string, hostStart: number, parts: readonly TextSpan[]): readonly TextSpan[] {
  let searched = hostStart
  return parts.map((part) => {
    const start = text.indexOf(text.slice(part.start, part.end), searched)
    searched = start + part.end - part.start
    return { start, end: searched }
  })
}

/** Whether the label has at most 63 characters as a host name in ASCII would have it (RFC 3490, RFC 3492). */
function isLabelShortEnough(label: string): boolean {
  // Each character gives at least one of ASCII, so that longer ones need no look.
  if (label.length > 2 * MAX_HOST_LABEL_LENGTH) return false
  const parts = label.split(/[\u3002\uff0e\uff61]/)
  const length = parts.reduce((sum, part) => sum + asciiLength(part), parts.length - 1)
  return length <= MAX_HOST_LABEL_LENGTH
}

function asciiLength(label: string): number {
  return /[^\0-\x7f]/.test(label) ? 'xn--'.length + punycodeLength(label) : label.length
}

/** How many characters Punycode needs: RFC 3492, section 6.3, without the characters. */
function punycodeLength(label: string): number {
  const points = Array.from(label, (character) => character.codePointAt(0) ?? 0)
  const basicCount = points.filter((point) => point < 0x80).length
  let length = basicCount > 0 ? basicCount + 1 : 0
  let handled = basicCount
  let least = 0x80
  let delta = 0
  let bias = 72
  while (handled < points.length) {
    const next = Math.min(...points.filter((point) => point >= least))
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

function digitCount(delta: number, bias: number): number {
  let count = 1
  let rest = delta
  for (let k = 36; ; k += 36) {
    const threshold = Math.min(Math.max(k - bias, 1), 26)
    if (rest < threshold) return count
    rest = Math.floor((rest - threshold) / (36 - threshold))
    count += 1
  }
}

function adaptedBias(delta: number, count: number, isFirst: boolean): number {
  let rest = Math.floor(delta / (isFirst ? 700 : 2))
  rest += Math.floor(rest / count)
  let k = 0
  while (rest > 455) {
    rest = Math.floor(rest / 35)
    k += 36
  }
  return k + Math.floor((36 * rest) / (rest + 38))
}
