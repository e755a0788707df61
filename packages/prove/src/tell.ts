import type { EventOutcome } from '@hexbird/core'
import type { Bill, BillKind, LocalTweet, TweetReference } from '@hexbird/local-x'
import type { Move } from './conversation.js'
import type { Fault } from './harness/faults.js'
import type { LocalStage } from './harness/local-stage.js'
import type { Answer } from './harness/meter.js'
import type { Asked, Breach } from './judge.js'
import { RULES } from './rules.js'
import type { Replay } from './verdict.js'

/** One thing that happened. */
export interface Line {
  /** Epoch milliseconds. */
  readonly at: number
  readonly text: string
}

/** What X had before a run. */
export interface Before {
  readonly tweets: number
  readonly refused: number
  readonly bill: Bill
}

/** Notes what happens in a run, in the order in which it happens. */
export class Teller {
  readonly lines: Line[] = []
  readonly #stage: LocalStage
  readonly #suffix: string
  readonly #before: Before
  readonly #tells: boolean
  readonly #startsAt: number
  readonly #thrown = new Set<string>()
  /** Tweets about which the story has told what went wrong since the bot last put them off, by `id`. */
  readonly #explained = new Set<string>()
  /** Why each tweet was put off, as far as that has been told. */
  readonly #putOff = new Set<string>()
  /** X cut the connection of the last call. */
  #wasCut = false
  #tweets: number
  #refused: number
  /** The words for the next tweet of a person. */
  #words: ((tweet: LocalTweet) => string) | undefined

  /** @param suffix what all names of this run end in, and nobody needs to read */
  constructor(stage: LocalStage, suffix: string, before: Before, tells: boolean) {
    this.#stage = stage
    this.#startsAt = stage.clock.now()
    this.#suffix = suffix
    this.#before = before
    this.#tells = tells
    this.#tweets = before.tweets
    this.#refused = before.refused
  }

  plain(text: string): string {
    return text.replaceAll(this.#suffix, '')
  }

  say(text: string): void {
    if (!this.#tells) return
    this.#catchUp()
    this.#add(text)
  }

  /** Somebody is about to tweet, which is told when X has the tweet. */
  tweets({ as, text, photos = [], name, padding = 0 }: Extract<Move, { do: 'tweet' }>): void {
    const whose = ({ author }: TweetReference) => `a tweet by @${this.plain(author.username)}`
    const more = padding > 0 ? ` and ${padding} more emoji` : ''
    const by = name === undefined ? '' : ` (display name “${shown(name)}”)`
    this.#expect(({ inReplyTo, quoted, links }) => {
      const done = [
        ...(inReplyTo ? [`replied to ${whose(inReplyTo)}`] : []),
        ...(quoted ? [`quoted ${whose(quoted)}`] : []),
      ]
      const what = done.join(' and ') || 'tweeted'
      return `@${as}${by} ${what}: “${this.#named(text)}${linkIn(links)}”${more}${photosIn(photos)}`
    })
  }

  /** Somebody is about to edit a tweet, which X may refuse. */
  edits(as: string, { text, photos = [] }: Extract<Move, { do: 'edit' }>): void {
    this.#expect(({ links }) => `@${as} edited the tweet: “${this.#named(text)}${linkIn(links)}”${photosIn(photos)}`)
  }

