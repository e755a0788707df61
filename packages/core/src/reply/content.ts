import type { Platform } from '../policy/platform.js'
import { lazy } from '../util/lazy.js'
import type { ImageFault } from './images.js'
import { CUT, graphemes, MAX_WEIGHT, MOST_UNITS } from './safe-text.js'
import { normalized, urlsOf, weightedLength } from './weighted-length.js'

/** Which links, mentions and hashtags a reply may contain. By default, it may contain none. */
export interface AllowedContent {
  /** URLs. A post with a URL costs about twenty times as much at X. */
  readonly links?: boolean
  /** `@name`. X has restricted programmatic mentions since 2026-02-23. */
  readonly mentions?: boolean
  /** `#word` and `$NAME`. Both make the reply show up in searches. */
  readonly hashtags?: boolean
}

/** One reason why a text must not be posted as a reply. */
export interface TextFault {
  readonly kind: 'empty' | 'too-long' | 'character' | Entity['kind']
  /** UTF-16 indices into the NFC form of the text; `end` is exclusive. */
  readonly start: number
  readonly end: number
  /** What is wrong, where, and what to do, in a sentence or two. */
  readonly message: string
}

/** One reason why a reply must not be posted. */
export type ReplyFault = TextFault | ImageFault

/** The reply cannot be posted as it is. `faults` has every reason; the message has one line for each. */
export class ReplyContentError extends Error {
  override readonly name = 'ReplyContentError'
  readonly code = 'REPLY_CONTENT'
  readonly faults: readonly ReplyFault[]

  constructor(faults: readonly ReplyFault[]) {
    super(`The reply cannot be posted:\n${faults.map(({ message }) => `- ${message}`).join('\n')}`)
    this.faults = faults
  }
}

/** A part of a text that X turns into a link. */
interface Entity {
  readonly kind: 'mention' | 'hashtag' | 'cashtag' | 'link'
  readonly start: number
  readonly end: number
}

const nameCharacter = 'A-Za-z0-9_'
const tagCharacter = String.raw`\p{L}\p{M}\p{Nd}_\u200c\u200d\ua67e\u05be\u05f3\u05f4\uff5e\u301c\u309b\u309c\u30a0\u30fb\u3003\u0f0b\u0f0c\xb7`

/**
 * Each pattern finds everything that twitter-text 3.1.0 finds, and more: that library knows only the letters of 2018,
 * and X itself also links a cashtag in brackets.
 */
const entityPatterns = lazy(
  (): Readonly<Record<Entity['kind'], RegExp>> => ({
    mention: new RegExp(
      String.raw`(?<=^|[^${nameCharacter}!#$%&*@\uff20]|(?<![${nameCharacter}+~.\-])[rR][tT]:?)` +
        String.raw`[@\uff20][${nameCharacter}]{1,20}(?:/[A-Za-z][${nameCharacter}\-]{0,24})?`,
      'gu',
    ),
    hashtag: new RegExp(
      String.raw`(?<![${nameCharacter}&])[#\uff03](?![\ufe0f\u20e3])[${tagCharacter}]*[\p{L}\p{M}][${tagCharacter}]*`,
      'gu',
    ),
    cashtag: /(?<![\p{L}\p{N}\p{M}_$&])\$[A-Za-z]{1,6}(?:[._][A-Za-z]{1,2})?(?![\p{L}\p{N}\p{M}])/gu,
    /** The domain endings that X knows change, but with a protocol it is always a link. */
    link: /https?:\/\/[^\s/]\S*/giu,
  }),
)

const SIGNED = ['mention', 'hashtag', 'cashtag'] as const

/**
 * Finds all entities in a text, in order, without normalizing it. An entity that begins inside a URL is part of the
 * URL. An entity that begins before a URL and reaches into it replaces the URL.
 */
function entitiesIn(text: string): readonly Entity[] {
  const urls: readonly Entity[] = urlsOf(text).map((span) => ({ kind: 'link', ...span }))
  const meant = outside(urls, found('link', text), ({ end }) => end)
  const signed = SIGNED.flatMap((kind) => found(kind, text)).sort(byStart)
  const whole = outside(signed, urls, ({ start }) => start + 1)
  return [...urls, ...meant, ...outside(whole, signed, ({ start }) => start + 1)].sort(byStart)
}

const found = (kind: Entity['kind'], text: string): readonly Entity[] =>
  Array.from(text.matchAll(entityPatterns()[kind]), ({ 0: match, index }) => ({
    kind,
    start: index,
    end: index + match.length,
  }))

const byStart = (one: Entity, other: Entity): number => one.start - other.start

/** Returns the entities that do not overlap the others between their start and `endOf`. Both lists are in order. */
function outside(others: readonly Entity[], entities: readonly Entity[], endOf: (entity: Entity) => number) {
  let next = 0
  return entities.filter((entity) => {
    while ((others[next]?.end ?? Infinity) <= entity.start) next += 1
    return (others[next]?.start ?? Infinity) >= endOf(entity)
  })
}

