import { createHash } from 'node:crypto'
import { LocalXError } from '../util/errors.js'
import { codePoints, findMentions, sliceCodePoints } from '../util/text.js'
import { createIdIndex, insertId } from './id-index.js'
import type { LocalPhoto } from './media.js'
import type { LocalPerson, People } from './people.js'

/** Who may reply, in X's words. */
export type ReplySettings = 'everyone' | 'following' | 'mentionedUsers' | 'subscribers' | 'verified'

/** A tweet on the local X. Positions are code points in `text`, ends are exclusive. */
export type LocalTweet = {
  readonly id: string
  readonly author: LocalPerson
  /**
   * As X stores it: a reply begins with the names that X put there (`@alice `), and photos and a quoted tweet are links
   * at the end.
   */
  readonly text: string
  /** What people see of `text`. A mention before its start is implicit. */
  readonly displayRange: readonly [start: number, end: number]
  /** `text` within `displayRange`: what the author wrote. */
  readonly displayText: string
  /** Epoch milliseconds. */
  readonly createdAt: number
  readonly conversationId: string
  readonly photos: readonly LocalPhoto[]
  readonly mentions: readonly LocalMention[]
  readonly links: readonly LocalLink[]
  readonly inReplyTo?: TweetReference
  readonly quoted?: TweetReference
  readonly replySettings: ReplySettings
  /** The ids of all versions, oldest first. */
  readonly editHistory: readonly string[]
  readonly deleted: boolean
}

/** What somebody tried to post, and X's rules refused. */
export type RefusedPost = {
  readonly author: LocalPerson
  readonly text: string
  /** Epoch milliseconds. */
  readonly at: number
  readonly inReplyToId?: string
  /** Why, in X's words. */
  readonly detail: string
}

/** Another tweet, and whose it is. */
export type TweetReference = { readonly id: string; readonly author: LocalPerson }

/** Somebody who is mentioned, and where in the text: code points from `start` until before `end`. */
export type LocalMention = { readonly person: LocalPerson; readonly start: number; readonly end: number }

/** A link that X put at the end of the text. */
export type LocalLink = {
  readonly kind: 'photo' | 'quoted'
  readonly url: string
  readonly expandedUrl: string
  readonly displayUrl: string
  readonly start: number
  readonly end: number
}

type NewTweet = {
  readonly author: LocalPerson
  readonly text: string
  readonly photos?: readonly LocalPhoto[]
  readonly inReplyTo?: LocalTweet
  readonly excludedUserIds?: readonly string[]
  readonly quoted?: LocalTweet
  readonly replySettings?: ReplySettings
  readonly edits?: LocalTweet
}

export type Tweets = ReturnType<typeof createTweets>

export function createTweets(
  people: People,
  newId: () => string,
  now: () => number,
  changed: (tweet: LocalTweet) => void = () => {},
) {
  const byId = new Map<string, LocalTweet>()
  const ids: string[] = []
  const [replies, quotes, authored, mentioning, saying] = [
    createIdIndex(),
    createIdIndex(),
    createIdIndex(),
    createIdIndex(),
    createIdIndex(),
  ]

  function put(tweet: LocalTweet): void {
    if (!byId.has(tweet.id)) enter(tweet)
    byId.set(tweet.id, tweet)
    changed(tweet)
  }

  /** What is looked up by never changes: an edit is a tweet of its own, and a deleted tweet is only marked. */
  function enter({ id, author, displayText, mentions, inReplyTo, quoted }: LocalTweet): void {
    insertId(ids, id)
    authored.add(author.id, id)
    saying.add(wordsOf(author.id, displayText), id)
    for (const { person } of mentions) mentioning.add(person.id, id)
    if (inReplyTo !== undefined) replies.add(inReplyTo.id, id)
    if (quoted !== undefined) quotes.add(quoted.id, id)
  }

  const wordsOf = (authorId: string, text: string): string => `${authorId} ${text}`

  function create(draft: NewTweet): LocalTweet {
    const id = newId()
    const { author, edits, inReplyTo, quoted } = draft
    const photos = draft.photos ?? []
    const composed = compose(draft, photos, id)
    const editHistory = [...(edits?.editHistory ?? []), id]
    const tweet: LocalTweet = {
      id,
      author,
      ...composed,
      displayText: sliceCodePoints(composed.text, ...composed.displayRange),
      createdAt: now(),
      conversationId: edits?.conversationId ?? inReplyTo?.conversationId ?? id,
      photos,
      mentions: mentionsIn(composed.text),
      ...(inReplyTo === undefined ? {} : { inReplyTo: referTo(inReplyTo) }),
      ...(quoted === undefined ? {} : { quoted: referTo(quoted) }),
      replySettings: draft.replySettings ?? edits?.replySettings ?? 'everyone',
      editHistory,
      deleted: false,
    }
    for (const version of versions(editHistory)) put({ ...version, editHistory })
    put(tweet)
    return tweet
  }

  const mentionsIn = (text: string): LocalMention[] =>
    findMentions(text).flatMap(({ username, start, end }) => {
      const person = people.named(username)
      return person === undefined ? [] : [{ person, start, end }]
    })

  const versions = (ids: readonly string[]): LocalTweet[] =>
    ids.flatMap((id) => {
      const version = byId.get(id)
      return version === undefined ? [] : [version]
    })

  /** The tweet, unless it was deleted or never there. */
  function find(id: string): LocalTweet | undefined {
    const tweet = byId.get(id)
    return tweet?.deleted === false ? tweet : undefined
  }

  function get(id: string): LocalTweet {
    const tweet = find(id)
    if (tweet === undefined) throw new LocalXError('UNKNOWN_TWEET', `There is no tweet ${id} here, or it was deleted.`)
    return tweet
  }

  /** All tweets in the order of their ids, the deleted ones too. */
  const all = (): LocalTweet[] => versions(ids)

  const standing = (some: readonly string[]): LocalTweet[] => versions(some).filter(isStanding)

  const repliesTo = (id: string): LocalTweet[] => standing(replies.of(id))

  /** How many versions of tweets quote it. */
  const quoteCount = (id: string): number => versions(quotes.of(id)).filter(({ deleted }) => !deleted).length

  /** What the author says in exactly these words. */
  const withWords = (authorId: string, text: string): LocalTweet[] => standing(saying.of(wordsOf(authorId, text)))

  function* newestFirst(ordered: readonly string[]): Generator<LocalTweet> {
    for (let at = ordered.length - 1; at >= 0; at -= 1) {
      const tweet = byId.get(ordered[at] ?? '')
      if (tweet !== undefined && isStanding(tweet)) yield tweet
    }
  }

  /** Deletes every version of the tweet. */
  function remove(id: string): LocalTweet {
    for (const version of versions(get(id).editHistory)) put({ ...version, deleted: true })
    return byId.get(id) as LocalTweet
  }

  /** Makes a recorded tweet known, unless it is. */
  const know = (tweet: LocalTweet): LocalTweet => {
    const known = byId.get(tweet.id)
    if (known === undefined) put(tweet)
    return known ?? tweet
  }

  return {
    create,
    find,
    get,
    all,
    repliesTo,
    quoteCount,
    withWords,
    /** The author's tweets, newest first, as far as they are asked for. */
    by: (authorId: string) => newestFirst(authored.of(authorId)),
    /** Those that mention the account, implicitly too, newest first. */
    mentioning: (userId: string) => newestFirst(mentioning.of(userId)),
    remove,
    know,
    replace: put,
    mentionsIn,
  }
}

