import { lazy } from '../util/lazy.js'
import { compatibilityForm, findLink, findSign, LABEL_ROOM, labelText, MAX_WEIGHT, MOST_UNITS } from './safe-text.js'
import { normalized, weightedLength } from './weighted-length.js'

/** What a photo bot looks for and what it says. Plain data, which may come from JSON. */
export interface ReplyRules {
  /** The label names that count, ignoring case. A photo matches if a label or one of its parents has such a name. */
  readonly matches: readonly string[]
  /** The maximum number of labels per photo. */
  readonly maxLabels: number
  /** The minimum confidence of a label, in percent. */
  readonly minConfidence: number
  /**
   * Whether `{author}` becomes `@name` instead of `name`. X itself puts the author's name in front of a reply, and has
   * restricted programmatic mentions since 2026-02-23 (https://docs.x.com/changelog).
   */
  readonly mentionAuthor: boolean
  /** The key in `texts` to use for tweets in any other language. */
  readonly language: string
  /** The texts by language, BCP 47. */
  readonly texts: Readonly<Record<string, ReplyTexts>>
}

/**
 * The texts in one language. Each has one or more variants, so that X does not reject repeated replies as duplicates.
 * `{author}` stands for the author's name, `{labels}` for the recognized labels.
 */
export interface ReplyTexts {
  /** Used if a photo shows what the bot looks for. Must contain `{labels}`. */
  readonly match: readonly string[]
  /** Used if something else was recognized. May contain `{labels}`. */
  readonly other: readonly string[]
  /** Used if nothing was recognized. */
  readonly nothing: readonly string[]
  /** Used if there was no photo. */
  readonly noPhoto: readonly string[]
  /** Replaces `{author}` if the name is not known, such as "there" in "Hi there". */
  readonly someone: string
}

/** The reply rules are invalid. `faults` has one line per fault, which says where it is and how to fix it. */
export class RulesError extends Error {
  override readonly name = 'RulesError'
  readonly code = 'RULES_INVALID'
  readonly faults: readonly string[]

  constructor(faults: readonly string[]) {
    super(`The reply rules cannot be used:\n${faults.map((fault) => `- ${fault}`).join('\n')}`)
    this.faults = faults
  }
}

/** The kinds of texts that have variants. */
type VariantKind = Exclude<keyof ReplyTexts, 'someone'>

/** The rules of the tutorial's bot, which names what it recognizes and says whether it is an animal. */
export const animalRules: ReplyRules = {
  matches: ['Animal', 'Mammal', 'Bird', 'Fish', 'Reptile', 'Amphibian'],
  maxLabels: 5,
  minConfidence: 85,
  mentionAuthor: false,
  language: 'en',
  texts: {
    en: {
      match: [
        'Hi {author}. On your image, I can recognize: {labels}.',
        'Hello {author}! This is what I recognize on your image: {labels}.',
        'Hey {author}, I had a look at your image. I can recognize: {labels}.',
        'Hi {author}! Thanks for the image. I recognize: {labels}.',
      ],
      other: [
        'Hi {author}. I think that this is not an animal. I can recognize: {labels}.',
        'Hello {author}! As far as I can tell, this is not an animal. I recognize: {labels}.',
        'Hey {author}, to me this is not an animal. What I can recognize: {labels}.',
        'Hi {author}! Thanks for the image. I believe that this is not an animal. I recognize: {labels}.',
      ],
      nothing: [
        'Hi {author}. I could not recognize anything on your image.',
        'Hello {author}! I looked at your image, but I could not recognize anything.',
        'Hey {author}, sorry, I could not recognize anything on your image. Another one may work better.',
        'Hi {author}! Thanks for the image. I am sorry that I could not recognize anything on it.',
      ],
      noPhoto: [
        'Hi {author}. You need to upload an image, so that I can look for an animal on it.',
        'Hello {author}! I found no image to look at. Please upload an image with your tweet.',
        'Hey {author}, please upload an image with your tweet, and I will have a look at it.',
        'Hi {author}! I look for animals on images. Please upload an image, and I will try.',
      ],
      someone: 'there',
    },
  },
}

