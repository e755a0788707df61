/** The author of a tweet. `username` is the handle without its `@`; X Activity events may lack it. */
export interface TweetAuthor {
  readonly id: string
  readonly username?: string
}

/** One photo of a tweet. `url` is on `pbs.twimg.com`; a GIF or a video is not a photo. */
export interface Photo {
  readonly url: string
  readonly altText?: string
}

/**
 * A mention in a tweet. `explicit` is true if the author wrote it, and false if X added it in front because the tweet is a
 * reply. An explicit mention starts at or after the start of `display_text_range`.
 */
export interface Mention {
  readonly id: string
  readonly username: string
  readonly explicit: boolean
}

/**
 * A tweet (X now calls it a *post*), in the same form for both dialects and for look-ups. Ids are decimal strings, times
 * are epoch milliseconds.
 */
export interface Tweet {
  readonly id: string
  /** The first id of the edit history: the same for every edit of one tweet. */
  readonly firstId: string
  /** The account that the event was delivered for: `for_user_id`, or the subscription's `filter.user_id`. */
  readonly botId: string
  readonly text: string
  /** BCP 47, as X detected it. */
  readonly lang?: string
  readonly createdAt: number
  readonly author: TweetAuthor
  readonly photos: readonly Photo[]
  /**
   * `unknown` means that a look-up is needed: the event had no media, which proves nothing, or it may be an edit whose
   * first id the event does not have.
   */
  readonly media: 'present' | 'absent' | 'unknown'
  readonly mentions: readonly Mention[]
  readonly quotedId?: string
  readonly quotedAuthorId?: string
  readonly inReplyToId?: string
  /** The author of the tweet that this replies to. Absent if it is not a reply, even if the text starts with a name. */
  readonly inReplyToUserId?: string
  readonly conversationId?: string
  /** Who may reply, in X's words: `everyone`, `mentionedUsers`, `following`, … */
  readonly replySettings?: string
  readonly isRetweet: boolean
}

/** Where X's snowflake ids begin: 2010-11-04T01:42:54.657Z, in epoch milliseconds. */
const SNOWFLAKE_EPOCH = 1_288_834_974_657n

/**
 * Returns when an id was created, in epoch milliseconds, from the upper bits of the snowflake. `undefined` if it is not a
 * decimal id of 64 bits.
 */
export function timeOfId(id: string): number | undefined {
  if (!/^[0-9]{1,19}$/.test(id)) return undefined
  return Number((BigInt(id) >> 22n) + SNOWFLAKE_EPOCH)
}

/** Returns the lowest id that can be created at or after that time (epoch milliseconds). */
export const idOfTime = (time: number): string => {
  const since = BigInt(Math.ceil(time)) - SNOWFLAKE_EPOCH
  return `${since > 0n ? since << 22n : 0n}`
}

/** Whether a value from a queue or a store is a complete tweet. */
export function isTweet(value: unknown): value is Tweet {
  return (
    isRecord(value) &&
    [value.id, value.firstId, value.botId].every(isId) &&
    typeof value.text === 'string' &&
    Number.isSafeInteger(value.createdAt) &&
    isAuthor(value.author) &&
    isListOf(value.photos, isPhoto) &&
    ['present', 'absent', 'unknown'].some((media) => media === value.media) &&
    isListOf(value.mentions, isMention) &&
    typeof value.isRetweet === 'boolean' &&
    OPTIONAL_TEXTS.every((name) => isTextOrNone(value[name]))
  )
}

const OPTIONAL_TEXTS: readonly (keyof Tweet)[] = [
  'lang',
  'quotedId',
  'quotedAuthorId',
  'inReplyToId',
  'inReplyToUserId',
  'conversationId',
  'replySettings',
]

const isRecord = (value: unknown): value is Record<string, unknown> => typeof value === 'object' && value !== null
const isId = (value: unknown) => typeof value === 'string' && /^[0-9]{1,19}$/.test(value)
const isTextOrNone = (value: unknown) => value === undefined || typeof value === 'string'
const isListOf = (value: unknown, isOne: (one: unknown) => boolean) => Array.isArray(value) && value.every(isOne)
const isAuthor = (value: unknown) => isRecord(value) && isId(value.id) && isTextOrNone(value.username)
const isPhoto = (value: unknown) => isRecord(value) && typeof value.url === 'string' && isTextOrNone(value.altText)
const isMention = (value: unknown) =>
  isRecord(value) && isId(value.id) && typeof value.username === 'string' && typeof value.explicit === 'boolean'
