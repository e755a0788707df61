import { type Arbitrary, constantFrom, tuple } from 'fast-check'
import { timeOfId } from '../domain/tweet.js'
import { addressee, mentionsIn, type Person, secondOf, type TweetSpec, tweetSpecArbitrary } from './tweets.js'

/**
 * Returns the body of an Account Activity API delivery for this tweet: a v1.1 tweet, with the photos in
 * `extended_entities` and, if it is longer than 140 characters, the whole tweet in `extended_tweet`.
 *
 * As at X, the text is more than what the author wrote: a reply begins with the mention of its addressee, a link to the
 * photos is at the end, and `&`, `<` and `>` are escaped.
 *
 * @see https://docs.x.com/x-api/account-activity/introduction
 */
export function accountActivityDelivery(spec: TweetSpec): string {
  const { text, start, end, mentions, link } = asShown(spec)
  const displayTextRange = [lengthOf(text.slice(0, start)), lengthOf(text.slice(0, end))]
  const userMentions = mentions.map((mention) => ({
    ...classicUser(mention),
    indices: [lengthOf(text.slice(0, mention.start)), lengthOf(text.slice(0, mention.end))],
  }))
  const entities = { hashtags: [], symbols: [], urls: [], user_mentions: userMentions }
  const media = (spec.photos ?? []).map(({ url, altText }, index) => ({
    ...withId(String(BigInt(spec.id) - BigInt(index + 1))),
    type: 'photo',
    url: link,
    media_url: url.replace('https:', 'http:'),
    media_url_https: url,
    ...(altText !== undefined && { ext_alt_text: altText }),
    expanded_url: `https://x.com/${spec.author.username}/status/${spec.id}/photo/1`,
    indices: [lengthOf(text.slice(0, end)) + 1, lengthOf(text)],
  }))
  const whole = {
    display_text_range: displayTextRange,
    entities: { ...entities, ...(media.length > 0 && { media: media.slice(0, 1) }) },
    ...(media.length > 0 && { extended_entities: { media } }),
  }
  const tweet = {
    ...(lengthOf(text) > CLASSIC_LENGTH
      ? {
          text: `${cut(text)}… https://t.co/tttttttttt`,
          truncated: true,
          entities: { ...entities, user_mentions: userMentions.filter(({ indices: [, to = 0] }) => to <= CUT_LENGTH) },
          extended_tweet: { full_text: text, ...whole },
        }
      : { text, truncated: false, ...whole }),
    ...withId(spec.id),
    created_at: classicTime(secondOf(spec.id)),
    timestamp_ms: String(timeOfId(spec.id)),
    user: classicUser(spec.author),
    lang: 'en',
    in_reply_to_status_id_str: spec.inReplyTo?.id ?? null,
    in_reply_to_user_id_str: spec.inReplyTo?.author.id ?? null,
    in_reply_to_screen_name: spec.inReplyTo?.author.username ?? null,
    is_quote_status: spec.quoted !== undefined,
    ...(spec.quoted && {
      quoted_status_id_str: spec.quoted.id,
      quoted_status: { ...withId(spec.quoted.id), user: classicUser(spec.quoted.author), text: 'look' },
    }),
    edit_history: { initial_tweet_id: spec.firstId ?? spec.id },
  }
  return JSON.stringify({ for_user_id: spec.bot.id, user_has_blocked: false, tweet_create_events: [tweet] })
}

/**
 * Returns the body of an X Activity API delivery for this tweet: `post.mention.create` if the author mentions the bot,
 * `post.quote.create` if it quotes the bot, `post.reply.create` if it is another reply, and otherwise `post.create`.
 *
 * As in X's samples, it has no photos, and a quote or a reply has no expansions, not even the author's name. A look-up
 * finds the photos. For the text, see `accountActivityDelivery`.
 *
 * @see https://docs.x.com/x-api/activity/event-payloads
 */
