import { randomUUID } from 'node:crypto'
import {
  KeywordImageLabeler,
  MemoryBlobStore,
  MemoryBudget,
  MemoryInbox,
  MemoryKillSwitch,
  MemoryOptOuts,
  MemoryQueue,
  MemoryReplyLedger,
} from '@hexbird/adapters-memory'
import { agentTo, type Dialect, HttpsMediaFetcher, XSocialClient } from '@hexbird/adapters-x'
import { type BlobStore, type BotPorts, createBot, type Event, JOBS, type Outcome, selfServe2026 } from '@hexbird/core'
import { type LocalX, startLocalX } from '@hexbird/local-x'
import { type Relay, startRelay } from './relay.js'
import { serveWebhook } from './webhook.js'

export interface BenchBotOptions {
  readonly dialect: Dialect
  /** Where photos and jobs are, and who sees what is on a photo. Default: memory, keywords. */
  readonly photos?: Partial<Pick<BotPorts, 'blobs' | 'labeler'>>
  /** Is given each port under its name, and gives what to use in its place. */
  readonly wrap?: Wrap
}

export type Wrap = <Port extends object>(name: string, port: Port) => Port

/** A bot and its local X, with what goes between them counted. */
export interface BenchBot {
  readonly x: LocalX
  /** From the bot to X's API, and to X's media host. */
  readonly api: Relay
  readonly media: Relay
  /** Resolves when nothing is waiting or running. @throws Error where a tweet was not replied to. */
  idle(): Promise<void>
  close(): Promise<void>
}

/** X's limits on posts and the bot's own on money would end a measurement, so there are none. */
export const WITHOUT_LIMITS = {
  platform: { ...selfServe2026, postWindows: [] },
  limits: { perDay: 1e15, perAuthorPerDay: 1e15 },
} as const

/** Wires a bot as `hexbird dev` does, with a relay in front of the local X. */
export async function startBot({ dialect, photos = {}, wrap = (_, port) => port }: BenchBotOptions): Promise<BenchBot> {
  const x = await startLocalX({ rateLimits: false, keepMetadata: true, people: [{ username: 'alice' }] })
  const [api, media] = [await startRelay(x.port), await startRelay(x.port)]
  const agents = { api: agentTo({ port: api.port }), media: agentTo({ port: media.port }) }
  const { consumerKey, consumerSecret, accessToken, accessSecret } = x.credentials
  const credentials = { consumerKey, consumerSecret, accessToken, accessSecret }
  const failures: unknown[] = []

  const events = new MemoryQueue<Event>({ maxReceives: 1 })
  const jobs = new MemoryQueue<string>({ maxReceives: 1 })
  const blobs = announcing(photos.blobs ?? new MemoryBlobStore(), (key) => void jobs.put([key]))
  const ports: BotPorts = {
    social: wrap('social', new XSocialClient({ credentials, botId: x.bot.id, agent: agents.api })),
    media: wrap('media', new HttpsMediaFetcher({ agent: agents.media })),
    blobs: wrap('blobs', blobs),
    labeler: wrap('labeler', photos.labeler ?? new KeywordImageLabeler(blobs)),
    ledger: wrap('ledger', new MemoryReplyLedger()),
    budget: wrap('budget', new MemoryBudget()),
    killSwitch: wrap('killSwitch', new MemoryKillSwitch()),
    optOuts: wrap('optOuts', new MemoryOptOuts()),
    now: Date.now,
    newId: randomUUID,
  }
  const bot = createBot(ports, { bot: x.bot, ...WITHOUT_LIMITS })
  const done = (outcome: Outcome) => {
    // Account Activity tells the bot of its own tweets too.
    const isOwn = outcome.kind === 'ignored' && outcome.reason === 'own-tweet'
    if (!isOwn && outcome.kind !== 'replied' && outcome.kind !== 'job-stored') failures.push(outcome)
    return 'done' as const
  }
  const stopEvents = events.consume(async (event) =>
    event.kind === 'tweet' ? done(await bot.handleTweet(event.tweet)) : 'done',
  )
  const stopJobs = jobs.consume(async (key) => done(await bot.replyWithLabels(key)))

  const webhook = await serveWebhook(x, dialect, wrap('inbox', new MemoryInbox(events)))

  return {
    x,
    api,
    media,
    async idle() {
      await events.idle()
      await jobs.idle()
      failures.push(...[...events.deadLetters, ...jobs.deadLetters].map(({ reason }) => String(reason)))
      if (failures.length > 0) throw new Error(`${failures.length} were not replied to: ${JSON.stringify(failures[0])}`)
    },
    async close() {
      await Promise.all([stopEvents(), stopJobs()])
      await x.close()
      for (const agent of Object.values(agents)) agent.destroy()
      await Promise.all([api.close(), media.close()])
      await webhook.close()
    },
  }
}

/** As S3 tells of a job that was stored. */
function announcing(blobs: BlobStore, onJob: (key: string) => void): BlobStore {
  return {
    async put(key, bytes, type) {
      await blobs.put(key, bytes, type)
      if (key.startsWith(JOBS)) onJob(key)
    },
    get: (key) => blobs.get(key),
    remove: (key) => blobs.remove(key),
    removeAll: (prefix) => blobs.removeAll(prefix),
  }
}
