import { type Arbitrary, array, constantFrom, integer, oneof, option, record, string, tuple } from 'fast-check'
import { type Mention, type Photo, type Tweet, timeOfId } from '../domain/tweet.js'
import { idArbitrary, type TimeConstraints, userIdArbitrary, usernameArbitrary } from './arbitraries.js'

/** An account's id and handle, without the `@`. */
export interface Person {
  readonly id: string
  readonly username: string
}

/** A tweet as its author wrote it, and the bot that receives it. */
export interface TweetSpec {
  readonly id: string
  /** The account that the delivery is for. */
  readonly bot: Person
  readonly author: Person
  /** What the author wrote. Each `@username` of the bot or of `others` is a mention. */
  readonly text: string
  /** The first id of the edit history, if the tweet was edited. */
  readonly firstId?: string
  readonly photos?: readonly Photo[]
  readonly others?: readonly Person[]
  /** The tweet that it replies to. X puts that tweet's author in front of the text. */
  readonly inReplyTo?: { readonly id: string; readonly author: Person }
  readonly quoted?: { readonly id: string; readonly author: Person }
}

/** Constraints on generated tweets. Anything that is left out is random. */
export interface TweetConstraints extends TimeConstraints {
  readonly bot?: Person
  readonly author?: Person
  /** Whether the tweet has photos, 1 to 4. */
  readonly photos?: boolean
  /** Whether the author mentions the bot. */
  readonly mentionsBot?: boolean
}

const HOUR = 60 * 60 * 1000

/** A mention in a text. `start` is the index of its `@` in UTF-16 units, and `end` is exclusive. */
export interface WrittenMention extends Person {
  readonly start: number
  readonly end: number
}

/** Returns the mentions of these people that the author wrote, in the order of the text. */
export function mentionsIn(text: string, people: readonly Person[]): readonly WrittenMention[] {
  const byName = new Map(people.map((person) => [person.username.toLowerCase(), person]))
  return [...text.matchAll(/(?<![A-Za-z0-9_@])@([A-Za-z0-9_]{1,15})(?![A-Za-z0-9_])/g)].flatMap(
    ({ 0: { length }, 1: name = '', index }) => {
      const person = byName.get(name.toLowerCase())
      return person ? [{ ...person, start: index, end: index + length }] : []
    },
  )
}

/**
 * Returns the account that X puts in front of a reply's text: the other tweet's author, unless people reply to
 * themselves.
 */
export function addressee({ author, inReplyTo }: TweetSpec): Person | undefined {
  return inReplyTo?.author.id === author.id ? undefined : inReplyTo?.author
}

const person = (): Arbitrary<Person> => record({ id: userIdArbitrary(), username: usernameArbitrary() })

/** Generates photos on X's media host, with or without alt text. */
export function photoArbitrary(): Arbitrary<Photo> {
  const key = string({
    unit: constantFrom(...'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_'),
    minLength: 15,
    maxLength: 15,
  })
  const altText = option(string({ unit: 'grapheme', minLength: 1, maxLength: 40 }), { nil: undefined })
  return tuple(key, altText).map(([name, alt]) => ({
    url: `https://pbs.twimg.com/media/${name}.jpg`,
    ...(alt !== undefined && { altText: alt }),
  }))
}

/** Generates words. Only these names can be mentioned. */
const word = (names: readonly string[]): Arbitrary<string> =>
  oneof(
    constantFrom(...names.flatMap((name) => [`@${name}`, `@${name}`, `(@${name})`, `me@${name}`])),
    constantFrom('what', 'is', 'this?', '#dog', '&', '&amp;', '<3', '🐕‍🦺', '犬', '@', '@a_name_that_is_too_long'),
    string({ unit: 'grapheme', minLength: 1, maxLength: 12 }).map((any) => any.replaceAll('@', '')),
  )

/**
 * Generates tweets for `accountActivityDelivery` and `xActivityDelivery`: with and without mentions and photos,
 * replies, quotes, edits, short ones and far too long ones. All accounts in a tweet are different.
 */
export function tweetSpecArbitrary(constraints: TweetConstraints = {}): Arbitrary<TweetSpec> {
  return tuple(person(), person(), person(), person())
    .map(([bot, author, other, asked]) => [constraints.bot ?? bot, constraints.author ?? author, other, asked] as const)
    .filter((people) => areDifferent(people.map(({ id }) => id)))
    .filter((people) => areDifferent(people.map(({ username }) => username.toLowerCase())))
    .chain(([bot, author, other, asked]) => specOf(constraints, { bot, author, other, asked }))
}

