import { CUT, graphemes, labelText, MAX_WEIGHT } from './entities.js'
import type { Label } from './label.js'
import { lazily } from './lazily.js'
import type { ReplyRules, ReplyTexts, Wording } from './rules.js'
import { RulesError, readWording } from './rules.js'
import type { TweetAuthor } from './tweet.js'
import { weightedLength } from './weighted-length.js'

/** The words for one tweet. `labels` are the ones that `text` shows, as it shows them. */
export interface ComposedReply {
  readonly kind: 'match' | 'other' | 'nothing' | 'no-photo'
  readonly text: string
  readonly labels: readonly string[]
}

/** How a reply is worded. */
export interface ComposeOptions {
  /** The tweet's language, BCP 47. Without texts for it or for its primary language: the rules' own language. */
  readonly lang?: string
  /** Which of the wordings, an integer from 0. Any two numbers give two texts. Default: 0. */
  readonly variant?: number
}

const COMMA = ', '

/**
 * The reply to a tweet: `no-photo` for none, `nothing` where no label was recognised, `match` where a photo has a label
 * that counts (then with the labels of the photos that match), else `other` (with the labels of all). A photo that the
 * labeler knew nothing about may have no list at all.
 *
 * The text weighs at most 280, and holds no mention, hashtag, cashtag or URL other than the author's name where
 * `mentionAuthor` asks for it. Labels that do not fit are left out from the end; a single one is cut.
 *
 * @param rules as `checkRules` returned them.
 * @throws RulesError where the rules have no text that fits, which `checkRules` would have told.
 */
export function composeReply(
  rules: ReplyRules,
  author: TweetAuthor,
  labelsPerPhoto: readonly (readonly Label[] | null | undefined)[],
  options: ComposeOptions = {},
): ComposedReply {
  const { name: read, words } = readRules(rules)
  const { kind, labels } = recognised(read, labelsPerPhoto)
  const { wordings, someone } = wordsFor(words, rules.language, options.lang)
  const { wording, counter } = wordingOf(wordings[kind === 'no-photo' ? 'noPhoto' : kind], options.variant ?? 0)
  const name = nameOf(rules, author) ?? someone
  return { kind, ...filled(wording, name, labels, counter) }
}

/** Rules, read: as they are asked for with every reply. */
interface ReadRules {
  readonly name: (name: string) => LabelName
  /** By language, in lower case. */
  readonly words: ReadonlyMap<string, Words>
}

/** The name of a label or of a parent, read. */
interface LabelName {
  /** Whether a label counts that has it, or whose parent has it. */
  readonly counts: boolean
  /** As a reply shows it; empty where it shows none. */
  readonly text: string
  readonly weight: number
  /** What two texts have in common that are one label. */
  readonly key: string
}

interface Words {
  readonly wordings: Readonly<Record<'match' | 'other' | 'nothing' | 'noPhoto', readonly Wording[]>>
  readonly someone: Name
}

interface Name {
  readonly text: string
  readonly weight: number
}

const alreadyRead = lazily(() => new WeakMap<ReplyRules, ReadRules>())

function readRules(rules: ReplyRules): ReadRules {
  const known = alreadyRead().get(rules)
  if (known) return known
  const words = Object.entries(rules.texts).map(([lang, texts]) => [lang.toLowerCase(), readTexts(texts)] as const)
  const wanted = new Set(rules.matches.map(comparable))
  const name = oncePerName((name): LabelName => {
    const text = labelText(name)
    return { counts: wanted.has(comparable(name)), text, weight: weightedLength(text), key: comparable(text) }
  })
  const read = { name, words: new Map(words) }
  alreadyRead().set(rules, read)
  return read
}

function readTexts({ match, other, nothing, noPhoto, someone }: ReplyTexts): Words {
  const read = (templates: readonly string[]) => templates.map(readWording)
  return {
    wordings: { match: read(match), other: read(other), nothing: read(nothing), noPhoto: read(noPhoto) },
    someone: { text: someone, weight: weightedLength(someone) },
  }
}

interface PhotoLabels {
  readonly shown: readonly LabelName[]
  readonly matches: boolean
}

function recognised(
  read: ReadRules['name'],
  labelsPerPhoto: readonly (readonly Label[] | null | undefined)[],
): { readonly kind: ComposedReply['kind']; readonly labels: readonly LabelName[] } {
  if (labelsPerPhoto.length === 0) return { kind: 'no-photo', labels: [] }
  const photos = labelsPerPhoto.map((labels) => readPhoto(labels ?? [], read))
  const matching = photos.filter(({ matches }) => matches)
  if (matching.length > 0) return { kind: 'match', labels: merge(matching) }
  const labels = merge(photos)
  return { kind: labels.length > 0 ? 'other' : 'nothing', labels }
}

