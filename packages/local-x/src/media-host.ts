import type { HttpBindings } from '@hono/node-server'
import { type Context, Hono } from 'hono'
import type { Media, MediaKind } from './state/media.js'

const SIZES = ['thumb', 'small', 'medium', 'large', 'orig', '4096x4096', '900x900', '360x360']

/**
 * What answers to `Host: pbs.twimg.com`: `/media/<key>?format=jpg&name=large`, `/media/<key>.jpg` and `.png`, and
 * the stills of GIFs and videos in their own folders. The bytes
 * are those that were uploaded, in their own type, whatever size and format are asked for. X resizes and re-encodes, and
 * strips what is embedded; keywords in a photo are seen here alone.
 */
export function createMediaHost(media: Media): Hono<{ Bindings: HttpBindings }> {
  const host = new Hono<{ Bindings: HttpBindings }>()
  const serve = (c: Context, kind: MediaKind) => {
    const { key, extension } =
      /^(?<key>[\w-]+)(?:\.(?<extension>jpg|png))?$/.exec(c.req.param('name') ?? '')?.groups ?? {}
    const format = extension ?? c.req.query('format') ?? ''
    const size = c.req.query('name')
    const found = key === undefined ? undefined : media.find(key)
    const asked = ['jpg', 'png'].includes(format) && (size === undefined || SIZES.includes(size))
    if (found === undefined || found.photo.kind !== kind || !asked) return c.body(null, 404)
    return c.body(new Uint8Array(found.bytes), 200, {
      'content-type': found.photo.type,
      'content-length': String(found.bytes.length),
    })
  }
  host.get('/media/:name', (c) => serve(c, 'photo'))
  host.get('/tweet_video_thumb/:name', (c) => serve(c, 'animated_gif'))
  host.get('/ext_tw_video_thumb/:id/pu/img/:name', (c) => serve(c, 'video'))
  host.notFound((c) => c.body(null, 404))
  return host
}
