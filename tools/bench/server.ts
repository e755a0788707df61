import { createHmac } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { MemoryInbox, MemoryQueue } from '@hexbird/adapters-memory'
import { openStore } from '@hexbird/adapters-sqlite'
import { DetectorImageLabeler } from '@hexbird/adapters-vision/detector'
import type { Event } from '@hexbird/core'
import { createWebhookApp, WEBHOOK_PATH } from '@hexbird/http'
import { DatabaseSync } from '@photostructure/sqlite'
import { Hono } from 'hono'
import { SECRET } from './deliveries.js'
import { serveApp } from './webhook.js'

const floor = () => floorWith(() => {})
/** The servers that answer deliveries over HTTP in a separate process. */
const SERVERS = { webhook, webhookOnDisk, floor, floorOnDisk, webhookBesideDetector } as const
export type ServerName = keyof typeof SERVERS

/** Serves until it is killed or its parent ends. `folder` is for its files. */
export async function serveAlone(name: string, folder = ''): Promise<void> {
  const { url } = await serveApp(SERVERS[name as ServerName](folder).fetch)
  process.send?.(new URL(url).origin)
  process.on('disconnect', () => process.exit())
}

/** Handles a delivery until it is answered. Nothing consumes the queue, so it is replaced while it's still short. */
function webhook(): Hono {
  let queue = new MemoryQueue<Event>()
  const inbox = new MemoryInbox({
    put(events) {
      if (queue.size > 100) queue = new MemoryQueue()
      return queue.put(events)
    },
  })
  return createWebhookApp({ inbox, consumerSecrets: [SECRET] })
}

/** The same with the queue of `hexbird run`, which nothing consumes. */
function webhookOnDisk(folder: string): Hono {
  const inbox = openStore(join(folder, 'store.sqlite')).queue<Event>('events')
  return createWebhookApp({ inbox, consumerSecrets: [SECRET] })
}

/**
 * The webhook, with a photo that is labeled repeatedly while the parent wants that. Tells the parent when it starts and
 * stops.
 */
function webhookBesideDetector(): Hono {
  const bytes = readFileSync(new URL('../../../packages/local-x/samples/dog.jpg', import.meta.url))
  const labeler = new DetectorImageLabeler({ get: async () => ({ bytes, type: 'image/jpeg' }) })
  const labelOnce = () => labeler.label('photos/1/2/0', { max: 5, minConfidence: 85 })
  let isWanted = false
  let looking: Promise<unknown> = Promise.resolve()
  process.on('message', ({ labels }: { labels: boolean }) => {
    // First stop the current labeling.
    isWanted = false
    looking = looking.then(labelOnce).then(() => {
      isWanted = labels
      process.send?.('so it is')
      if (labels) looking = lookOn()
    })
  })
  return webhook()

  async function lookOn() {
    while (isWanted) await labelOnce()
  }
}

function floorOnDisk(folder: string): Hono {
  const db = new DatabaseSync(join(folder, 'floor.sqlite'))
  db.exec('PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; CREATE TABLE item (id INTEGER PRIMARY KEY, body TEXT)')
  const insert = db.prepare('INSERT INTO item (body) VALUES (?)')
  // Keep a reference, because the driver closes an unreferenced connection.
  return floorWith((body) => db.isOpen && insert.run(body))
}

function floorWith(keep: (body: string) => unknown): Hono {
  const app = new Hono()
  app.post(WEBHOOK_PATH, async (context) => {
    const body = Buffer.from(await context.req.arrayBuffer())
    const signature = `sha256=${createHmac('sha256', SECRET).update(body).digest('base64')}`
    if (signature !== context.req.header('x-twitter-webhooks-signature')) return context.body(null, 401)
    const text = body.toString()
    JSON.parse(text)
    keep(text)
    return context.body(null, 200)
  })
  return app
}
