/**
 * Deliveries as X sends them, with made-up people. The classic ones follow the samples of
 * docs.x.com/x-api/account-activity/introduction and X's v1.1 data dictionary, the newer ones those of
 * docs.x.com/x-api/activity/event-payloads.
 */

export type Json = Record<string, unknown>

export const BOT = '1603419180975409153'
export const AUTHOR = '1111111111111111111'
export const OTHER = '2222222222222222222'
export const TWEET = '1924465506158878979'
export const QUOTED = '1924460000000000001'

export const bytes = (text: string): Uint8Array => new TextEncoder().encode(text)

export const body = (delivery: unknown): Uint8Array => bytes(JSON.stringify(delivery))

// What reading a JSON number as a double leaves of an id: X's own samples show these beside the right `id_str`.
const rounded = (id: string) => Number(id)

export function classicUser(over: Json = {}): Json {
  return {
    id: rounded(AUTHOR),
    id_str: AUTHOR,
    name: 'Ada Finch',
    screen_name: 'ada_finch',
    location: 'Bergen',
    url: 'https://t.co/u0000000001',
    description: 'Looks at birds. Mostly at birds.',
    translator_type: 'none',
    protected: false,
    verified: false,
    followers_count: 321,
    friends_count: 123,
    listed_count: 4,
    favourites_count: 5821,
    statuses_count: 1402,
    created_at: 'Thu Jan 19 21:33:59 +0000 2012',
    utc_offset: null,
    time_zone: null,
    geo_enabled: false,
    lang: null,
    contributors_enabled: false,
    is_translator: false,
    profile_background_color: 'C0DEED',
    profile_background_image_url_https: 'https://abs.twimg.com/images/themes/theme1/bg.png',
    profile_background_tile: false,
    profile_link_color: '1DA1F2',
    profile_use_background_image: true,
    profile_image_url_https: 'https://pbs.twimg.com/profile_images/1000000000000000001/abcdefgh_normal.jpg',
    default_profile: true,
    default_profile_image: false,
    following: null,
    follow_request_sent: null,
    notifications: null,
    withheld_in_countries: [],
    ...over,
  }
}

export function classicMedia(name: string, over: Json = {}): Json {
  return {
    id: rounded('1924465400000000001'),
    id_str: '1924465400000000001',
    indices: [21, 44],
    media_url: `http://pbs.twimg.com/media/${name}.jpg`,
    media_url_https: `https://pbs.twimg.com/media/${name}.jpg`,
    url: 'https://t.co/m0000000001',
    display_url: 'pic.x.com/m0000000001',
    expanded_url: `https://x.com/ada_finch/status/${TWEET}/photo/1`,
    type: 'photo',
    sizes: {
      thumb: { w: 150, h: 150, resize: 'crop' },
      small: { w: 680, h: 510, resize: 'fit' },
      medium: { w: 1200, h: 900, resize: 'fit' },
      large: { w: 2048, h: 1536, resize: 'fit' },
    },
    ...over,
  }
}

export function classicMention(id: string, name: string, indices: readonly [number, number]): Json {
  return { screen_name: name, name, id: rounded(id), id_str: id, indices }
}

const NO_ENTITIES = { hashtags: [], urls: [], symbols: [] }

export function classic(over: Json = {}): Json {
  return {
    created_at: 'Mon May 19 14:01:46 +0000 2025',
    id: rounded(TWEET),
    id_str: TWEET,
    text: 'hey @hexbird what is this?',
    display_text_range: [0, 26],
    source: '<a href="https://mobile.x.com" rel="nofollow">X Web App</a>',
    truncated: false,
    in_reply_to_status_id: null,
    in_reply_to_status_id_str: null,
    in_reply_to_user_id: null,
    in_reply_to_user_id_str: null,
    in_reply_to_screen_name: null,
    user: classicUser(),
    geo: null,
    coordinates: null,
    place: null,
    contributors: null,
    is_quote_status: false,
    quote_count: 0,
    reply_count: 0,
    retweet_count: 0,
    favorite_count: 0,
    entities: { ...NO_ENTITIES, user_mentions: [classicMention(BOT, 'hexbird', [4, 12])] },
    favorited: false,
    retweeted: false,
    edit_history: { initial_tweet_id: TWEET, edit_tweet_ids: [TWEET] },
    filter_level: 'low',
    lang: 'en',
    timestamp_ms: '1747663306123',
    ...over,
  }
}

export function withPhotos(names: readonly string[], over: Json = {}): Json {
  const media = names.map((name) => classicMedia(name))
  const mentions = [classicMention(BOT, 'hexbird', [4, 12])]
  return classic({
    text: 'hey @hexbird look at https://t.co/m0000000001',
    entities: { ...NO_ENTITIES, user_mentions: mentions, media: media.slice(0, 1) },
    extended_entities: { media },
    ...over,
  })
}

