import type { HttpBindings } from '@hono/node-server'
import { Hono } from 'hono'
import type { Media } from './state/media.js'

const SIZES = ['thumb', 'small', 'medium', 'large', 'orig', '4096x4096', '900x900', '360x360']

/**
 * What answers to `Host: pbs.twimg.com`: `/media/<key>?format=jpg&name=large`, `/media/<key>.jpg` and `.png`. The bytes
 * are those that were uploaded, in their own type, whatever size and format are asked for. X resizes and re-encodes, and
 * strips what is embedded; keywords in a photo are seen here alone.
 */
export function createMediaHost(media: Media): Hono<{ Bindings: HttpBindings }> {
  const host = new Hono<{ Bindings: HttpBindings }>()
  host.get('/media/:name', (c) => {
    const { key, extension } = /^(?<key>[\w-]+)(?:\.(?<extension>jpg|png))?$/.exec(c.req.param('name'))?.groups ?? {}
    const format = extension ?? c.req.query('format') ?? ''
    const size = c.req.query('name')
    const found = key === undefined ? undefined : media.find(key)
    const asked = ['jpg', 'png'].includes(format) && (size === undefined || SIZES.includes(size))
    if (found === undefined || !asked) return c.body(null, 404)
    return c.body(Uint8Array.from(found.bytes), 200, {
      'content-type': found.photo.type,
      'content-length': String(found.bytes.length),
    })
  })
  host.notFound((c) => c.body(null, 404))
  return host
}
