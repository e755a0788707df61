import type { HttpBindings } from '@hono/node-server'
import { type Context, Hono } from 'hono'
import { makeTweet, type TweetDraft } from './controls.js'
import { LocalXError } from './errors.js'
import type { PhotoType, PhotoUpload } from './state/media.js'
import type { ReplySettings } from './state/tweets.js'
import type { World } from './world.js'

type ControlEnv = { Bindings: HttpBindings }

/** What answers to a loopback `Host`: the controls that X itself does not have. */
export function createControlHost(world: World): Hono<ControlEnv> {
  const host = new Hono<ControlEnv>()

  // A page of another site may not tweet here. Browsers tell where a request comes from.
  host.use(async (c, next) => {
    const origin = c.req.header('origin')
    if (origin !== undefined && origin !== `http://${c.req.header('host')}`) {
      return c.json({ error: `Requests from ${origin} are refused: use this address alone.` }, 403)
    }
    return next()
  })

  host.get('/', (c) => c.text(welcome(`http://${c.req.header('host')}`, world)))
  host.get('/_local/tweets', (c) => c.json(world.tweets.all()))
  host.post('/_local/tweets', async (c) => {
    const read = await readDraft(c)
    if (read.kind === 'wrong') return c.json({ error: read.message }, 400)
    const tweet = makeTweet(world, read.draft)
    void world.announce(tweet)
    return c.json(tweet, 201)
  })

  host.notFound((c) => c.json({ error: 'There is nothing here. GET / says what there is.' }, 404))
  host.onError((error, c) => {
    if (error instanceof LocalXError) return c.json({ error: error.message, code: error.code }, 400)
    throw error
  })
  return host
}

type Read =
  | { readonly kind: 'draft'; readonly draft: TweetDraft }
  | { readonly kind: 'wrong'; readonly message: string }

async function readDraft(c: Context<ControlEnv>): Promise<Read> {
  const isJson = c.req.header('content-type')?.startsWith('application/json') ?? false
  const fields = isJson ? await c.req.json<unknown>().catch(() => undefined) : await c.req.parseBody({ all: true })
  if (typeof fields !== 'object' || fields === null) return { kind: 'wrong', message: 'Send a form or a JSON object.' }
  const given = new Map<string, unknown>(Object.entries(fields))
  const text = (name: string): string | undefined => {
    const value = given.get(name)
    return typeof value === 'string' ? value : undefined
  }
  const [as, words, inReplyTo, quote] = ['as', 'text', 'inReplyTo', 'quote'].map(text)
  const replySettings = text('replySettings')
  if (as === undefined || words === undefined) return { kind: 'wrong', message: '`as` and `text` are needed.' }
  if (replySettings !== undefined && !isReplySettings(replySettings)) {
    return { kind: 'wrong', message: `"${replySettings}" is none of X's reply settings.` }
  }
  const photos = [given.get('photo') ?? []].flat().filter((part): part is File => part instanceof File)
  return {
    kind: 'draft',
    draft: {
      as,
      text: words,
      photos: await Promise.all(photos.map(toUpload)),
      ...(inReplyTo === undefined ? {} : { inReplyTo }),
      ...(quote === undefined ? {} : { quote }),
      ...(replySettings === undefined ? {} : { replySettings }),
    },
  }
}

async function toUpload(file: File): Promise<PhotoUpload> {
  const bytes = new Uint8Array(await file.arrayBuffer())
  return isPhotoType(file.type) ? { bytes, type: file.type } : { bytes }
}

const isPhotoType = (type: string): type is PhotoType => type === 'image/jpeg' || type === 'image/png'

const isReplySettings = (value: string): value is ReplySettings =>
  ['everyone', 'following', 'mentionedUsers', 'subscribers', 'verified'].includes(value)

function welcome(url: string, { bot }: World): string {
  return `This is a local X. It answers as api.x.com and pbs.twimg.com to requests with that Host header.
Its one account with API credentials is @${bot.username} (${bot.id}).

Tweet at it:

  curl -F as=alice --form-string 'text=@${bot.username} what is this?' -F photo=@dog.jpg ${url}/_local/tweets

POST ${url}/_local/tweets   as, text, photo (files), inReplyTo, quote, replySettings; a form or, without photos, JSON
GET  ${url}/_local/tweets   all tweets
`
}
