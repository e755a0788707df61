import { KeywordImageLabeler, memoryStores } from '@hexbird/adapters-memory'
import { agentTo, type Dialect, HttpsMediaFetcher, XSocialClient } from '@hexbird/adapters-x'
import { animalRules, type BotPorts, type EventOutcome, photoReplies, selfServe2026 } from '@hexbird/core'
import { type LocalX, startLocalX } from '@hexbird/local-x'
import { startBot as runBot } from '@hexbird/runner'
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

  const stores = memoryStores({ maxReceives: 1 })
  const { events, jobs } = stores.queues
  const { blobs = stores.blobs } = photos
  const running = runBot(
    photoReplies(animalRules),
    {
      social: wrap('social', new XSocialClient({ credentials, botId: x.bot.id, agent: agents.api })),
      media: wrap('media', new HttpsMediaFetcher({ agent: agents.media })),
      blobs: wrap('blobs', blobs),
      labeler: wrap('labeler', photos.labeler ?? new KeywordImageLabeler(blobs)),
      ledger: wrap('ledger', stores.ledger),
      budget: wrap('budget', stores.budget),
      killSwitch: wrap('killSwitch', stores.killSwitch),
      optOuts: wrap('optOuts', stores.optOuts),
      inbox: stores.inbox,
      queues: stores.queues,
    },
    { bot: x.bot, ...WITHOUT_LIMITS, around: async (_, handle) => noted(await handle()) },
  )
  const noted = (outcome: EventOutcome) => {
    // Account Activity tells the bot of its own tweets too.
    const isOwn = outcome.kind === 'ignored' && outcome.reason === 'own-tweet'
    if (!isOwn && !['replied', 'job-stored', 'passed-over'].includes(outcome.kind)) failures.push(outcome)
    return outcome
  }
  const webhook = await serveWebhook(x, dialect, wrap('inbox', stores.inbox))

  return {
    x,
    api,
    media,
    async idle() {
      await running.idle()
      failures.push(...[...events.deadLetters, ...jobs.deadLetters].map(({ reason }) => String(reason)))
      if (failures.length > 0) throw new Error(`${failures.length} were not replied to: ${JSON.stringify(failures[0])}`)
    },
    async close() {
      await running.close()
      await x.close()
      for (const agent of Object.values(agents)) agent.destroy()
      await Promise.all([api.close(), media.close()])
      await webhook.close()
    },
  }
}
