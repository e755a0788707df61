import { CUT, graphemes, labelText, MAX_WEIGHT, MOST_UNITS } from './entities.js'
import type { Label } from './label.js'
import type { ReplyRules, ReplyTexts } from './rules.js'
import { fillTemplate, RulesError } from './rules.js'
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

/** Each label weighs at least 1, and 2 for the comma and the space before the next. */
const MOST_LABELS = Math.ceil(MAX_WEIGHT / 3)

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
  const { kind, labels } = recognised(rules, labelsPerPhoto)
  const texts = textsFor(rules, options.lang)
  const { template, counter } = wordingOf(texts[kind === 'no-photo' ? 'noPhoto' : kind], options.variant ?? 0)
  const name = authorName(rules, texts, author)
  const render = (shown: string) => fillTemplate(template, name, shown) + counter
  return { kind, ...fit(render, template.includes('{labels}') ? labels : undefined) }
}

interface PhotoLabels {
  readonly texts: readonly string[]
  readonly matches: boolean
}

function recognised(
  rules: ReplyRules,
  labelsPerPhoto: readonly (readonly Label[] | null | undefined)[],
): { readonly kind: ComposedReply['kind']; readonly labels: readonly string[] } {
  if (labelsPerPhoto.length === 0) return { kind: 'no-photo', labels: [] }
  const wanted = new Set(rules.matches.map(comparable))
  const photos = labelsPerPhoto.map((labels) => readPhoto(labels ?? [], wanted))
  const matching = photos.filter(({ matches }) => matches)
  if (matching.length > 0) return { kind: 'match', labels: merge(matching) }
  const labels = merge(photos)
  return { kind: labels.length > 0 ? 'other' : 'nothing', labels }
}

function readPhoto(labels: readonly Label[], wanted: ReadonlySet<string>): PhotoLabels {
  const shown = labels.map((label) => ({ label, text: labelText(label.name) })).filter(({ text }) => text !== '')
  return {
    texts: shown.map(({ text }) => text),
    matches: shown.some(({ label }) => [label.name, ...label.parents].some((name) => wanted.has(comparable(name)))),
  }
}

/** One label of each photo in turn, each label once. */
function merge(photos: readonly PhotoLabels[]): readonly string[] {
  const merged = new Map<string, string>()
  const rounds = Math.max(...photos.map(({ texts }) => texts.length))
  for (let round = 0; round < rounds; round += 1) {
    for (const { texts } of photos) {
      const text = texts[round]
      if (text === undefined) continue
      const key = comparable(text)
      if (!merged.has(key)) merged.set(key, text)
    }
  }
  return [...merged.values()]
}

const comparable = (name: string): string => name.normalize('NFC').trim().toLowerCase()

function textsFor(rules: ReplyRules, lang: string | undefined): ReplyTexts {
  const languages = Object.entries(rules.texts)
  const find = (tag: string | undefined) => languages.find(([key]) => key.toLowerCase() === tag?.toLowerCase())?.[1]
  const texts = find(lang) ?? find(lang?.split('-')[0]) ?? find(rules.language)
  if (!texts) throw new RulesError(['language: has no texts. Check the rules with checkRules.'])
  return texts
}

/** The templates in their order; from the second round on a counter keeps the texts apart. */
function wordingOf(templates: readonly string[], variant: number): { template: string; counter: string } {
  if (!Number.isSafeInteger(variant) || variant < 0) throw new RangeError('`variant` must be an integer from 0.')
  const template = templates[variant % templates.length]
  if (template === undefined) throw new RulesError(['texts: a kind has no variant. Check the rules with checkRules.'])
  const round = Math.floor(variant / templates.length) + 1
  return { template, counter: round > 1 ? ` (${round})` : '' }
}

function authorName(rules: ReplyRules, texts: ReplyTexts, { username }: TweetAuthor): string {
  if (username === undefined || !/^[A-Za-z0-9_]{1,15}$/.test(username)) return texts.someone
  return rules.mentionAuthor ? `@${username}` : username
}

interface Fitted {
  readonly text: string
  readonly labels: readonly string[]
}

/** With as many of the labels as fit, or a part of the first; `undefined` where the text has no place for labels. */
function fit(render: (labels: string) => string, labels: readonly string[] | undefined): Fitted {
  if (!labels) return within(render(''), []) ?? tooLong()
  const whole = longest(Math.min(labels.length, MOST_LABELS), (count) => {
    const shown = labels.slice(0, count)
    return within(render(shown.join(', ')), shown)
  })
  return whole ?? cut(render, labels[0] ?? '') ?? tooLong()
}

function cut(render: (labels: string) => string, label: string): Fitted | undefined {
  const parts = graphemes(label)
  return longest(Math.min(parts.length, MAX_WEIGHT), (length) => {
    const shown = parts.slice(0, length).join('').trimEnd() + CUT
    return within(render(shown), [shown])
  })
}

/** What the greatest number from 1 to `most` gives that gives something: a smaller one then does as well. */
function longest(most: number, attempt: (count: number) => Fitted | undefined): Fitted | undefined {
  let best = attempt(most)
  let low = 1
  let high = best ? 0 : most - 1
  while (low <= high) {
    const middle = Math.floor((low + high) / 2)
    const found = attempt(middle)
    best = found ?? best
    if (found) low = middle + 1
    else high = middle - 1
  }
  return best
}

const within = (text: string, labels: readonly string[]): Fitted | undefined =>
  text.length <= MOST_UNITS && weightedLength(text) <= MAX_WEIGHT ? { text, labels } : undefined

function tooLong(): never {
  throw new RulesError(['texts: a text leaves no room for its labels. Check the rules with checkRules.'])
}