/** Characters that UTF-8 cannot encode or X's library refuses, and controls that X does not treat as spaces. */
const refusedCharacters = lazy(() => /(?:[\p{Cs}\ufeff\ufffe\uffff]|(?![\t-\r\x85])\p{Cc})+/gu)
const invisible = lazy(() => /^[\s\p{Cc}\p{Cf}\p{Cs}\p{Default_Ignorable_Code_Point}\ufffe\uffff]*$/u)

/**
 * Lists every reason not to post a text as a reply: a weighted length above 280, no visible text, characters that X
 * does not accept, and each mention, hashtag, cashtag and link that `allow` does not allow. An empty list means that
 * the text can be posted. If a text is too long, only its first 2,100 UTF-16 units are checked for other faults.
 *
 * Source: twitter-text 3.1.0, https://docs.x.com/fundamentals/counting-characters
 */
export function contentFaults(text: string, allow: AllowedContent = {}): readonly TextFault[] {
  if (invisible().test(text)) {
    return [{ kind: 'empty', start: 0, end: text.length, message: 'It has no visible text. Add some.' }]
  }
  const nfc = normalized(text)
  const tooLong = lengthFaults(nfc)
  const looked = tooLong.length > 0 ? firstUnits(nfc) : nfc
  const faults = [...tooLong, ...characterFaults(looked), ...entityFaults(looked, allow)]
  // X normalizes a text before it reads it. But a few entities exist only in the original form.
  return faults.length === 0 && nfc !== text ? entityFaults(text, allow) : faults
}

/** Returns the first 2,100 UTF-16 units of a text, or one less if that would split a character. */
const firstUnits = (text: string) => text.slice(0, MOST_UNITS).replace(/[\ud800-\udbff]$/, '')

function lengthFaults(text: string): TextFault[] {
  const weight = weightedLength(text)
  if (weight <= MAX_WEIGHT) return []
  const message = `Its weighted length is ${weight}, but X accepts at most ${MAX_WEIGHT}. Shorten it, or use fit(text).`
  return [{ kind: 'too-long', start: 0, end: text.length, message }]
}

function characterFaults(text: string): TextFault[] {
  return Array.from(text.matchAll(refusedCharacters()), ({ 0: match, index }) => {
    const code = (match.codePointAt(0) ?? 0).toString(16).toUpperCase().padStart(4, '0')
    const message = `It has U+${code} at ${index}, which X does not accept. Remove it.`
    return { kind: 'character', start: index, end: index + match.length, message }
  })
}

function entityFaults(text: string, { links, mentions, hashtags }: AllowedContent): TextFault[] {
  const allowed = { link: links, mention: mentions, hashtag: hashtags, cashtag: hashtags }
  return entitiesIn(text)
    .filter(({ kind }) => allowed[kind] !== true)
    .map((entity) => {
      const quoted = JSON.stringify(shortForPeople(text.slice(entity.start, entity.end)))
      const message = `It has the ${entity.kind} ${quoted} at ${entity.start}. ${ADVICE[entity.kind]}`
      return { ...entity, message }
    })
}

const ADVICE: Readonly<Record<Entity['kind'], string>> = {
  link: 'X charges far more for a post with a URL: reword it, use fit(text), or define the bot with `allow: { links: true }`.',
  mention:
    'X addresses the author by itself: leave out the sign, use fit(text), or define the bot with `allow: { mentions: true }`.',
  hashtag: 'Leave out the sign, use fit(text), or define the bot with `allow: { hashtags: true }`.',
  cashtag: 'Leave out the sign, use fit(text), or define the bot with `allow: { hashtags: true }`.',
}

const shortForPeople = (text: string) => (text.length > 40 ? `${text.slice(0, 40)}…` : text)

/** Returns what X charges for a reply with this text, in micro-dollars. A link makes it more expensive. */
export function priceOfReply(text: string, { prices }: Platform): number {
  const hasLink = [text, normalized(text)].flatMap(entitiesIn).some(({ kind }) => kind === 'link')
  return hasLink ? prices.replyWithLink : prices.reply
}

/**
 * Makes a text safe to post as a reply: a weighted length of at most 280, whole graphemes, no characters that X
 * refuses, and nothing that X turns into a mention, hashtag, cashtag or link. Keeps the words: `@name` becomes `name`,
 * and `https://example.com` becomes `example .com`. Cuts a text that is too long, and ends it with "…". Returns a text
 * without `contentFaults` unchanged, so `fit(fit(text))` is `fit(text)`. The result is empty only if no visible text is
 * left.
 */
export function fit(text: string): string {
  if (text.length <= MOST_UNITS && contentFaults(text).length === 0) return text
  const { words, isCut } = beginningOf(text.replace(refusedCharacters(), '').trim())
  const plain = withoutEntities(words)
  if (isCut || weightedLength(plain) > MAX_WEIGHT) return shortened(plain, MAX_WEIGHT)
  return invisible().test(plain) ? '' : plain
}

