import { type Context, Hono } from 'hono'
import { type ControlEnv, routePage } from '../page/routes.js'
import type { BotNote } from '../state/bot-note.js'
import { eventStream } from '../state/live.js'
import type { PhotoUpload } from '../state/media.js'
import type { Switches } from '../state/switches.js'
import type { ReplySettings } from '../state/tweets.js'
import { LocalXError } from '../util/errors.js'
import { given } from '../util/given.js'
import type { MediaKind } from '../util/pictures.js'
import { LENGTHS, measure } from '../util/text.js'
import { describeDelivery } from '../webhooks/deliveries.js'
import type { World } from '../world.js'
import { checkAgain, grantToken, makeMessage, makeTweet, revokeAccess, type TweetDraft } from './controls.js'

/** The page, and the controls that X itself does not have. Whoever starts it keeps pages of other origins out. */
export function createControlHost(world: World): Hono<ControlEnv> {
  const host = new Hono<ControlEnv>()

  routePage(host, world, welcome)
  routeTweets(host, world)
  routeDrafts(host, world)
  routeBot(host, world)
  routeMessages(host, world)
  routeSwitches(host, world)
  routeDeliveries(host, world)
  routePeople(host, world)
  routeTokens(host, world)

  host.get('/_local/events', () => eventStream(world.live, snapshot(world)))
  host.notFound((c) => c.json({ error: 'There is nothing here. GET / says what there is.' }, 404))
  host.onError((error, c) => {
    if (!(error instanceof LocalXError)) throw error
    const isMissing = error.code.startsWith('UNKNOWN_') && c.req.method !== 'POST'
    return c.json({ error: error.message, code: error.code }, isMissing ? 404 : 400)
  })
  return host
}

/** All that the page shows. */
function snapshot(world: World): object {
  const { bot, botNotes, people, tweets, messages, deliveries, outcomes, switches, webhooks } = world
  return {
    bot,
    botNote: botNotes.all(),
    people: people.all(),
    tweets: tweets.all(),
    messages: messages.all(),
    deliveries: deliveries.done().slice(-200).map(describeDelivery),
    outcomes: outcomes.all(),
    switches: switches.all(),
    webhooks: webhooks.all(),
  }
}

function routeTweets(host: Hono<ControlEnv>, world: World): void {
  host.get('/_local/tweets', (c) => c.json(world.tweets.all()))
  host.post('/_local/tweets', async (c) => {
    const read = await readDraft(c)
    if (read.kind === 'wrong') return c.json({ error: read.message }, 400)
    const { tweet } = await makeTweet(world, read.draft)
    return c.json(tweet, 201)
  })
  host.delete('/_local/tweets/:id', (c) => {
    void world.announceDeletion(world.tweets.remove(c.req.param('id')))
    return c.body(null, 204)
  })
}

/** What X says of a tweet before it is posted: how it counts the words, and whether it takes a photo. */
function routeDrafts(host: Hono<ControlEnv>, { media }: World): void {
  host.post('/_local/measure', async (c) => {
    const { text } = await readFields(c)
    if (typeof text !== 'string') return c.json({ error: '`text` is needed.' }, 400)
    return c.json({ weightedLength: measure(text).weightedLength, ...LENGTHS })
  })
  host.post('/_local/photos', async (c) => {
    const { photo, kind } = await readFields(c)
    if (!(photo instanceof File)) return c.json({ error: '`photo` is needed: a file in a form.' }, 400)
    const [taken] = await media.take([await toUpload(photo, undefined, kind)])
    return c.json({ kind: taken?.kind, width: taken?.picture.width, height: taken?.picture.height })
  })
}

