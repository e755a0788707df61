import { readFileSync } from 'node:fs'
import type { Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { KeywordImageLabeler, type MemoryQueueOptions, memoryStores } from '@hexbird/adapters-memory'
import { agentTo, DEFAULT_EVENT_TYPES, HttpsMediaFetcher, XSocialClient, XWebhooks } from '@hexbird/adapters-x'
import { animalRules, type ImageLabeler, photoReplies } from '@hexbird/core'
import { type Fetch, WEBHOOK_PATH } from '@hexbird/http'
import { startLocalX, type TestClock, testClock } from '@hexbird/local-x'
import { serve } from '@hono/node-server'
import { type RunOptions, type RunPorts, startBot } from '../src/index.js'

const dog = {
  bytes: new Uint8Array(readFileSync(new URL('../../local-x/samples/dog.jpg', import.meta.url))),
}

const ends: (() => unknown)[] = []

/** Ends whatever a story has started, the last first. */
export async function endAll(): Promise<void> {
  for (const end of ends.splice(0).reverse()) await end()
}

/** A local X on a clock that stands still, and the ports of a bot that lives there. */
export async function onLocalX(queue: MemoryQueueOptions = {}) {
  const clock: TestClock = testClock()
  const x = await startLocalX({ clock, keepMetadata: true })
  const agent = agentTo({ port: x.port })
  ends.push(
    () => agent.destroy(),
    () => x.close(),
  )
  const stores = memoryStores({ ...clock, ...queue })
  const { now } = clock
  const ports = {
    ...stores,
    social: new XSocialClient({ credentials: x.credentials, botId: x.bot.id, agent, now }),
    media: new HttpsMediaFetcher({ agent }),
    labeler: new KeywordImageLabeler(stores.blobs),
    now,
  }
  const options = { bot: x.bot, webhook: { consumerSecrets: [x.credentials.consumerSecret] } }
  return {
    x,
    clock,
    ports,
    options,
    /** The replies of the bot. */
    replies: (id: string) => x.repliesTo(id).map(({ displayText }) => displayText),
    asks: (as = 'alice') => x.tweet({ as, text: `@${x.bot.username} what is this?`, photos: [dog] }),
    /** Serves over HTTP, and has X deliver there. Gives the origin. */
    async serving(fetch: Fetch): Promise<string> {
      const server = await new Promise<Server>((resolve) => {
        const made = serve({ fetch, port: 0, hostname: '127.0.0.1' }, () => resolve(made as Server))
      })
      ends.push(() => {
        server.closeAllConnections()
        return new Promise((resolve) => server.close(resolve))
      })
      const origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
      const { bearerToken } = x.credentials
      const webhooks = new XWebhooks({ bearerToken, userCredentials: x.credentials, agent })
      const registered = await webhooks.register(`${origin}${WEBHOOK_PATH}`)
      if (registered.kind !== 'registered') throw new Error(JSON.stringify(registered))
      const webhookId = registered.webhook.id
      const eventTypes = DEFAULT_EVENT_TYPES
      await webhooks.subscribe({ dialect: 'x-activity', webhookId, botId: x.bot.id, eventTypes })
      return origin
    },
    /** Starts a bot that is ended with the story. */
    start(more: Partial<RunOptions> = {}, over: Partial<RunPorts> = {}, definition = photoReplies(animalRules)) {
      const running = startBot(definition, { ...ports, ...over }, { ...options, ...more })
      ends.push(() => running.close())
      return running
    },
  }
}

/** A labeler that waits until it is told how to go on. */
export function heldLabeler(): ImageLabeler & { readonly reached: Promise<void>; release(): void } {
  const [released, release] = signal()
  const [reached, reach] = signal()
  return {
    reached,
    release,
    async label() {
      reach()
      await released
      return { kind: 'labels', labels: [{ name: 'Dog', confidence: 99, parents: ['Animal'] }] }
    },
  }
}

function signal(): readonly [given: Promise<void>, give: () => void] {
  let give = () => {}
  const given = new Promise<void>((resolve) => {
    give = resolve
  })
  return [given, give]
}
