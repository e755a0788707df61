import { type AllowedContent, contentFaults, type Limits, type Platform } from '@hexbird/core'
import type { Notes } from './bind.js'
import { askedFor, type Fixture } from './harness/fixture.js'
import type { LocalStage } from './harness/local-stage.js'
import type { RuleName } from './rules.js'
import type { Before } from './tell.js'
import type { Replay } from './verdict.js'

/** What somebody tweeted, and what has become of it and of its author since. */
export interface Asked {
  readonly id: string
  readonly as: string
  readonly authorId: string
  readonly firstId: string
  readonly versions: string[]
  readonly at: number
  readonly isSummons: boolean
  /** The same, of any of its versions. */
  mayBeAnswered: boolean
  /** It quotes the bot without its name, and X did not get to tell of it: X lists no quotes, so nobody can find it. */
  readonly isOutOfReach: boolean
  /** Which deliveries told of it. */
  readonly delivered: readonly [from: number, until: number]
  readonly hadStopped: boolean
  stops: boolean
  isDeleted: boolean
  isBlocked: boolean
}

/** A reply that reached X through core, and what X said. */
export interface Post {
  /** The `id` of the tweet in the conversation. */
  readonly about: string
  readonly text: string
  readonly kind: string
}

/** What a run has left, to be judged. */
interface Evidence {
  readonly replay: Replay
  readonly stage: LocalStage
  readonly fixture: Fixture
  readonly before: Before
  readonly asked: readonly Asked[]
  readonly posts: readonly Post[]
  /** The keys of the photos that the labeler was given. */
  readonly labeled: ReadonlySet<string>
  /** How often each guarded effect happened, by name and key. */
  readonly effects: ReadonlyMap<string, number>
  readonly notes: Notes
  readonly allow: AllowedContent
  readonly limits: Limits
  readonly platform: Platform
  readonly isStuck: boolean
  readonly unhandled: readonly unknown[]
}

/** A rule that a run broke, and how. */
export interface Breach {
  readonly rule: RuleName
  readonly detail: string
}

/** Reasons that core gives and that end a matter for good. */
const REASONS = new Set([
  'opted-out',
  'follow-up',
  'tweet-gone',
  'conversation-limit',
  'skipped',
  'no-handler',
  'not-summoned',
  'replies-closed',
])

const SOON = 15_000

/** Three refusals without a reason stop the bot; each of those that were at it in that moment may have asked once more. */
const MOST_REFUSED = 3 + 10

/** What was found of a run. */
export interface Judgement {
  readonly breaches: readonly Breach[]
  /** The ids of tweets that have a reply. */
  readonly replied: readonly string[]
  /** And of those that a handler left without a reply and without a word why. */
  readonly silent: readonly string[]
}

/** Core's own words for a handler that did nothing. */
const DID_NOTHING = 'The handler did not reply.'