/** What the bot tells of itself and of tweets. */
function routeBot(host: Hono<ControlEnv>, { bot, botNotes, outcomes }: World): void {
  host.get('/_local/bot', (c) => c.json({ ...bot, ...botNotes.all() }))
  host.put('/_local/bot', async (c) => {
    const { links, nextSweepAt, paused } = await readFields(c)
    return c.json(botNotes.note(given({ links, nextSweepAt, paused }) as BotNote))
  })
  host.get('/_local/outcomes', (c) => c.json(outcomes.all()))
  host.post('/_local/outcomes', async (c) => {
    const { tweetId, kind, reason, detail, text, retryAt } = await readFields(c)
    if (typeof tweetId !== 'string' || typeof kind !== 'string') {
      return c.json({ error: '`tweetId` and `kind` are needed.' }, 400)
    }
    outcomes.note(tweetId, {
      kind,
      ...(typeof reason === 'string' ? { reason } : {}),
      ...(typeof detail === 'string' ? { detail } : {}),
      ...(typeof text === 'string' ? { text } : {}),
      ...(typeof retryAt === 'number' ? { retryAt } : {}),
    })
    return c.body(null, 204)
  })
}

function routeMessages(host: Hono<ControlEnv>, world: World): void {
  host.get('/_local/messages', (c) => c.json(world.messages.all()))
  host.post('/_local/messages', async (c) => {
    const { from, to, text, encrypted } = await readFields(c)
    if (typeof from !== 'string' || typeof text !== 'string') {
      return c.json({ error: '`from` and `text` are needed, in a form or a JSON object.' }, 400)
    }
    const message = makeMessage(world, {
      from,
      text,
      ...(typeof to === 'string' ? { to } : {}),
      encrypted: encrypted === true || encrypted === 'true',
    })
    void world.announceMessage(message)
    return c.json(message, 201)
  })
}

function routeSwitches(host: Hono<ControlEnv>, { switches }: World): void {
  host.get('/_local/switches', (c) => c.json(switches.all()))
  // Their names and values are checked by `set`, as those of `x.set` are.
  host.put('/_local/switches', async (c) => c.json(switches.set((await readFields(c)) as Partial<Switches>)))
}

function routeDeliveries(host: Hono<ControlEnv>, world: World): void {
  host.get('/_local/deliveries', (c) => c.json(world.deliveries.done().map(describeDelivery)))
  host.post('/_local/deliveries/:id/redeliver', async (c) => {
    return c.json(describeDelivery(await world.deliveries.redeliver(c.req.param('id'))))
  })
  host.get('/_local/webhooks', (c) => c.json(world.webhooks.all()))
  host.post('/_local/webhooks/:id/check', async (c) => c.json(await checkAgain(world, c.req.param('id'))))
}

function routePeople(host: Hono<ControlEnv>, world: World): void {
  const { people, live } = world
  host.get('/_local/people', (c) => c.json(people.all()))
  host.put('/_local/people/:username', async (c) => {
    const { protected: isProtected } = await readFields(c)
    const person = people.findOrAdd(c.req.param('username'))
    if (typeof isProtected === 'boolean') people.change(person, { protected: isProtected })
    live.publish({ kind: 'people', data: people.all() })
    return c.json(person)
  })
  host.post('/_local/people/:username/revoke', (c) => {
    const { username } = people.findOrAdd(c.req.param('username'))
    void revokeAccess(world, username)
    return c.body(null, 204)
  })
}

function routeTokens(host: Hono<ControlEnv>, world: World): void {
  host.post('/_local/tokens', async (c) => {
    const { as = world.bot.username, scopes } = await readFields(c)
    if (typeof as !== 'string') return c.json({ error: '`as` is a username.' }, 400)
    return c.json(grantToken(world, as, typeof scopes === 'string' ? scopes.split(' ') : undefined), 201)
  })
}

type Fields = { readonly [name: string]: unknown }

/** The fields of a JSON object or a form; none where it is neither. */
async function readFields(c: Context<ControlEnv>): Promise<Fields> {
  const isJson = c.req.header('content-type')?.startsWith('application/json') ?? false
  const reading: Promise<unknown> = isJson ? c.req.json() : c.req.parseBody({ all: true })
  const fields = await reading.catch(() => undefined)
  return typeof fields === 'object' && fields !== null && !Array.isArray(fields) ? { ...fields } : {}
}

type Read =
  | { readonly kind: 'draft'; readonly draft: TweetDraft }
  | { readonly kind: 'wrong'; readonly message: string }

