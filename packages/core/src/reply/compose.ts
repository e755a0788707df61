import type { Label } from '../domain/label.js'
import type { TweetAuthor } from '../domain/tweet.js'
import { lazy } from '../util/lazy.js'
import type { CompiledTemplate, ReplyRules, ReplyTexts } from './rules.js'
import { compileTemplate, RulesError } from './rules.js'
import { beginningOf, CUT, graphemes, labelText, MAX_WEIGHT } from './safe-text.js'
import { normalized, weightedLength } from './weighted-length.js'

/** The text of a reply to one tweet. `labels` are those in `text`, as written there. */
export interface ComposedReply {
  readonly kind: 'match' | 'other' | 'nothing' | 'no-photo'
  readonly text: string
  readonly labels: readonly string[]
}

/** Options for the wording of a reply. */
export interface ComposeOptions {
  /**
   * The tweet's language, BCP 47. If there are no texts for it or its primary language, the rules' own language is
   * used.
   */
  readonly lang?: string
  /** Which variant to use, a non-negative integer. Different numbers give different texts. Default: 0. */
  readonly variant?: number
}

const COMMA = ', '

/**
 * Composes the reply to a tweet. The reply's `kind` is `no-photo` if there is no photo, `nothing` if no label was
 * recognized, `match` if a photo has a label that counts (with the labels of the matching photos), and `other`
 * otherwise (with the labels of all photos). For a photo without labels, pass an empty list, `null` or `undefined`.
 *
 * The text has a weighted length of at most 280. It contains no mention, hashtag, cashtag or URL, except for the
 * author's name if `mentionAuthor` is set. Labels that do not fit are dropped from the end; a single label is cut.
 *
 * @param rules as returned by `checkRules`
 * @throws RulesError if the rules have no text that fits, which `checkRules` would have reported
 */
export function composeReply(
  rules: ReplyRules,
  author: TweetAuthor,
  labelsPerPhoto: readonly (readonly Label[] | null | undefined)[],
  options: ComposeOptions = {},
): ComposedReply {
  const { labelCache, locales } = readRules(rules)
  const found = recognised(labelCache, labelsPerPhoto)
  const { kind } = found
  const { templates, someone } = textsFor(locales, rules.language, options.lang)
  const { template, counter } = templateFor(templates[kind === 'no-photo' ? 'noPhoto' : kind], options.variant ?? 0)
  const name = nameOf(rules, author) ?? someone
  const { text, labels } = filled(template, name, found, counter)
  return { kind, text, labels }
}

/** Rules, preprocessed once for all replies. */
interface ReadRules {
  readonly rules: ReplyRules
  readonly labelCache: LabelCache
  /** By language, in lower case. */
  readonly locales: ReadonlyMap<string, LocaleTexts>
}

interface LocaleTexts {
  readonly templates: Readonly<Record<'match' | 'other' | 'nothing' | 'noPhoto', readonly CompiledTemplate[]>>
  readonly someone: Name
}

interface Name {
  readonly text: string
  readonly weight: number
}

interface AlreadyRead {
  readonly byRules: WeakMap<ReplyRules, ReadRules>
  /** Nearly always the rules that the next reply needs. */
  latest: ReadRules | undefined
}

const alreadyRead = lazy((): AlreadyRead => ({ byRules: new WeakMap(), latest: undefined }))

function readRules(rules: ReplyRules): ReadRules {
  const already = alreadyRead()
  if (already.latest?.rules === rules) return already.latest
  const read = already.byRules.get(rules) ?? newlyRead(rules)
  already.byRules.set(rules, read)
  already.latest = read
  return read
}

function newlyRead(rules: ReplyRules): ReadRules {
  const locales = Object.entries(rules.texts).map(([lang, texts]) => [lang.toLowerCase(), readTexts(texts)] as const)
  return { rules, labelCache: new LabelCache(rules.matches), locales: new Map(locales) }
}