/** How many units to read before normalizing: NFC merges at most three into one, except for a few marks. */
const MOST_READ = 4 * MOST_UNITS

/** Cuts a text to what a reply could hold, in NFC, without graphemes that are too heavy for any reply. */
function beginningOf(text: string): { readonly words: string; readonly isCut: boolean } {
  const nfc = normalized(text.slice(0, MOST_READ))
  const isCut = text.length > MOST_READ || nfc.length > MOST_UNITS
  const all = graphemes(firstUnits(nfc))
  // The last grapheme may have been split.
  const whole = isCut ? all.slice(0, -1) : all
  const fitsAlone = (grapheme: string) =>
    grapheme.length < MAX_WEIGHT / 2 || weightedLength(grapheme + CUT) <= MAX_WEIGHT
  const kept = whole.filter(fitsAlone)
  return { words: normalized(kept.join('')), isCut: isCut || kept.length < whole.length }
}

/**
 * Breaks all entities. Breaking one may create another (`.@com` becomes `.com`), but each round removes a sign, a
 * protocol or a joint.
 */
function withoutEntities(text: string): string {
  let words = text
  for (let entities = entitiesIn(words); entities.length > 0; entities = entitiesIn(words)) {
    for (const entity of entities.toReversed()) words = withBroken(entity, words)
    words = normalized(words)
  }
  return words
}

const beginsWord = lazy(() => /(?:^|[\s\p{Ps}\p{Pi}"'])$/u)
const signAndMarks = lazy(() => /^.[\p{M}\p{Emoji_Modifier}]*/u)

function withBroken({ kind, start, end }: Entity, text: string): string {
  const [before, entity, after] = [text.slice(0, start), text.slice(start, end), text.slice(end)]
  if (kind !== 'link') {
    const gap = beginsWord().test(before.slice(-1)) ? '' : ' '
    return before + gap + entity.replace(signAndMarks(), '') + after
  }
  const [host = '', ...path] = entity.replace(/^https?:\/\//i, '').split(/(?=[/?#])/)
  return before + host.replaceAll('.', ' .') + path.join('') + after
}

/** How far back to look for the end of a word, in UTF-16 units. */
const LONGEST_STEP_BACK = 40

/** Shortens a text to whole graphemes that fit into `room` together with `CUT`, at the end of a word if possible. */
function shortened(text: string, room: number): string {
  // A text that X accepts may be longer than that, if it has long links.
  const parts = graphemes(weightedLength(text) > MAX_WEIGHT ? firstUnits(text) : text)
  const known = new Set(entitiesIn(text).map(({ start, end }) => `${start}-${end}`))
  const cutAt = (count: number) =>
    parts
      .slice(0, count)
      .join('')
      .replace(/[\s,;:]+$/u, '') + CUT
  const isWhole = (cut: string) =>
    weightedLength(cut) <= room &&
    graphemes(cut).at(-1) === CUT &&
    entitiesIn(cut).every(({ start, end }) => known.has(`${start}-${end}`))
  let count = lastWordEnd(
    parts,
    mostThatFit(parts.length, (most) => weightedLength(cutAt(most)) <= room),
  )
  while (count > 0 && !isWhole(cutAt(count))) count -= 1
  return cutAt(count)
}

/** Returns the largest count that fits, by binary search: if a count fits, all lower ones do. */
function mostThatFit(most: number, fits: (count: number) => boolean): number {
  let [low, high] = [0, most]
  while (low < high) {
    const middle = Math.ceil((low + high) / 2)
    if (fits(middle)) low = middle
    else high = middle - 1
  }
  return low
}

function lastWordEnd(parts: readonly string[], count: number): number {
  const isWordEnd = (index: number) => !parts[index]?.trim()
  let end = count
  for (let steps = 0; end > 0 && steps <= LONGEST_STEP_BACK; end -= 1) {
    if (isWordEnd(end)) return end
    steps += parts[end - 1]?.length ?? 0
  }
  return count
}

/**
 * Varies a text that X would reject as a duplicate: variant 0 is the text itself, 1 adds the time ("at 14:03 UTC"), 2
 * adds the time with seconds, and later variants also add their number. With the same `now`, different numbers give
 * different texts. Shortens the text if the addition does not fit, and adds nothing that X turns into an entity.
 *
 * @param text a text without `contentFaults`
 * @param number a non-negative integer
 * @param now epoch milliseconds
 */
export function variantOf(text: string, number: number, now: number): string {
  if (!Number.isSafeInteger(number) || number < 0) throw new RangeError('`number` must be an integer from 0.')
  if (number === 0) return text
  const time = new Date(now).toISOString().slice(11, number === 1 ? 16 : 19)
  const added = ` (at ${time} UTC${number > 2 ? `, ${number}` : ''})`
  const room = MAX_WEIGHT - added.length
  return (weightedLength(text) > room ? shortened(text, room) : text.trimEnd()) + added
}