function readPhoto(labels: readonly Label[], read: ReadRules['name']): PhotoLabels {
  const shown: LabelName[] = []
  let matches = false
  for (const { name, parents } of labels) {
    const label = read(name)
    if (label.text === '') continue
    shown.push(label)
    matches ||= label.counts || parents.some((parent) => read(parent).counts)
  }
  return { shown, matches }
}

/** Labelers have a vocabulary of some thousand names, none of them long. */
const MOST_KEPT = 5000
const LONGEST_KEPT = 100

/** Reads each name of a vocabulary once. */
function oncePerName(read: (name: string) => LabelName): (name: string) => LabelName {
  const kept = new Map<string, LabelName>()
  return (name) => {
    const known = kept.get(name)
    if (known !== undefined) return known
    const made = read(name)
    if (kept.size >= MOST_KEPT) kept.clear()
    if (name.length <= LONGEST_KEPT) kept.set(name, made)
    return made
  }
}

const comparable = (name: string): string => name.normalize('NFC').trim().toLowerCase()

/** One label of each photo in turn, each label once. */
function merge(photos: readonly PhotoLabels[]): readonly LabelName[] {
  const merged: LabelName[] = []
  for (let round = 0, more = true; more; round += 1) {
    more = false
    for (const { shown } of photos) {
      const label = shown[round]
      if (label === undefined) continue
      more = true
      if (!merged.some(({ key }) => key === label.key)) merged.push(label)
    }
  }
  return merged
}

function wordsFor(words: ReadonlyMap<string, Words>, language: string, lang = language): Words {
  const find = (tag = '') => words.get(tag.toLowerCase())
  const found = find(lang) ?? find(lang.split('-')[0]) ?? find(language)
  if (!found) throw new RulesError(['language: has no texts. Check the rules with checkRules.'])
  return found
}

/** The wordings in their order; from the second round on a counter keeps the texts apart. */
function wordingOf(wordings: readonly Wording[], variant: number): { wording: Wording; counter: string } {
  if (!Number.isSafeInteger(variant) || variant < 0) throw new RangeError('`variant` must be an integer from 0.')
  const wording = wordings[variant % wordings.length]
  if (wording === undefined) throw new RulesError(['texts: a kind has no variant. Check the rules with checkRules.'])
  const round = Math.floor(variant / wordings.length) + 1
  return { wording, counter: round > 1 ? ` (${round})` : '' }
}

function nameOf({ mentionAuthor }: ReplyRules, { username }: TweetAuthor): Name | undefined {
  if (username === undefined || !/^[A-Za-z0-9_]{1,15}$/.test(username)) return undefined
  const text = mentionAuthor ? `@${username}` : username
  return { text, weight: text.length }
}

/**
 * The words with as many of the labels as fit, or a part of the first. Weights are added up: a label joins nothing that
 * stands beside it to one character or URL (`labelText`), and where the words around a name do, they weigh less.
 */
function filled(
  { opening, closing, names, weight }: Wording,
  name: Name,
  labels: readonly LabelName[],
  counter: string,
): { readonly text: string; readonly labels: readonly string[] } {
  const room = MAX_WEIGHT - weight - names * name.weight - counter.length
  if (room < 0) throw tooLong()
  if (!closing) return { text: joined(opening, name.text) + counter, labels: [] }
  const shown = labelsWithin(room, labels)
  return {
    text: joined(opening, name.text) + joined(shown, COMMA) + joined(closing, name.text) + counter,
    labels: shown,
  }
}

/** As `join` does, which takes longer for the few parts that there are. */
const joined = (parts: readonly string[], between: string): string =>
  parts.length === 0 ? '' : parts.reduce((text, part) => text + between + part)

function labelsWithin(room: number, labels: readonly LabelName[]): readonly string[] {
  const shown: string[] = []
  let left = room + COMMA.length
  for (const { text, weight } of labels) {
    left -= weight + COMMA.length
    if (left < 0) break
    shown.push(text)
  }
  if (shown.length > 0 || labels[0] === undefined) return shown
  return [cut(labels[0].text, room)]
}

/** As many graphemes as fit, at least one, and the sign that something is missing. */
function cut(label: string, room: number): string {
  let kept = ''
  let fitting: string | undefined
  for (const grapheme of graphemes(label).slice(0, -1)) {
    kept += grapheme
    const shown = kept.trimEnd() + CUT
    if (weightedLength(shown) > room) break
    fitting = shown
  }
  if (fitting === undefined) throw tooLong()
  return fitting
}

const tooLong = () => new RulesError(['texts: a text leaves no room for its labels. Check the rules with checkRules.'])