export function delivery(tweets: readonly unknown[], over: Json = {}): Json {
  return { for_user_id: BOT, user_has_blocked: false, tweet_create_events: tweets, ...over }
}

export function v2User(id: string, username: string, over: Json = {}): Json {
  return {
    id,
    name: username,
    username,
    created_at: '2012-01-19T21:33:59.000Z',
    description: '',
    url: '',
    profile_banner_url: '',
    profile_image_url: 'https://pbs.twimg.com/profile_images/1000000000000000001/abcdefgh_normal.jpg',
    protected: false,
    verified: false,
    verified_type: 'none',
    is_identity_verified: false,
    public_metrics: { followers_count: 321, followers_count_str: '321', tweet_count: 1402, tweet_count_str: '1402' },
    ...over,
  }
}

export function v2Mention(id: string, username: string, start: number): Json {
  const end = start + username.length + 1
  return { start, start_str: `${start}`, end, end_str: `${end}`, username, id }
}

export function post(over: Json = {}): Json {
  return {
    id: TWEET,
    text: 'hey @hexbird what is this?',
    author_id: AUTHOR,
    created_at: '2025-05-19T14:01:46.000Z',
    conversation_id: TWEET,
    display_text_range: [0, 26],
    edit_controls: {
      edits_remaining: 5,
      edits_remaining_str: '5',
      is_edit_eligible: true,
      editable_until: '2025-05-19T15:01:46.000Z',
    },
    edit_history_tweet_ids: [TWEET],
    entities: { mentions: [v2Mention(BOT, 'hexbird', 4)] },
    lang: 'en',
    paid_partnership: false,
    possibly_sensitive: false,
    public_metrics: { retweet_count: 0, retweet_count_str: '0', like_count: 0, like_count_str: '0' },
    reply_settings: 'everyone',
    ...over,
  }
}

export const users = (): Json => ({ users: [v2User(AUTHOR, 'ada_finch'), v2User(BOT, 'hexbird')] })

export function activity(eventType: string, payload: unknown, over: Json = {}): Json {
  return {
    data: {
      event_uuid: '-2781149976877970683',
      filter: { user_id: BOT },
      event_type: eventType,
      tag: 'hexbird',
      payload,
      includes: users(),
      ...over,
    },
  }
}

export const photoMedia = (key: string, over: Json = {}): Json => ({
  media_key: key,
  type: 'photo',
  url: `https://pbs.twimg.com/media/${key}.jpg`,
  width: 2048,
  height: 1536,
  ...over,
})

export function directMessage(over: Json = {}): Json {
  return {
    type: 'message_create',
    id: '954491830116155396',
    created_timestamp: '1516403560557',
    message_create: {
      target: { recipient_id: BOT },
      sender_id: AUTHOR,
      source_app_id: '13090192',
      message_data: { text: 'stop', entities: { ...NO_ENTITIES, user_mentions: [] } },
    },
    ...over,
  }
}

/** A mention without a photo, as small as a real one gets: about 2 kB. */
export const twoKilobytes = (): Uint8Array => body(delivery([classic()]))

/** A long quote of a tweet with photos, with four of its own: about 9 kB. */
export function nineKilobytes(): Uint8Array {
  const words = 'Seen on the pier this morning, between two boats & a very patient fisherman. '.replace('&', '&amp;')
  const media = ['Gaaaaaaaaaaaaa1', 'Gaaaaaaaaaaaaa2', 'Gaaaaaaaaaaaaa3', 'Gaaaaaaaaaaaaa4'].map((name) =>
    classicMedia(name),
  )
  const fullText = `hey @hexbird ${words.repeat(9)}https://t.co/m0000000001`
  const entities = {
    ...NO_ENTITIES,
    user_mentions: [classicMention(BOT, 'hexbird', [4, 12])],
    media: media.slice(0, 1),
  }
  return body(
    delivery([
      classic({
        truncated: true,
        text: `${fullText.slice(0, 116)}… https://t.co/t0000000001`,
        entities: { ...NO_ENTITIES, user_mentions: [classicMention(BOT, 'hexbird', [4, 12])] },
        extended_tweet: {
          full_text: fullText,
          display_text_range: [0, fullText.length - 24],
          entities,
          extended_entities: { media },
        },
        is_quote_status: true,
        quoted_status_id: rounded(QUOTED),
        quoted_status_id_str: QUOTED,
        quoted_status: withPhotos(['Gbbbbbbbbbbbbb1', 'Gbbbbbbbbbbbbb2'], {
          id_str: QUOTED,
          user: classicUser({ id: rounded(OTHER), id_str: OTHER, screen_name: 'otto_tern' }),
        }),
      }),
    ]),
  )
}