async function readDraft(c: Context<ControlEnv>): Promise<Read> {
  const given = await readFields(c)
  const text = (name: string): string | undefined => {
    const value = given[name]
    return typeof value === 'string' ? value : undefined
  }
  const [as, words, replySettings] = ['as', 'text', 'replySettings'].map(text)
  if (as === undefined || words === undefined) {
    return { kind: 'wrong', message: '`as` and `text` are needed, in a form or a JSON object.' }
  }
  if (replySettings !== undefined && !isReplySettings(replySettings)) {
    return { kind: 'wrong', message: `"${replySettings}" is none of X's reply settings.` }
  }
  const files = [given.photo ?? []].flat().filter((part): part is File => part instanceof File)
  if ([given.photo ?? []].flat().some((part) => !(part instanceof File))) {
    return { kind: 'wrong', message: '`photo` is a file in a form: with curl, -F photo=@dog.jpg.' }
  }
  const [altTexts, kinds] = [given.alt, given.kind].map((list) => [list ?? []].flat())
  const strange = kinds?.find((kind) => !isMediaKind(kind))
  if (strange !== undefined) {
    return {
      kind: 'wrong',
      message: `"${typeof strange === 'string' ? strange : 'A file'}" is none of X's kinds: photo, animated_gif or video.`,
    }
  }
  const references = Object.fromEntries(
    ['inReplyTo', 'quote', 'edits'].flatMap((name) => (text(name) === undefined ? [] : [[name, text(name)]])),
  )
  return {
    kind: 'draft',
    draft: {
      as,
      text: words,
      // An edit that brings no photos keeps those of the tweet.
      ...(files.length === 0 && references.edits !== undefined
        ? {}
        : { photos: await Promise.all(files.map((file, at) => toUpload(file, altTexts?.[at], kinds?.[at]))) }),
      ...references,
      ...(replySettings === undefined ? {} : { replySettings }),
    },
  }
}

async function toUpload(file: File, altText: unknown, kind: unknown): Promise<PhotoUpload> {
  return {
    bytes: new Uint8Array(await file.arrayBuffer()),
    ...(typeof altText === 'string' && altText !== '' ? { altText } : {}),
    ...(isMediaKind(kind) ? { kind } : {}),
  }
}

const isMediaKind = (kind: unknown): kind is MediaKind =>
  typeof kind === 'string' && ['photo', 'animated_gif', 'video'].includes(kind)

const isReplySettings = (value: string): value is ReplySettings =>
  ['everyone', 'following', 'mentionedUsers', 'subscribers', 'verified'].includes(value)

function welcome(url: string, { bot }: World): string {
  return `This is a local X. Its API is at ${url}/2/…, and answers to requests with "Host: api.x.com" too.
Its one account with API credentials is @${bot.username} (${bot.id}).

Open ${url} in a browser for the page, or tweet from here:

  curl -F as=alice --form-string 'text=@${bot.username} what is this?' -F photo=@dog.jpg ${url}/_local/tweets

POST   ${url}/_local/tweets        as, text, photo (files), alt, kind (photo, animated_gif, video),
                                   inReplyTo, quote, edits, replySettings; a form or, without photos, JSON
GET    ${url}/_local/tweets        all tweets
DELETE ${url}/_local/tweets/<id>
POST   ${url}/_local/messages      from, text, to (the bot), encrypted: a direct message; GET for all of them
GET    ${url}/_local/switches      what goes wrong; PUT some of it as JSON to change it
GET    ${url}/_local/deliveries    what the webhooks were told, and POST …/<id>/redeliver
GET    ${url}/_local/webhooks      and POST …/<id>/check for a challenge
GET    ${url}/_local/people        PUT …/<username> with "protected", POST …/<username>/revoke
POST   ${url}/_local/tokens        as (default the bot), scopes (default all): an OAuth 2.0 token of that account
POST   ${url}/_local/photos        photo (a file): whether X takes it; POST …/measure with text for its length
POST   ${url}/_local/outcomes      tweetId, kind, reason, detail, text, retryAt: what the bot says became of a tweet
GET    ${url}/_local/bot           the bot; PUT links, nextSweepAt and paused, which the page shows
GET    ${url}/_local/events        all of it as it happens, as server-sent events
`
}
