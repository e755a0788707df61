import type { Hono } from 'hono'
import type { Upload } from '../state/uploads.js'
import { LocalXError } from '../util/errors.js'
import type { JsonObject } from '../util/json.js'
import { readMultipart } from '../util/multipart.js'
import type { World } from '../world.js'
import { isId, isObject, readObject, unknownKey } from './body.js'
import { type ApiContext, type ApiEnv, callerOf, type Guard } from './guard.js'
import { answer, invalid, type Problem, refuse } from './problems.js'

/*
 * docs.x.com/x-api/media: images for tweets, in the steps of August 2025 and later. GIFs, videos and uploads in one request
 * are not served here.
 */

const MEDIA = { allow: ['user'], scopes: ['media.write'], access: 'read-write' } as const

const SEGMENTS = { user: 1875, day: { app: 180_000 } }

const TYPES = ['image/jpeg', 'image/png', 'image/webp']

const MOST_ALT_TEXT = 1000

export function routeMedia(api: Hono<ApiEnv>, world: World, guard: Guard): void {
  const { uploads } = world

  api.post('/2/media/upload/initialize', guard({ ...MEDIA, limit: SEGMENTS }), async (c) => {
    const read = await readObject(c)
    if (read.kind === 'refused') return refuse(c, read.problem)
    const { media_type: type, total_bytes: bytes, media_category: category = 'tweet_image' } = read.body
    const problem =
      unknownKey(read.body, ['additional_owners', 'media_category', 'media_type', 'shared', 'total_bytes']) ??
      (typeof type !== 'string' || !TYPES.includes(type)
        ? invalid(`$.media_type: the local X takes ${TYPES.join(', ')}`)
        : undefined) ??
      (category !== 'tweet_image' ? invalid('$.media_category: the local X takes tweet_image') : undefined) ??
      (!Number.isInteger(bytes) || Number(bytes) < 1 ? invalid('$.total_bytes: integer above 0 expected') : undefined)
    if (problem !== undefined) return refuse(c, problem)
    return orRefuse(c, () => {
      const upload = uploads.begin(callerOf(c, world).id, String(type), Number(bytes))
      return answer(c, { data: uploadObject(upload) })
    })
  })

  api.post('/2/media/upload/:id/append', guard({ ...MEDIA, limit: SEGMENTS }), async (c) => {
    const upload = uploadOf(c, world)
    if (upload === undefined) return refuse(c, unknownMedia(c.req.param('id')))
    const segment = await readSegment(c)
    if (segment === undefined) return refuse(c, invalid('$: `media` and a `segment_index` from 0 to 999 expected'))
    return orRefuse(c, () => {
      const expiresAt = uploads.append(upload, segment.index, segment.bytes)
      return answer(c, { data: { expires_at: Math.floor(expiresAt / 1000) } })
    })
  })

  api.post('/2/media/upload/:id/finalize', guard({ ...MEDIA, limit: SEGMENTS }), async (c) => {
    const upload = uploadOf(c, world)
    if (upload === undefined) return refuse(c, unknownMedia(c.req.param('id')))
    return orRefuse(c, async () => answer(c, { data: uploadObject(await uploads.finalize(upload)) }))
  })

  api.get(
    '/2/media/upload',
    guard({ ...MEDIA, limit: { user: 1000, day: { app: 100_000 } }, query: ['command', 'media_id'] }),
    (c) => {
      const { command = 'STATUS', media_id: id = '' } = c.req.query()
      if (command !== 'STATUS') return refuse(c, invalid('The `command` query parameter is not STATUS'))
      const upload = uploads.find(id, callerOf(c, world).id)
      if (upload === undefined) return refuse(c, unknownMedia(id))
      return answer(c, { data: uploadObject(uploads.describe(upload)) })
    },
  )

  api.post('/2/media/metadata', guard({ ...MEDIA, limit: { user: 500, day: { app: 50_000 } } }), async (c) => {
    const read = await readObject(c)
    if (read.kind === 'refused') return refuse(c, read.problem)
    const { id, metadata } = read.body
    const altText = isObject(metadata) && isObject(metadata.alt_text) ? metadata.alt_text.text : undefined
    if (!isId(id)) return refuse(c, invalid('$.id: does not match the regex pattern ^[0-9]{1,19}$'))
    if (typeof altText !== 'string' || Array.from(altText).length > MOST_ALT_TEXT) {
      const message = `$.metadata.alt_text.text: string of at most ${MOST_ALT_TEXT} characters expected`
      return refuse(c, invalid(message))
    }
    const upload = uploads.find(id, callerOf(c, world).id)
    if (upload === undefined) return refuse(c, unknownMedia(id))
    uploads.setAltText(upload, altText)
    return answer(c, { data: { id, associated_metadata: { alt_text: { text: altText } } } })
  })
}

const uploadOf = (c: ApiContext, world: World) => world.uploads.find(c.req.param('id') ?? '', callerOf(c, world).id)

/** X's words for media that it does not know, or no longer; the body is as for a tweet with such media. */
function unknownMedia(id: string): Problem {
  return invalid('Your media IDs are invalid.', { media_id: [id] })
}

async function readSegment(c: ApiContext): Promise<{ readonly index: number; readonly bytes: Uint8Array } | undefined> {
  const type = c.req.header('content-type') ?? ''
  const segment = type.startsWith('multipart/') ? await fromForm(c, type) : await fromJson(c)
  const isRight = segment !== undefined && /^\d{1,3}$/.test(segment.index) && segment.bytes.length > 0
  return isRight ? { index: Number(segment.index), bytes: segment.bytes } : undefined
}

type Segment = { readonly index: string; readonly bytes: Uint8Array }

async function fromForm(c: ApiContext, type: string): Promise<Segment | undefined> {
  const parts = readMultipart(Buffer.from(await c.req.arrayBuffer()), type)
  const [index, bytes] = [parts?.get('segment_index'), parts?.get('media')]
  return index === undefined || bytes === undefined ? undefined : { index: index.toString('latin1'), bytes }
}

async function fromJson(c: ApiContext): Promise<Segment | undefined> {
  const read = await readObject(c)
  if (read.kind === 'refused') return undefined
  const { segment_index: index, media } = read.body
  return typeof media === 'string' ? { index: String(index), bytes: Buffer.from(media, 'base64') } : undefined
}

function uploadObject({ id, size, expiresInMs, processing, image }: Upload): JsonObject {
  return {
    id,
    media_key: `3_${id}`,
    expires_after_secs: Math.floor(expiresInMs / 1000),
    ...(image === undefined ? {} : { size, image: { image_type: image.type, w: image.width, h: image.height } }),
    ...(processing === undefined
      ? {}
      : {
          processing_info: {
            state: processing.state,
            progress_percent: processing.percent,
            ...(processing.leftMs > 0 ? { check_after_secs: Math.ceil(processing.leftMs / 1000) } : {}),
          },
        }),
  }
}

/** What X would not take is answered 400, in X's words. */
async function orRefuse(c: ApiContext, act: () => Response | Promise<Response>): Promise<Response> {
  try {
    return await act()
  } catch (error) {
    if (error instanceof LocalXError && error.code === 'BAD_PHOTO') return refuse(c, invalid(error.message))
    throw error
  }
}