  /** X has just delivered it, after the deliveries before `from`. Told if X delivered it more than once. */
  delivered(what: string, from: number): void {
    if (!this.#tells) return
    const { x, dialects } = this.#stage
    const made = x.deliveries().slice(from)
    const times = made.filter(({ error }) => !error?.startsWith('dropped')).length
    if (times < 2) return
    const how = dialects === 'both' && times === 2 ? ', once in each format' : ''
    this.say(`X delivered ${what} ${times === 2 ? 'twice' : `${times} times`}${how}.`)
  }

  /** The bot has asked X for mentions. */
  found(all: readonly Asked[]): void {
    if (!this.#tells || all.length === 0) return
    const authors = [...new Set(all.map(({ as }) => `@${as}`))].join(', ')
    const what = all.length === 1 ? `${authors}’s tweet` : `${all.length} tweets by ${authors}`
    this.say(`The bot listed its mentions and found ${what}.`)
  }

  /** It had already run for the same tweet, or still runs. Told once. */
  ranAgain(handler: string, about: Asked | undefined, isFirstOpen: boolean): void {
    const how = isFirstOpen ? ', while the first run was still going' : ''
    if (about) this.say(`The ${quotedHandler(handler)} ran again for @${about.as}’s tweet${how}.`)
  }

  threw(handler: string, error: unknown): void {
    if (!this.#tells) return
    const text = error instanceof Error ? `${error.name}: ${error.message}` : String(error)
    const told = `The ${quotedHandler(handler)} threw ${oneLine(this.plain(text))}`
    this.say(this.#thrown.has(told) ? `The ${quotedHandler(handler)} threw the same error again.` : told)
    this.#thrown.add(told)
  }

  fault(fault: Fault, label: string, about: Asked | undefined): void {
    if (!this.#tells) return
    if (about) this.#explained.add(about.id)
    const isTold = this.#wasCut && isToX(label) && (fault === 'throw-after' || fault === 'timeout')
    if (!isTold) this.say(`${faultWords(fault, label)}${forWhom(about)}`)
  }

  /** A call came before the time until which X had asked the bot to wait. */
  early(call: string, until: number, about: Asked | undefined): void {
    if (!this.#tells) return
    const why =
      until < Number.POSITIVE_INFINITY ? `asked the bot to wait until ${this.#time(until)}` : 'locked the account'
    this.say(`${capitalized(requestWords(call))} came too early: X had ${why}.${forWhom(about)}`)
  }

  /** Told only if it is an error. What X took, and the posts that its rules refused, are told by themselves. */
  answered(call: string, answer: Answer, about: Asked | undefined): void {
    if (!this.#tells) return
    const refused = this.#refused
    this.#catchUp()
    const { status } = answer
    this.#wasCut = status === undefined
    if (status !== undefined && status < 400) return
    if (about) this.#explained.add(about.id)
    if (this.#refused > refused) return
    const what = requestWords(call)
    const how = status === undefined ? `cut the connection instead of answering ${what}` : `answered ${what} with `
    this.#add(`X ${how}${status === undefined ? '' : this.#answerWords(status, answer)}.${forWhom(about)}`)
  }

  outcome(outcome: EventOutcome, about: Asked | undefined): void {
    if (!this.#tells || !about) return
    const to = `@${about.as}’s tweet`
    if (outcome.kind === 'deferred') this.#wait(outcome, about)
    if (outcome.kind === 'refused') this.say(`The bot gave up on ${to}: ${outcome.reason}.`)
    if (outcome.kind === 'unresolved') this.say(`The bot cannot tell whether it replied to ${to}, so it gave up.`)
    if (outcome.kind === 'ignored' && !['already-handled', 'job-gone'].includes(outcome.reason)) {
      const why = 'detail' in outcome && outcome.detail !== undefined ? `: ${outcome.detail}` : ''
      this.say(`The bot did not reply to ${to} (${outcome.reason})${why.replace(/\.$/, '')}.`)
    }
  }

  gaveUp(about: Asked | undefined, reason: unknown): void {
    if (!this.#tells) return
    const error = reason instanceof Error ? `${reason.name}: ${reason.message}` : String(reason)
    const what = about ? `@${about.as}’s tweet` : 'an event'
    this.say(`The queue gave up on ${what} after the last attempt: ${oneLine(this.plain(error)).slice(0, 300)}`)
  }

  /** What X charged for is the last line. */
  end(): void {
    if (!this.#tells) return
    this.#catchUp()
    this.#add(billOf(this.#before.bill, this.#stage.x.bill()))
  }

  /** Told once for each reason, unless the story has just told what went wrong. */
  #wait({ reason, detail }: Extract<EventOutcome, { kind: 'deferred' }>, { id, as }: Asked): void {
    const isExplained = this.#explained.delete(id)
    const why = `${id} ${reason}`
    if (isExplained || HANDLER_STAYS.has(reason) || this.#putOff.has(why)) return
    this.#putOff.add(why)
    this.say(`The bot put off @${as}’s tweet: ${oneLine(this.plain(detail)).replace(/\.$/, '')}.`)
  }

  #answerWords(status: number, { until, kind }: Answer): string {
    if (status === 429) {
      const wait =
        until === undefined ? 'without saying how long to wait' : `asking the bot to wait until ${this.#time(until)}`
      return `429, ${wait}`
    }
    const why = kind === 'locked' ? LOCKED : kind === 'unexplained' ? UNEXPLAINED : status === 402 ? NO_CREDITS : ''
    return `${status}${why}`
  }

  #add(text: string): void {
    this.lines.push({ at: this.#stage.clock.now(), text })
  }

  /** What X has since the last line. */
  #catchUp(): void {
    const { x } = this.#stage
    const lines: Line[] = []
    const tweets = x.tweets()
    for (const tweet of tweets.slice(this.#tweets)) {
      const text = tweet.author.id === x.bot.id ? this.#posted(tweet) : this.#words?.(tweet)
      if (text !== undefined) lines.push({ at: tweet.createdAt, text })
    }
    this.#tweets = tweets.length
    const refused = x.refusedPosts()
    for (const { author, text, at, detail, inReplyToId } of refused.slice(this.#refused)) {
      if (author.id !== x.bot.id) continue
      const post = `the bot’s post “${shown(this.plain(text))}”${this.#inReplyTo(inReplyToId)}`
      lines.push({ at, text: `X refused ${post}: ${detail}` })
    }
    this.#refused = refused.length
    this.lines.push(...lines.sort((one, other) => one.at - other.at))
  }

  #expect(words: (tweet: LocalTweet) => string): void {
    if (!this.#tells) return
    this.#catchUp()
    this.#words = words
  }

  #inReplyTo(id: string | undefined): string {
    if (id === undefined) return ''
    const tweet = this.#stage.x.tweets().find((one) => one.id === id)
    return tweet ? ` in reply to @${this.plain(tweet.author.username)}` : ' in reply to a tweet that does not exist'
  }

  #posted({ inReplyTo, photos, displayText }: LocalTweet): string {
    const to = inReplyTo ? `replied to @${this.plain(inReplyTo.author.username)}` : 'posted'
    const images = photos.length > 0 ? `, with ${photos.length} image${photos.length > 1 ? 's' : ''}` : ''
    return `The bot ${to}: “${shown(this.plain(displayText))}”${images}`
  }

  #time(at: number): string {
    return timeOf(at, this.#startsAt)
  }

  #named(text: string): string {
    return shown(text.replaceAll(/@bot\b/g, `@${this.#stage.x.bot.username}`))
  }
}

/** The story of what is broken: the rule, what happened, and the bill; and with which seed `prove` finds it. */
export function storyOf({ rule, detail }: Breach, lines: readonly Line[], { startsAt }: Replay, seed?: number): string {
  const { says, since } = RULES.find(({ name }) => name === rule) ?? { says: rule, since: '' }
  const time = (at: number) => timeOf(at, Date.parse(startsAt))
  const told = withoutRepeats(lines, time).map(({ at, text }) => `  ${time(at)}  ${text}`)
  return [
    `${says} (${rule}, since ${since})`,
    `But ${detail}:`.replaceAll(/\s+/g, ' '),
    ...told,
    ...(seed === undefined ? [] : [`  Seed ${seed}.`]),
  ].join('\n')
}

/** What happens at least three times in a row is told once, with how often it repeats, and until when. */
function withoutRepeats(lines: readonly Line[], time: (at: number) => string): readonly Line[] {
  const told: Line[] = []
  for (let from = 0; from < lines.length; ) {
    const [size, end] = repeatsFrom(lines, from)
    // The last time is a whole one.
    const repeats = from + size + ((end - from) % size)
    told.push(...lines.slice(from, repeats))
    from = end
    const [first, last] = [lines[repeats], lines[end - 1]]
    if (repeats === end || !first || !last) continue
    const what = size === 1 ? '…' : `… the last ${size} lines repeat`
    const until = time(last.at) === time(first.at) ? '' : ` until ${time(last.at)}`
    told.push({ at: first.at, text: `${what} ${(end - repeats) / size} more times${until}.` })
  }
  return told
}

/** How many lines repeat from there on, and where that ends. If they do so too seldom: one line, and the next. */
function repeatsFrom(lines: readonly Line[], from: number): readonly [size: number, end: number] {
  for (let size = 1; size <= MOST_LINES_REPEATED; size++) {
    let end = from + size
    while (end < lines.length && keyOf(lines[end]) === keyOf(lines[end - size])) end += 1
    if (end - from >= 3 * size) return [size, end]
  }
  return [1, from + 1]
}

const MOST_LINES_REPEATED = 4

/** What is written twice may have other numbers. */
const keyOf = (line: Line | undefined) => line?.text.replaceAll(/“[^”]*”/g, (words) => words.replaceAll(/\d+/g, '0'))

const DAY = 24 * 60 * 60 * 1000

/** In UTC, with the day of the story after its first. */
function timeOf(at: number, startsAt: number): string {
  const day = Math.floor(at / DAY) - Math.floor(startsAt / DAY)
  return `${day > 0 ? `day ${day + 1}, ` : ''}${new Date(at).toISOString().slice(11, 19)}`
}

const LONGEST = 200

/** Marks that nobody sees are written out, and what is long is cut. */
function shown(text: string): string {
  const visible = text.replaceAll(/[\p{Cc}\p{Cf}\p{Cs}\u2028\u2029]/gu, (mark) => {
    return `\\u{${(mark.codePointAt(0) ?? 0).toString(16)}}`
  })
  return visible.length > LONGEST ? `${visible.slice(0, LONGEST)}…` : visible
}

function photosIn(photos: readonly { readonly shows: string; readonly alt?: string }[]): string {
  if (photos.length === 0) return ''
  const each = photos.map(({ shows, alt }) => (alt === undefined ? shows : `${shows}, described as “${shown(alt)}”`))
  return `, with ${photos.length === 1 ? 'a photo' : `${photos.length} photos`} (${each.join('; ')})`
}

/** The link that X adds for a tweet that is quoted. */
const linkIn = (links: LocalTweet['links']) =>
  links.map(({ kind, url }) => (kind === 'quoted' ? ` ${url}` : '')).join('')

const forWhom = (about: Asked | undefined) => (about ? ` (for @${about.as}’s tweet)` : '')

const capitalized = (text: string) => `${text.charAt(0).toUpperCase()}${text.slice(1)}`

/** A message with a list, on one line. */
const oneLine = (text: string) => text.replaceAll(/\s+(?:- )?/g, ' ')

/** Handlers without a name are known by their place among all. */
const quotedHandler = (name: string) =>
  /^handler \d+$/.test(name) ? name.replace('handler', 'handler at position') : name.replace(/^(\w+) (.*)$/, '$1 “$2”')

/** What the calls of ports are, for people. */
const CALLS: Readonly<Record<string, string>> = {
  'social.reply': 'posting the reply to X',
  'social.tweet': 'looking up the tweet',
  'social.findOwnReply': 'searching for an earlier reply',
  'social.uploadImage': 'uploading an image',
  'mentions.since': 'asking X for mentions',
  'inbox.put': 'storing the delivery',
  'ledger.find': 'reading the ledger of replies',
  'ledger.claim': 'claiming the reply in the ledger',
  'ledger.settle': 'recording the outcome in the ledger',
  'ledger.release': 'releasing the claim in the ledger',
  'budget.reserve': 'reserving the budget',
  'budget.settle': 'settling the budget',
  'blobs.put': 'storing a photo or a job',
  'blobs.get': 'reading a photo or a job',
  'blobs.remove': 'removing a photo or a job',
  'blobs.removeAll': 'removing the photos',
  'jobs.put': 'storing the job',
  'labeler.label': 'labeling a photo',
  'media.fetch': 'fetching a photo',
  'killSwitch.state': 'reading the kill switch',
  'optOuts.has': 'checking who said “stop”',
  'optOuts.add': 'recording who said “stop”',
}

/** Which of those calls ask something of X. */
const CALLS_TO_X: Readonly<Record<string, string>> = {
  'social.reply': 'post',
  'social.tweet': 'tweet',
  'social.findOwnReply': 'timeline',
  'social.uploadImage': 'upload',
  'mentions.since': 'mentions',
}

/** What is asked of X, in words. Calls by the bot's own client are known by their method and path. */
const REQUESTS: Readonly<Record<string, string>> = {
  post: 'the post',
  upload: 'the upload',
  tweet: 'the lookup',
  timeline: 'the search for an earlier reply',
  mentions: 'the request for mentions',
}

/** After these, no handler runs again: another run has the reply, or the bot looks for it on X. */
const HANDLER_STAYS: ReadonlySet<string> = new Set(['busy', 'ambiguous'])

const LOCKED = ', because the account is locked'
const UNEXPLAINED = ', without a reason'
const NO_CREDITS = ', because there are no credits'

const requestWords = (call: string) => REQUESTS[call] ?? `the request ${call}`

const isToX = (label: string) => label in CALLS_TO_X || label.startsWith('fetch ')

/** A handler or job, and at which end of it something goes wrong. */
function partOf(label: string): { readonly handler: string; readonly part: 'start' | 'end' } | undefined {
  if (!/^(?:handler|job) /.test(label)) return undefined
  const isEnd = label.endsWith(', end')
  return { handler: quotedHandler(isEnd ? label.slice(0, -', end'.length) : label), part: isEnd ? 'end' : 'start' }
}

function callWords(label: string): string {
  if (label.startsWith('fetch ')) return requestWords(label.slice('fetch '.length))
  const known = CALLS[label]
  if (known !== undefined) return known
  const at = partOf(label)
  if (at) return `the ${at.part} of the ${at.handler}`
  return label.startsWith('effect ') ? `the ${quotedHandler(label)}` : `the call ${label}`
}

function faultWords(fault: Fault, label: string): string {
  const call = callWords(label)
  const first = capitalized(call)
  const at = partOf(label)
  if (at && !fault.startsWith('crash')) return `The ${at.handler} failed at its ${at.part}.`
  const request = isToX(label) ? requestWords(CALLS_TO_X[label] ?? label.slice('fetch '.length)) : undefined
  const isEffect = label.startsWith('effect ')
  switch (fault) {
    case 'throw-before':
      return `${first} failed, with no effect.`
    case 'throw-after':
      if (request !== undefined) return `X answered ${request}, but the response was lost.`
      return isEffect ? `The response to ${call} was lost.` : `${first} took effect, but the response was lost.`
    case 'timeout':
      if (request !== undefined) return `X answered ${request}, but not within 10 seconds.`
      return isEffect ? `${first} timed out after 10 seconds.` : `${first} took effect, but timed out after 10 seconds.`
    case 'crash-before':
      return `The process crashed right before ${call}.`
    case 'crash-after':
      return `The process crashed right after ${call}.`
  }
}

const CHARGED: Readonly<Record<BillKind, string>> = {
  postRead: 'posts read',
  userRead: 'accounts read',
  ownedRead: 'own posts and mentions listed',
  postEvent: 'delivered tweets',
  messageEvent: 'delivered messages',
  followEvent: 'delivered follows',
  reply: 'replies',
  post: 'posts',
  postWithLink: 'posts with a link',
  message: 'messages',
  follow: 'follows',
}

const dollars = (microDollars: number) => `$${(microDollars / 1_000_000).toFixed(3)}`

function billOf(before: Bill, after: Bill): string {
  const kinds = (Object.keys(CHARGED) as BillKind[]).flatMap((kind) => {
    const amount = after.byKind[kind] - before.byKind[kind]
    return amount > 0 ? [`${dollars(amount)} for ${CHARGED[kind]}`] : []
  })
  return `X’s bill: ${dollars(after.total - before.total)}${kinds.length > 0 ? ` (${kinds.join(', ')})` : ''}.`
}