function readTexts({ match, other, nothing, noPhoto, someone }: ReplyTexts): LocaleTexts {
  const read = (templates: readonly string[]) => templates.map(compileTemplate)
  return {
    templates: { match: read(match), other: read(other), nothing: read(nothing), noPhoto: read(noPhoto) },
    someone: { text: someone, weight: weightedLength(someone) },
  }
}

/** The name of a label or of a parent, preprocessed. */
interface LabelName {
  /** Whether a label counts if it or one of its parents has this name. */
  readonly counts: boolean
  /** The text that a reply shows, or empty if it shows none. */
  readonly text: string
  /** The text after another label, with a comma. */
  readonly next: string
  readonly weight: number
  readonly meaning: Meaning
}

/** Shared by all names that show as the same label. */
interface Meaning {
  /** The number of the last reply that has shown it. */
  shownIn: number
}

/** How much to cache. Labelers have a vocabulary of a few thousand short names. */
const MOST_KEPT = 5000
const LONGEST_KEPT = 100

/** Caches the names from labelers, so that each is preprocessed once. */
class LabelCache {
  readonly #wanted: ReadonlySet<string>
  // A look-up in an object without prototype takes half the time of one in a Map.
  #names: Record<string, LabelName> = Object.create(null)
  #kept = 0
  #replies = 0
  readonly #meanings = new Map<string, Meaning>()

  constructor(matches: readonly string[]) {
    this.#wanted = new Set(matches.map(comparable))
  }

  find(name: string): LabelName {
    return this.#names[name] ?? this.#read(name)
  }

  /**
   * Returns the number of the new reply. Clears the cache if it is too large, but only here: a reply compares its
   * names' meanings.
   */
  beginReply(): number {
    if (this.#kept > MOST_KEPT) {
      this.#names = Object.create(null)
      this.#meanings.clear()
      this.#kept = 0
    }
    this.#replies += 1
    return this.#replies
  }

  #read(name: string): LabelName {
    const text = labelText(name)
    const key = comparable(text)
    const meaning = this.#meanings.get(key) ?? { shownIn: 0 }
    this.#meanings.set(key, meaning)
    const counts = this.#wanted.has(comparable(name))
    const read = { counts, text, next: COMMA + text, weight: weightedLength(text), meaning }
    this.#names[name] = read
    this.#kept += name.length > LONGEST_KEPT ? MOST_KEPT : 1
    return read
  }
}

const comparable = (name: string): string => normalized(beginningOf(name)).trim().toLowerCase()

interface Recognised {
  readonly kind: ComposedReply['kind']
  /** The labels of each photo that the reply is about. */
  readonly photos: readonly (readonly LabelName[])[]
  /** The number of the reply. */
  readonly reply: number
}

function recognised(
  labelCache: LabelCache,
  labelsPerPhoto: readonly (readonly Label[] | null | undefined)[],
): Recognised {
  if (labelsPerPhoto.length === 0) return { kind: 'no-photo', photos: [], reply: 0 }
  const reply = labelCache.beginReply()
  const matching: LabelName[][] = []
  const others: LabelName[][] = []
  for (const labels of labelsPerPhoto) {
    const shown: LabelName[] = []
    const matches = readPhoto(labelCache, labels ?? [], shown)
    if (shown.length > 0) (matches ? matching : others).push(shown)
  }
  if (matching.length > 0) return { kind: 'match', photos: matching, reply }
  return { kind: others.length > 0 ? 'other' : 'nothing', photos: others, reply }
}

/** Adds the labels that a reply can show to `shown`. Returns whether any of them counts. */
function readPhoto(labelCache: LabelCache, labels: readonly Label[], shown: LabelName[]): boolean {
  let matches = false
  for (const { name, parents } of labels) {
    const label = labelCache.find(name)
    if (label.text === '') continue
    shown.push(label)
    matches ||= label.counts || anyCounts(labelCache, parents)
  }
  return matches
}