const LONGEST_NAME = `@${'m'.repeat(15)}`
const HIGHEST_COUNTER = ` (${Number.MAX_SAFE_INTEGER})`
/** Placeholders that no template contains, because control characters are not allowed in one. */
const NOBODY = '\0'
const LABELS = '\x01'
const MAX_SOMEONE_WEIGHT = 30
const MAX_VARIANTS = 100
const MAX_LABELS = 100

const placeholder = /\{(author|labels)\}/g
const languageTag = /^[A-Za-z]{2,3}(?:-[A-Za-z0-9]{1,8})*$/
/** A character beside a placeholder that would turn the name into someone else's, or the label into another word. */
const glued = /[A-Za-z0-9_/]\{(?:author|labels)\}|\{(?:author|labels)\}(?:[A-Za-z0-9_/]|\{)/
/** Invisible or broken characters. Line breaks, joiners and direction marks are fine: some languages need them. */
const unwritable = lazy(() => /(?![\n\u200c-\u200f])[\p{Cc}\p{Cf}\p{Cs}\p{Noncharacter_Code_Point}]/u)
const writable = /^[\n\x20-\x7e]*$/

/** A template, split at its placeholders. */
export interface CompiledTemplate {
  /** The text before `{labels}`, split at `{author}`, or the whole text if there is no `{labels}`. */
  readonly opening: readonly string[]
  /** The text after `{labels}`, split at `{author}`. `undefined` if there is no `{labels}`. */
  readonly closing: readonly string[] | undefined
  /** How often it has `{author}`. */
  readonly names: number
  /** The weighted length without name and labels. */
  readonly weight: number
}

export function compileTemplate(template: string): CompiledTemplate {
  const [opening = [], closing] = template.split('{labels}').map((part) => part.split('{author}'))
  const parts = [...opening, ...(closing ?? [])]
  return {
    opening,
    closing,
    names: parts.length - (closing ? 2 : 1),
    weight: parts.reduce((sum, part) => sum + weightedLength(part), 0),
  }
}

/** Fills in name and labels in one pass, so that a name or label is never mistaken for a placeholder or pattern. */
function fillTemplate(template: string, author: string, labels: string): string {
  return template.replace(placeholder, (_, name) => (name === 'author' ? author : labels))
}

/**
 * Checks rules from any source, such as JSON, and returns them. Finds all faults at once: fields that are missing or
 * misspelled, and texts that are too long for X, could be duplicates, or would form a mention, hashtag, cashtag or URL
 * (X charges far more for a post with a URL). `mentionAuthor` defaults to false.
 *
 * @throws RulesError with every fault
 */
export function checkRules(rules: unknown): ReplyRules {
  if (!isRecord(rules)) throw new RulesError([`rules: ${mustBe('an object', rules)}`])
  const faults: Fault[] = []
  const { matches, maxLabels, minConfidence, mentionAuthor = false, language, texts, ...unknown } = rules
  refuseUnknown(unknown, '', faults)
  const checked = {
    matches: strings(matches, 'matches', faults),
    maxLabels: number(maxLabels, 'maxLabels', { least: 1, most: MAX_LABELS, whole: true }, faults),
    minConfidence: number(minConfidence, 'minConfidence', { least: 0, most: 100, whole: false }, faults),
    mentionAuthor: mentionAuthor === true,
    language: string(language, 'language', faults),
    texts: languages(texts, faults),
  }
  if (typeof mentionAuthor !== 'boolean') faults.push(['mentionAuthor', mustBe('true or false', mentionAuthor)])
  if (checked.language !== '' && isRecord(texts) && !Object.hasOwn(texts, checked.language)) {
    faults.push(['language', `${quote(checked.language)} has no texts. Add them, or name one that has.`])
  }
  if (faults.length > 0) throw new RulesError(faults.map(([path, problem]) => `${path}: ${problem}`))
  return checked
}

type Fault = readonly [path: string, problem: string]

function languages(value: unknown, faults: Fault[]): Record<string, ReplyTexts> {
  if (!isRecord(value)) faults.push(['texts', mustBe('an object with texts for each language', value)])
  const entries = isRecord(value) ? Object.entries(value) : []
  const seen = new Set<string>()
  for (const [key] of entries) {
    const path = member('texts', key)
    if (!languageTag.test(key)) faults.push([path, 'is not a language. Use a tag such as "en" or "pt-BR".'])
    if (seen.has(key.toLowerCase())) faults.push([path, 'appears twice, in different case. Keep one.'])
    seen.add(key.toLowerCase())
  }
  return Object.fromEntries(entries.map(([key, texts]) => [key, textsOf(texts, member('texts', key), faults)]))
}

function textsOf(value: unknown, path: string, faults: Fault[]): ReplyTexts {
  if (!isRecord(value)) {
    faults.push([path, mustBe('an object with match, other, nothing, noPhoto and someone', value)])
    return { match: [], other: [], nothing: [], noPhoto: [], someone: '' }
  }
  const { match, other, nothing, noPhoto, someone, ...unknown } = value
  refuseUnknown(unknown, path, faults)
  const name = someoneOf(someone, `${path}.someone`, faults)
  return {
    match: variants('match', match, name, path, faults),
    other: variants('other', other, name, path, faults),
    nothing: variants('nothing', nothing, name, path, faults),
    noPhoto: variants('noPhoto', noPhoto, name, path, faults),
    someone: name,
  }
}

function someoneOf(value: unknown, path: string, faults: Fault[]): string {
  const someone = string(value, path, faults)
  if (someone === '') return someone
  if (/[{}]/.test(someone) || labelText(someone) !== normalized(someone)) {
    faults.push([path, 'must be plain words, such as "there", without signs, a dot at the end, or spaces around it.'])
  } else if (weightedLength(someone) > MAX_SOMEONE_WEIGHT) {
    faults.push([path, `weighs ${weightedLength(someone)}. Use at most ${MAX_SOMEONE_WEIGHT}.`])
  }
  return someone
}

function variants(kind: VariantKind, value: unknown, someone: string, parent: string, faults: Fault[]): string[] {
  const path = `${parent}.${kind}`
  const templates = strings(value, path, faults)
  if (templates.length > MAX_VARIANTS) {
    faults.push([path, `has ${templates.length} variants. Keep at most ${MAX_VARIANTS}.`])
    return templates
  }
  for (const [index, template] of templates.entries()) {
    if (template === '') continue
    const problems = [...placeholderFaults(template, kind), ...wordFaults(template), ...lengthFaults(template, someone)]
    // A text that is too long for any reply is reported already, and comparing it could be slow.
    const fitting = (one: string) => one.length <= MOST_UNITS
    const twin = fitting(template)
      ? templates.slice(0, index).findIndex((one) => fitting(one) && mayReadTheSame(one, template, someone))
      : -1
    if (twin >= 0) {
      problems.push(
        `may read the same as ${kind}[${twin}], and X refuses duplicates. Use other words, before {labels} if there is one.`,
      )
    }
    faults.push(...problems.map((problem): Fault => [`${path}[${index}]`, problem]))
  }
  return templates
}

function placeholderFaults(template: string, kind: VariantKind): string[] {
  const faults = (template.replace(placeholder, '').match(/\{[^{}]*\}|[{}]/g) ?? []).map(
    (found) => `${quote(found)} is not a placeholder. Use {author} or {labels}, and no other braces.`,
  )
  const count = template.split('{labels}').length - 1
  if (kind === 'match' && count === 0) faults.push('must say what was recognized. Add {labels}.')
  if ((kind === 'nothing' || kind === 'noPhoto') && count > 0) faults.push('has no labels to show. Remove {labels}.')
  if (count > 1) faults.push('has {labels} more than once. Keep one.')
  const near = glued.exec(template) ?? glued.exec(compatibilityForm(template))
  if (near) faults.push(`${quote(near[0])} would change a name or a label. Put a space between.`)
  return faults
}

function wordFaults(template: string): string[] {
  const faults: string[] = []
  const sign = findSign(template)
  if (sign)
    faults.push(`has a ${quote(sign)}. A reply must not have a mention, hashtag or cashtag; {author} is the name.`)
  const link = findLink(fillTemplate(template, 'aa', 'aa'))
  if (link) faults.push(`looks like a link at ${quote(link)}. X charges far more for a post with a URL: reword it.`)
  const character = writable.test(template) ? undefined : unwritable().exec(template)?.[0].codePointAt(0)
  if (character !== undefined) {
    const code = character.toString(16).toUpperCase().padStart(4, '0')
    faults.push(`has the invisible or broken character U+${code}. Remove it.`)
  }
  if (template !== template.trim()) faults.push('has white space around it, which X removes. Remove it.')
  return faults
}

function lengthFaults(template: string, someone: string): string[] {
  const compiled = compileTemplate(template)
  const name = Math.max(weightedLength(someone), LONGEST_NAME.length)
  const room = compiled.closing ? LABEL_ROOM : 0
  const excess = compiled.weight + compiled.names * name + HIGHEST_COUNTER.length + room - MAX_WEIGHT
  return excess > 0 ? [`is too long by ${excess} for a reply with a long name and a label. Use fewer words.`] : []
}

/**
 * Whether two variants can result in the same text for some name, labels and counter. Their labels may differ, because
 * one may have room for more, so the texts before the labels must differ. A name is always separate from other letters,
 * so only names that are words of one of the variants can make them equal.
 */
function mayReadTheSame(one: string, two: string, someone: string): boolean {
  // Most variants differ before any name or label, which makes the slower check below unnecessary at start.
  if (!haveSameStart(fixedStart(one), fixedStart(two))) return false
  const words = `${one} ${two}`.match(/[A-Za-z0-9_]+/g) ?? []
  const names = new Set([NOBODY, someone || NOBODY, ...words])
  return [...names].some((name) => haveSameStart(opening(one, name), opening(two, name)))
}

/**
 * The start that no name or label can change: all before the first placeholder, except a character that could merge.
 */
const fixedStart = (template: string): string => normalized(template.split(placeholder, 1)[0] ?? '').slice(0, -1)

/** The start that a text always has: up to its labels, or without labels up to its counter. */
function opening(template: string, name: string): string {
  const [words = '', ...rest] = normalized(fillTemplate(template, name, LABELS)).split(LABELS)
  return rest.length > 0 ? words : `${words} (`
}

const haveSameStart = (one: string, two: string): boolean => one.startsWith(two) || two.startsWith(one)

function refuseUnknown(unknown: Readonly<Record<string, unknown>>, path: string, faults: Fault[]): void {
  for (const key of Object.keys(unknown))
    faults.push([member(path, key), 'is not known. Correct its name or remove it.'])
}

function strings(value: unknown, path: string, faults: Fault[]): string[] {
  if (!Array.isArray(value)) {
    faults.push([path, mustBe('a list of strings', value)])
    return []
  }
  if (value.length === 0) faults.push([path, 'is empty. Add at least one.'])
  return Array.from(value, (item: unknown, index) => string(item, `${path}[${index}]`, faults))
}

function string(value: unknown, path: string, faults: Fault[]): string {
  if (typeof value === 'string' && value.trim() !== '') return value
  faults.push([path, typeof value === 'string' ? 'is empty. Add a text.' : mustBe('a string', value)])
  return ''
}

function number(
  value: unknown,
  path: string,
  { least, most, whole }: { least: number; most: number; whole: boolean },
  faults: Fault[],
): number {
  const isNumber = typeof value === 'number' && value >= least && value <= most
  if (isNumber && (!whole || Number.isInteger(value))) return value
  const expected = `${whole ? 'a whole number' : 'a number'} from ${least} to ${most}`
  faults.push([path, typeof value === 'number' ? `must be ${expected}, but is ${value}.` : mustBe(expected, value)])
  return least
}

function mustBe(expected: string, value: unknown): string {
  if (value === undefined) return `is missing. It must be ${expected}.`
  const kind = value === null ? 'null' : Array.isArray(value) ? 'a list' : `of type ${typeof value}`
  return `must be ${expected}, but is ${kind}.`
}

const isRecord = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

const member = (path: string, key: string): string => {
  if (!/^[A-Za-z0-9_-]{1,40}$/.test(key)) return `${path}[${quote(key)}]`
  return path === '' ? key : `${path}.${key}`
}

/** Escaped by JSON, so that nothing quoted can break a line or an encoding. */
const quote = (text: string): string => JSON.stringify(text.length > 40 ? `${text.slice(0, 40)}…` : text)