const areDifferent = (values: readonly string[]) => new Set(values).size === values.length

type People = Readonly<Record<'bot' | 'author' | 'other' | 'asked', Person>>

function specOf(constraints: TweetConstraints, { bot, author, other, asked }: People): Arbitrary<TweetSpec> {
  const { photos: hasPhotos, mentionsBot } = constraints
  const mentioned = mentionsBot === false ? [other] : [other, bot]
  const earlier = record({ by: integer({ min: 1, max: HOUR }), author: constantFrom(bot, author, asked) })
  return record({
    id: idArbitrary(constraints),
    words: array(word(mentioned.map(({ username }) => username)), { maxLength: 40 }),
    summons: mentionsBot === true ? constantFrom(`@${bot.username}`) : constantFrom(undefined),
    photos: array(photoArbitrary(), { minLength: hasPhotos ? 1 : 0, maxLength: hasPhotos === false ? 0 : 4 }),
    editedAfter: option(integer({ min: 1, max: HOUR }), { nil: undefined }),
    inReplyTo: option(earlier, { nil: undefined }),
    quoted: option(earlier, { nil: undefined }),
  }).map(({ id, words, summons, photos, editedAfter, inReplyTo, quoted }) => ({
    id,
    bot,
    author,
    text: [...(summons === undefined ? [] : [summons]), 'look', ...words].join(' '),
    photos,
    others: [other],
    ...(editedAfter !== undefined && { firstId: idBefore(id, editedAfter) }),
    ...(inReplyTo && { inReplyTo: { id: idBefore(id, inReplyTo.by), author: inReplyTo.author } }),
    ...(quoted && { quoted: { id: idBefore(id, quoted.by), author: quoted.author } }),
  }))
}

/** Returns an id from that many milliseconds earlier. */
const idBefore = (id: string, milliseconds: number) => String(BigInt(id) - (BigInt(milliseconds) << 22n))

/**
 * Generates decoded tweets, as core handles them. Their parts are consistent, as they are at X: `createdAt` is the time
 * in the id, to the second; `firstId` is the id, or one from the hour before; explicit `mentions` are in the text; and
 * `media` is `present` if there are photos, otherwise `absent` or `unknown`.
 */
export function tweetArbitrary(constraints: TweetConstraints = {}): Arbitrary<Tweet> {
  const extras = record({
    media: constantFrom('absent' as const, 'unknown' as const),
    lang: constantFrom('en', 'de', 'ja', 'ar', 'und'),
    replySettings: constantFrom('everyone', 'mentionedUsers', 'following'),
    isRetweet: oneof({ weight: 9, arbitrary: constantFrom(false) }, { weight: 1, arbitrary: constantFrom(true) }),
  })
  return tuple(tweetSpecArbitrary(constraints), extras).map(([spec, { media, ...rest }]) => ({
    id: spec.id,
    firstId: spec.firstId ?? spec.id,
    botId: spec.bot.id,
    text: spec.text,
    createdAt: secondOf(spec.id),
    author: spec.author,
    photos: spec.photos ?? [],
    media: spec.photos?.length ? 'present' : media,
    mentions: mentionsOf(spec),
    conversationId: spec.inReplyTo?.id ?? spec.id,
    ...(spec.inReplyTo && { inReplyToId: spec.inReplyTo.id, inReplyToUserId: spec.inReplyTo.author.id }),
    ...(spec.quoted && { quotedId: spec.quoted.id, quotedAuthorId: spec.quoted.author.id }),
    ...rest,
  }))
}

function mentionsOf(spec: TweetSpec): readonly Mention[] {
  const inFront = addressee(spec)
  const written = mentionsIn(spec.text, [spec.bot, ...(spec.others ?? [])])
  return [
    ...(inFront ? [{ ...inFront, explicit: false }] : []),
    ...written.map(({ id, username }) => ({ id, username, explicit: true })),
  ]
}

/** Returns the second in which an id was created, epoch milliseconds. X's `created_at` is no more precise. */
export const secondOf = (id: string): number => Math.floor((timeOfId(id) ?? 0) / 1000) * 1000