export function isLatest(tweet: LocalTweet): boolean {
  return tweet.editHistory.at(-1) === tweet.id
}

/** It is there, in its latest version. */
const isStanding = (tweet: LocalTweet): boolean => !tweet.deleted && isLatest(tweet)

/** The tweet's author wrote the name, as opposed to X putting it there because of a reply. */
export function mentionsExplicitly(tweet: LocalTweet, userId: string): boolean {
  return tweet.mentions.some(({ person, start }) => person.id === userId && start >= tweet.displayRange[0])
}

/** A link as X's shortener makes them; it leads nowhere. */
export function shortLink(of: string): string {
  const hash = createHash('sha256').update(of).digest('base64').replace(/[+/=]/g, '')
  return `https://t.co/${hash.slice(0, 10)}`
}

const referTo = ({ id, author }: LocalTweet): TweetReference => ({ id, author })

function compose(
  { author, text, inReplyTo, excludedUserIds = [], quoted }: NewTweet,
  photos: readonly LocalPhoto[],
  id: string,
): Pick<LocalTweet, 'text' | 'displayRange' | 'links'> {
  const hidden = inReplyTo === undefined ? [] : participants(inReplyTo, [author.id, ...excludedUserIds])
  const prefix = hidden.map((person) => `@${person.username} `).join('')
  const displayRange = [codePoints(prefix), codePoints(prefix + text)] as const
  const links: LocalLink[] = []
  let whole = prefix + text

  function append(kind: LocalLink['kind'], url: string, expandedUrl: string, displayUrl: string): void {
    const gap = whole === '' || whole.endsWith(' ') ? '' : ' '
    const start = codePoints(whole + gap)
    whole += gap + url
    links.push({ kind, url, expandedUrl, displayUrl, start, end: start + url.length })
  }

  if (quoted !== undefined) {
    const { username } = quoted.author
    const address = `https://twitter.com/${username}/status/${quoted.id}`
    append('quoted', shortLink(address), address, `x.com/${username.slice(0, 12)}/st…`)
  }
  if (photos.length > 0) {
    const slug = shortLink(`photo:${id}`).slice('https://t.co/'.length)
    const address = `https://twitter.com/${author.username}/status/${id}/${photos[0]?.kind === 'video' ? 'video' : 'photo'}/1`
    append('photo', `https://t.co/${slug}`, address, `pic.x.com/${slug}`)
  }
  return { text: whole, displayRange, links }
}

/** Whom X addresses in a reply: the author, and everybody whom that tweet mentions. */
function participants(tweet: LocalTweet, without: readonly string[]): LocalPerson[] {
  const people = [tweet.author, ...tweet.mentions.map(({ person }) => person)]
  const unique = new Map(people.map((person) => [person.id, person]))
  return [...unique.values()].filter((person) => !without.includes(person.id))
}