function anyCounts(labelCache: LabelCache, names: readonly string[]): boolean {
  for (const name of names) if (labelCache.find(name).counts) return true
  return false
}

function textsFor(locales: ReadonlyMap<string, LocaleTexts>, language: string, lang = language): LocaleTexts {
  const find = (tag = '') => locales.get(tag) ?? locales.get(tag.toLowerCase())
  const found = find(lang) ?? find(lang.split('-')[0]) ?? find(language)
  if (!found) throw new RulesError(['language: has no texts. Check the rules with checkRules.'])
  return found
}

/** Picks the template of a variant. From the second round on, a counter keeps the texts different. */
function templateFor(
  templates: readonly CompiledTemplate[],
  variant: number,
): { template: CompiledTemplate; counter: string } {
  if (!Number.isSafeInteger(variant) || variant < 0) throw new RangeError('`variant` must be an integer from 0.')
  const template = templates[variant % templates.length]
  if (template === undefined) throw new RulesError(['texts: a kind has no variant. Check the rules with checkRules.'])
  if (variant < templates.length) return { template, counter: '' }
  const round = Math.floor(variant / templates.length) + 1
  return { template, counter: ` (${round})` }
}

function nameOf({ mentionAuthor }: ReplyRules, { username }: TweetAuthor): Name | undefined {
  if (username === undefined || !/^\w{1,15}$/.test(username)) return undefined
  const text = mentionAuthor ? `@${username}` : username
  return { text, weight: text.length }
}

/**
 * Fills a template with as many labels as fit, or a part of the first. Adding up the weights is safe: a label never
 * merges with the text beside it into one character or URL (`labelText`), and if a name does, the total only becomes
 * lower.
 */
function filled(
  { opening, closing, names, weight }: CompiledTemplate,
  name: Name,
  found: Recognised,
  counter: string,
): Shown {
  const room = MAX_WEIGHT - weight - names * name.weight - counter.length
  if (room < 0) throw tooLong()
  const begun = joined(opening, name.text)
  if (!closing) return { text: begun + counter, labels: [] }
  const { text, labels } = labelsWithin(begun, room, found)
  return { text: text + joined(closing, name.text) + counter, labels }
}

/** Like `join`, but faster for few parts. */
function joined(parts: readonly string[], between: string): string {
  let text = parts[0] ?? ''
  for (let at = 1; at < parts.length; at++) text += between + parts[at]
  return text
}

type Shown = Pick<ComposedReply, 'text' | 'labels'>

/** Takes one label from each photo in turn, without repeats, until the next one does not fit. */
function labelsWithin(begun: string, room: number, { photos, reply }: Recognised): Shown {
  const labels: string[] = []
  let text = begun
  let left = room + COMMA.length
  for (let round = 0, more = true; more; round++) {
    more = false
    for (const photo of photos) {
      const label = photo[round]
      if (label === undefined) continue
      more = true
      if (label.meaning.shownIn === reply) continue
      label.meaning.shownIn = reply
      left -= label.weight + COMMA.length
      if (left < 0) return labels.length > 0 ? { text, labels } : onlyPartOf(begun, label, room)
      text += labels.length === 0 ? label.text : label.next
      labels.push(label.text)
    }
  }
  return { text, labels }
}

function onlyPartOf(begun: string, label: LabelName, room: number): Shown {
  const text = cut(label.text, room)
  return { text: begun + text, labels: [text] }
}

/** Cuts a label to as many graphemes as fit, at least one, and appends `CUT`. */
function cut(label: string, room: number): string {
  let kept = ''
  let fitting: string | undefined
  for (const grapheme of graphemes(label)) {
    kept += grapheme
    const shown = kept.trimEnd() + CUT
    if (weightedLength(shown) > room) break
    fitting = shown
  }
  if (fitting === undefined) throw tooLong()
  return fitting
}

const tooLong = () => new RulesError(['texts: a text leaves no room for its labels. Check the rules with checkRules.'])
