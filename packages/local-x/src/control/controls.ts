import type { LocalPhoto, PhotoUpload } from '../state/media.js'
import type { LocalMessage } from '../state/messages.js'
import { SCOPES } from '../state/scopes.js'
import type { IssuedTokens } from '../state/tokens.js'
import { isLatest, type LocalTweet, type ReplySettings } from '../state/tweets.js'
import type { LocalWebhook } from '../state/webhooks.js'
import { LocalXError } from '../util/errors.js'
import { randomCrcToken, randomText } from '../util/random.js'
import { LENGTHS, measure } from '../util/text.js'
import { checkWebhook } from '../webhooks/crc.js'
import type { World } from '../world.js'

/** A tweet to make. Whoever it is as becomes known by that. */
export type TweetDraft = {
  /** The author's username; made if nobody has it. */
  readonly as: string
  readonly text: string
  /** At most four. An edit without `photos` keeps those it has. */
  readonly photos?: readonly PhotoUpload[]
  /** The id of the tweet to reply to. */
  readonly inReplyTo?: string
  /** The id of the tweet to quote. */
  readonly quote?: string
  readonly replySettings?: ReplySettings
  /** The id of a tweet to edit: the new version has an id of its own and the same history. */
  readonly edits?: string
}

/**
 * Makes a tweet and tells the webhooks; `announced` resolves when they have answered. People may write long tweets, repeat
 * themselves and reply to whom they like: X's rules for bots are not for them.
 */
export async function makeTweet(
  world: World,
  draft: TweetDraft,
): Promise<{ readonly tweet: LocalTweet; readonly announced: Promise<unknown> }> {
  const { people, media, tweets } = world
  refuseTooLong(draft.text)
  const uploads = draft.photos ?? []
  if (uploads.length > 4) throw new LocalXError('BAD_PHOTO', 'A tweet on X has at most four photos.')
  if (uploads.length > 1 && uploads.some(({ kind = 'photo' }) => kind !== 'photo')) {
    throw new LocalXError('BAD_PHOTO', 'A GIF or a video is alone in its tweet.')
  }
  // Without photos a tweet is made before the call returns, unless others are still on their way: tests that set the clock
  // count on it.
  const taken = uploads.length > 0 || media.isTaking() ? await media.take(uploads) : []
  const author = people.findOrAdd(draft.as)
  const edits = draft.edits === undefined ? undefined : editable(world, draft.edits, author.id)
  const inReplyToId = draft.inReplyTo ?? edits?.inReplyTo?.id
  const quotedId = draft.quote ?? edits?.quoted?.id
  const [inReplyTo, quoted] = [inReplyToId, quotedId].map((id) => (id === undefined ? undefined : tweets.get(id)))
  const photos: readonly LocalPhoto[] =
    draft.photos === undefined ? (edits?.photos ?? []) : taken.map((photo) => media.add(photo))
  if (photos.length === 0 && draft.text.trim() === '') {
    throw new LocalXError('BAD_TEXT', 'X refuses an empty post. Write something, or add a photo.')
  }
  const tweet = tweets.create({
    author,
    text: draft.text,
    photos,
    ...(inReplyTo === undefined ? {} : { inReplyTo }),
    ...(quoted === undefined ? {} : { quoted }),
    ...(draft.replySettings === undefined ? {} : { replySettings: draft.replySettings }),
    ...(edits === undefined ? {} : { edits }),
  })
  return { tweet, announced: world.announce(tweet) }
}

/** Premium accounts may post more than 280 characters, so people may here. */
function refuseTooLong(text: string): void {
  const { weightedLength } = measure(text)
  if (weightedLength <= LENGTHS.premium) return
  const [length, most] = [weightedLength, LENGTHS.premium].map((number) => number.toLocaleString('en-US'))
  throw new LocalXError('BAD_TEXT', `X refuses a post of ${length} characters. Premium accounts may write ${most}.`)
}

/** A direct message to send. */
export type MessageDraft = {
  /** The sender's username; made if nobody has it. */
  readonly from: string
  /** The recipient's username, made if nobody has it; default the bot. */
  readonly to?: string
  readonly text: string
  /** Sends it by XChat, so that the app is not told what it says. */
  readonly encrypted?: boolean
}

/** X delivers nothing to an account that takes no messages of strangers, whoever sends it. */
export function makeMessage({ people, messages, bot }: World, draft: MessageDraft): LocalMessage {
  const { text, encrypted = false } = draft
  const from = people.findOrAdd(draft.from)
  const to = people.findOrAdd(draft.to ?? bot.username)
  if (text === '') throw new LocalXError('BAD_MESSAGE', 'A direct message says something.')
  if (!messages.mayReach(from, to)) {
    throw new LocalXError('BAD_MESSAGE', `@${to.username} takes no messages of @${from.username}.`)
  }
  return messages.send({ from, to, text, encrypted })
}

/** What a sign-in by OAuth 2.0 would have ended with, without one. */
export function grantToken(
  { people, tokens }: World,
  username: string,
  scopes: readonly string[] = Object.keys(SCOPES),
): IssuedTokens {
  const unknown = scopes.find((scope) => !Object.hasOwn(SCOPES, scope))
  if (unknown !== undefined) {
    throw new LocalXError('BAD_SCOPE', `X has no scope "${unknown}". It has ${Object.keys(SCOPES).join(', ')}.`)
  }
  return tokens.grant({ userId: people.findOrAdd(username).id, scopes })
}

/** Takes back what the person granted to the app, and tells the webhooks. */
export async function revokeAccess(world: World, username: string): Promise<void> {
  const person = world.people.findOrAdd(username)
  world.tokens.revokeUser(person.id)
  await world.announceRevocation(person)
}

/** Checks a webhook as X does now and then, and as `PUT /2/webhooks/:id` asks for: a right answer revives it. */
export async function checkAgain(world: World, id: string): Promise<LocalWebhook> {
  const webhook = world.webhooks.find(id)
  if (webhook === undefined) throw new LocalXError('UNKNOWN_WEBHOOK', `There is no webhook ${id}.`)
  const [token, nonce] = [randomCrcToken(world.random), randomText(world.random, 32)]
  const { closing } = world.deliveries
  const { kind } = await checkWebhook(webhook.url, token, nonce, world.challengeAnswer(token), closing)
  const checked = kind === 'transient' ? webhook : { ...webhook, valid: kind === 'passed' }
  world.webhooks.put(checked)
  return checked
}

/** X lets authors edit the latest version of their own tweets, replies to others apart. */
function editable({ tweets }: World, id: string, authorId: string): LocalTweet {
  const tweet = tweets.get(id)
  const reason =
    tweet.author.id !== authorId
      ? 'it is somebody else’s'
      : !isLatest(tweet)
        ? 'it is not the latest version'
        : tweet.inReplyTo !== undefined && tweet.inReplyTo.author.id !== authorId
          ? 'replies to others cannot be edited on X'
          : undefined
  if (reason !== undefined) throw new LocalXError('NOT_EDITABLE', `Tweet ${id} cannot be edited: ${reason}.`)
  return tweet
}
