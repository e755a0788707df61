import type { HttpBindings } from '@hono/node-server'
import { type Context, Hono } from 'hono'
import type { Media } from './state/media.js'
import { isServedSize, type MediaKind, type ServedFormat, TYPES } from './util/pictures.js'

/** X's older addresses have the size behind a colon: `<key>.jpg:large`. */
const NAME = /^(?<key>[\w-]+)(?:\.(?<extension>[a-z]+))?(?::(?<legacy>[a-z]+))?$/

/** What X serves where no size is named: docs.x.com, "Photo Media URL formatting". */
const DEFAULT_SIZE = 'medium'

/**
 * What answers to `Host: pbs.twimg.com`: `/media/<key>?format=jpg&name=large`, `/media/<key>.jpg` and `.png`, and
 * the stills of GIFs and videos in their own folders, in X's formats and sizes.
 */
export function createMediaHost(media: Media): Hono<{ Bindings: HttpBindings }> {
  const host = new Hono<{ Bindings: HttpBindings }>()
  const serve = async (c: Context, kind: MediaKind) => {
    const { key = '', extension, legacy } = NAME.exec(c.req.param('name') ?? '')?.groups ?? {}
    const format = extension ?? c.req.query('format') ?? ''
    const size = c.req.query('name') ?? legacy ?? DEFAULT_SIZE
    const found = media.find(key)
    if (found?.photo.kind !== kind || !isFormat(format) || !isServedSize(size)) return c.body(null, 404)
    const bytes = await media.serve(found, format, size)
    return c.body(new Uint8Array(bytes), 200, {
      'content-type': TYPES[format],
      'content-length': String(bytes.length),
    })
  }
  host.get('/media/:name', (c) => serve(c, 'photo'))
  host.get('/tweet_video_thumb/:name', (c) => serve(c, 'animated_gif'))
  host.get('/ext_tw_video_thumb/:id/pu/img/:name', (c) => serve(c, 'video'))
  host.notFound((c) => c.body(null, 404))
  return host
}

const isFormat = (name: string): name is ServedFormat => Object.hasOwn(TYPES, name)