export async function judge(evidence: Evidence): Promise<Judgement> {
  const {
    replay,
    stage,
    fixture,
    before,
    asked,
    posts,
    labeled,
    effects,
    notes,
    allow,
    limits,
    platform,
    isStuck,
    unhandled,
  } = evidence
  const { x } = stage
  const { conditions, conversation, faults } = replay
  const breaches: Breach[] = []
  const [replied, silent]: [string[], string[]] = [[], []]
  const found = (rule: RuleName, detail: string) => void breaches.push({ rule, detail })
  const own = x
    .tweets()
    .slice(before.tweets)
    .filter(({ author }) => author.id === x.bot.id)
  const refused = x
    .refusedPosts()
    .slice(before.refused)
    .filter(({ author }) => author.id === x.bot.id)
  const counted = fixture.count()
  /** In micro-dollars: the most that one more tweet may cost, and what is reserved for one as a rule. */
  const link = allow.links ? platform.prices.replyWithLink - platform.prices.reply : 0
  const [DEAREST, RESERVED] = [40_000 + link, 20_000 + link]

  if (isStuck) found('ends', `${[...notes.open].join(', ') || 'something'} never finished in virtual time`)
  if (unhandled.length > 0) found('unhandled', String(unhandled[0]))

  for (const tweet of asked) {
    const replies = own.filter(({ inReplyTo }) => tweet.versions.includes(inReplyTo?.id ?? ''))
    if (replies.length > 0) replied.push(tweet.id)
    if (replies.length > 1) found('one-reply', `@${tweet.as} got ${replies.length} replies`)
    if (replies.length > 0 && !tweet.mayBeAnswered)
      found('summoned', `the bot replied to @${tweet.as}, who did not ask for a reply`)
    if (replies.length > 0 && tweet.hadStopped)
      found('opted-out', `the bot replied to @${tweet.as}, who had said “stop”`)
    const wanted = notes.images.get(tweet.firstId)
    const bare = replies.find(({ photos }) => wanted && !wanted.includes(photos.length))
    if (bare) found('images', `the reply to @${tweet.as} has ${bare.photos.length} images, not ${wanted?.at(-1)}`)
    if (!isStuck && replies.length === 0 && (await isMissed(tweet)))
      found('a-reply-in-the-end', `@${tweet.as} got no reply, and no reason is on record`)
    const tries = posts.filter(({ about, kind }) => about === tweet.id && mayBeThere(kind)).length
    if (tries > 2) found('insistent', `the bot posted ${tries} times for @${tweet.as}’s tweet`)
    // The bot cannot know of a refusal whose answer was lost.
    const unknown = faults.length + posts.filter(({ about, kind }) => about === tweet.id && kind === 'ambiguous').length
    const again = timesMostRefused(refused.filter(({ inReplyToId = '' }) => tweet.versions.includes(inReplyToId)))
    if (again > 2 + unknown)
      found('insistent', `X refused the same words to @${tweet.as} as a duplicate ${again} times`)
    const afterBlock = refused.filter(({ inReplyToId = '', detail }) => {
      return tweet.isBlocked && tweet.versions.includes(inReplyToId) && /not visible/.test(detail)
    })
    if (afterBlock.length > 1 + unknown)
      found('blocked', `the bot tried ${afterBlock.length} times to reply to @${tweet.as}`)
  }
  const unexplained = posts.filter(({ kind }) => kind === 'unexplained').length
  if (unexplained > MOST_REFUSED && faults.length === 0)
    found('insistent', `X refused ${unexplained} posts without giving a reason`)

  for (const { inReplyToId, text, detail } of refused) {
    if (/only reply to or quote posts where/.test(detail)) {
      const to = asked.find(({ versions }) => versions.includes(inReplyToId ?? ''))
      if (!to?.mayBeAnswered)
        found('summoned', `the bot tried to reply to ${to ? `@${to.as}` : 'someone'}, who did not ask for a reply`)
    }
    if (/too long/i.test(detail)) found('length', `the bot tried to post ${[...text].length} characters`)
  }
  for (const { displayText } of own) {
    for (const { kind, message } of contentFaults(displayText, allow)) {
      if (kind === 'mention' || kind === 'hashtag' || kind === 'cashtag') found('entities', message)
      if (kind === 'link') found('links', message)
    }
  }

  // The word for what a photo shows may be the bot's own: it speaks of a photo only if it has looked at one, and rightly so at this.
  const isBlind = (id: string | undefined) => labeled.size > 0 && ![...labeled].some((key) => key.includes(`/${id}-`))
  if (counted.mixed > 0 && own.some(({ inReplyTo }) => isBlind(inReplyTo?.id)))
    found('right-photo', 'the reply is about the photo in another version of the tweet')
  if (counted.photosLeft > 0) found('left-behind', `${counted.photosLeft} photos or jobs are still stored`)
  const days = Math.floor(stage.clock.now() / DAY) - Math.floor(Date.parse(replay.startsAt) / DAY) + 1
  const spent = askedFor(x.bill()) - askedFor(before.bill)
  if (counted.overspent > 0 || spent > limits.perDay * days) found('budget', 'the bot spent more than a limit')
  const early = counted.early + notes.early
  if (early > 0) found('waits', `${early} ${early === 1 ? 'call' : 'calls'} came too early`)
  for (const move of conversation) {
    if (move.do !== 'answer-back') continue
    const most = limits.repliesPerConversation + (conditions.dialects === 'x-activity' ? 0 : 1)
    const answers = asked.filter(({ id }) => id === move.to || id.startsWith(`${move.to}-`))
    const answered = own.filter(({ inReplyTo }) =>
      answers.some(({ versions }) => versions.includes(inReplyTo?.id ?? '')),
    )
    if (answered.length > most)
      found('loop', `the bot replied ${answered.length} times to another bot; the limit is ${most}`)
  }
  for (const [effect, count] of effects) if (count > 1) found('effects', `“${effect}” happened ${count} times`)
  const waited = waitedAfterOutage()
  if (waited > SOON) found('soon', `half of the affected people waited ${Math.round(waited / 1000)} seconds or longer`)
  return { breaches, replied, silent }

  async function isMissed(tweet: Asked) {
    const { id, as, authorId, firstId } = tweet
    if (!tweet.isSummons || tweet.isOutOfReach || tweet.isDeleted || tweet.isBlocked || tweet.hadStopped) return false
    const entry = await fixture.ledger.find({ botId: x.bot.id, about: firstId })
    const settled = entry?.kind === 'settled' ? entry.outcome : undefined
    const end = settled?.kind
    const outcomes = fixture.outcomes.get(firstId) ?? []
    const didNothing =
      settled?.kind === 'skipped'
        ? settled.reason === DID_NOTHING
        : outcomes.some((outcome) => outcome.kind === 'ignored' && outcome.detail === DID_NOTHING)
    if (didNothing) silent.push(id)
    // The run that threw wanted to do something, and the run that did nothing took it for done.
    if (didNothing && notes.threw.has(firstId)) return true
    const isTooDear =
      settled?.kind === 'skipped'
        ? settled.reason === 'over-budget'
        : !settled && outcomes.some((outcome) => outcome.kind === 'ignored' && outcome.reason === 'over-budget')
    if (isTooDear) return !mayBeOverBudget(as, authorId)
    if (end === 'skipped' || end === 'refused') return false
    if (outcomes.some((outcome) => outcome.kind === 'ignored' && REASONS.has(outcome.reason))) return false
    if (outcomes.some(({ kind }) => kind === 'refused' || kind === 'opted-out')) return false
    if (end === 'unresolved' || outcomes.some(({ kind }) => kind === 'unresolved')) return !mayBeUnresolved()
    return !isDear(as, authorId, id)
  }

  /** One thing that goes wrong leaves no doubt that lasts, unless the words may be those of another reply. */
  function mayBeUnresolved(): boolean {
    const isAlone = faults.length <= 1 && !conditions.diesAgainAndAgain
    return !(isAlone && conditions.takesSameWords && !conversation.some((move) => move.do === 'x-answers'))
  }

  /** The money may be spent, or be reserved for others who asked at the same time. */
  function mayBeOverBudget(as: string, authorId: string): boolean {
    const { perAuthorPerDay, perDay, sweepPerDay } = limits
    const floods = conversation.flatMap((move) => (move.do === 'flood' && move.as !== as ? [move.as] : []))
    const [own, others] = [asked.filter((one) => one.as === as), asked.filter((one) => !floods.includes(one.as))]
    if (own.length * RESERVED > perAuthorPerDay) return true
    // What a flood may take of the day is its author's share, and that of sweeps.
    const flooded = floods.length > 0 ? floods.length * perAuthorPerDay + sweepPerDay : 0
    if (flooded + others.length * RESERVED > perDay) return true
    return (fixture.meter.spent.get(`author ${authorId} ${today()}`) ?? 0) + RESERVED > perAuthorPerDay
  }

  function today(): string {
    return new Date(stage.clock.now()).toISOString().slice(0, 10)
  }

  /** Whoever was interrupted after the job was removed did not get to say that the author's money is spent. */
  function isDear(as: string, authorId: string, id: string): boolean {
    if (!asked.some((one) => one.as === as && one.id !== id)) return false
    return (fixture.meter.spent.get(`author ${authorId} ${today()}`) ?? 0) + DEAREST > limits.perAuthorPerDay
  }

  /** How long half of those waited whose posts X answered with 503, in milliseconds; 0 where there was no such outage, or another fault. */
  function waitedAfterOutage(): number {
    const isOutage = conversation.some(
      (move) => move.do === 'x-answers' && move.with === 'unavailable' && move.to === 'post',
    )
    const isPlain = conversation.every(
      (move) => move.do === 'tweet' || (move.do === 'x-answers' && move.with === 'unavailable'),
    )
    if (!isOutage || !isPlain || faults.length > 0 || conditions.diesAgainAndAgain) return 0
    const end = fixture.meter.lastFailed.get('post')
    const waits = own.map(({ createdAt }) => Math.max(0, createdAt - (end ?? createdAt))).sort((a, b) => a - b)
    return waits[Math.floor(waits.length / 2)] ?? 0
  }
}

const DAY = 24 * 60 * 60 * 1000

/** How often X refused those words as a duplicate that it refused the most. */
function timesMostRefused(posts: readonly { readonly text: string; readonly detail: string }[]): number {
  const counts = new Map<string, number>()
  for (const { text, detail } of posts) if (/duplicate/.test(detail)) counts.set(text, (counts.get(text) ?? 0) + 1)
  return Math.max(0, ...counts.values())
}

const mayBeThere = (kind: string): boolean => kind === 'posted' || kind === 'ambiguous'