export function xActivityDelivery(spec: TweetSpec): string {
  const { text, start, end, mentions } = asShown(spec)
  const type = eventType(spec)
  const references = [
    ...(spec.inReplyTo ? [{ type: 'replied_to', id: spec.inReplyTo.id }] : []),
    ...(spec.quoted ? [{ type: 'quoted', id: spec.quoted.id }] : []),
  ]
  const payload = {
    id: spec.id,
    text,
    author_id: spec.author.id,
    created_at: new Date(secondOf(spec.id)).toISOString(),
    conversation_id: spec.inReplyTo?.id ?? spec.id,
    display_text_range: [lengthOf(text.slice(0, start)), lengthOf(text.slice(0, end))],
    edit_history_tweet_ids: [...new Set([spec.firstId ?? spec.id, spec.id])],
    entities: {
      mentions: mentions.map(({ id, username, ...at }) => {
        const [from, to] = [lengthOf(text.slice(0, at.start)), lengthOf(text.slice(0, at.end))]
        return { start: from, start_str: String(from), end: to, end_str: String(to), username, id }
      }),
    },
    ...(spec.inReplyTo && {
      in_reply_to_tweet_id: spec.inReplyTo.id,
      in_reply_to_user_id: spec.inReplyTo.author.id,
    }),
    ...(references.length > 0 && { referenced_tweets: references }),
    lang: 'en',
    possibly_sensitive: false,
    reply_settings: 'everyone',
  }
  const users = [spec.author, spec.bot].map(({ id, username }) => ({ id, name: username, username, protected: false }))
  const isNamed = type === 'post.mention.create' || type === 'post.create'
  return JSON.stringify({
    data: {
      event_uuid: spec.id,
      filter: { user_id: spec.bot.id },
      event_type: type,
      tag: 'hexbird',
      payload,
      includes: isNamed ? { users } : {},
    },
  })
}

/** Generates delivery bodies of either API, each with one tweet. */
export function deliveryArbitrary(): Arbitrary<string> {
  const builder = constantFrom(accountActivityDelivery, xActivityDelivery)
  return tuple(builder, tweetSpecArbitrary()).map(([build, spec]) => build(spec))
}

function eventType({ text, bot, inReplyTo, quoted }: TweetSpec): string {
  if (mentionsIn(text, [bot]).length > 0) return 'post.mention.create'
  if (quoted?.author.id === bot.id) return 'post.quote.create'
  return inReplyTo ? 'post.reply.create' : 'post.create'
}

const PHOTO_LINK = 'https://t.co/pppppppppp'

/** Returns the text as X delivers it. The author's own words are from `start` to `end`. */
function asShown(spec: TweetSpec) {
  const inFront = addressee(spec)
  const prefix = inFront ? `@${inFront.username} ` : ''
  const people = [spec.bot, ...(spec.others ?? [])]
  const words = escaped(spec.text)
  const written = mentionsIn(words, people).map((mention) => ({
    ...mention,
    start: mention.start + prefix.length,
    end: mention.end + prefix.length,
  }))
  return {
    text: `${prefix}${words}${spec.photos?.length ? ` ${PHOTO_LINK}` : ''}`,
    start: prefix.length,
    end: prefix.length + words.length,
    mentions: [...(inFront ? [{ ...inFront, start: 0, end: prefix.length - 1 }] : []), ...written],
    link: PHOTO_LINK,
  }
}

const CLASSIC_LENGTH = 140
const CUT_LENGTH = 115

/** X counts code points, not UTF-16 units. */
const lengthOf = (text: string) => [...text].length
const cut = (text: string) => [...text].slice(0, CUT_LENGTH).join('')

const escaped = (text: string) => text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;')

/** The numeric `id` loses digits, as it does whenever JavaScript parses X's JSON. */
const withId = (id: string) => ({ id: Number(id), id_str: id })

const classicUser = ({ id, username }: Person) => ({ ...withId(id), name: username, screen_name: username })

/** `Wed Oct 10 20:19:24 +0000 2018`, from `Wed, 10 Oct 2018 20:19:24 GMT`. */
function classicTime(time: number): string {
  const [weekday = '', day, month, year, clock] = new Date(time).toUTCString().split(' ')
  return `${weekday.slice(0, 3)} ${month} ${day} ${clock} +0000 ${year}`
}
