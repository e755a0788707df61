import { KeywordImageLabeler, memoryStores } from '@hexbird/adapters-memory'
import { agentTo, type Dialect, HttpsMediaFetcher, XSocialClient } from '@hexbird/adapters-x'
import { animalRules, type BotPorts, type EventOutcome, photoReplies, selfServe2026 } from '@hexbird/core'
import { type LocalX, startLocalX } from '@hexbird/local-x'
import { startBot as runBot } from '@hexbird/runner'
import { type Relay, startRelay } from './relay.js'
import { serveWebhook } from './webhook.js'

export interface BenchBotOptions {
  readonly dialect: Dialect
  /** The store of photos and jobs, and the labeler. Default: memory and keywords. */
  readonly photos?: Partial<Pick<BotPorts, 'blobs' | 'labeler'>>
  /** Gets each port with its name, and returns the one to use instead. */
  readonly wrap?: Wrap
}

export type Wrap = <Port extends object>(name: string, port: Port) => Port

/** The port, with each of its calls made by `around`. */
export const intercepted = <Port extends object>(
  port: Port,
  around: (method: string, call: () => unknown, given: readonly unknown[]) => unknown,
): Port =>
  new Proxy(port, {
    get(_, method: string) {
      const called = Reflect.get(port, method) as (...given: unknown[]) => unknown
      return (...given: unknown[]) => around(method, () => called.apply(port, given), given)
    },
  })

/** A bot and its local X, with counted traffic between them. */
export interface BenchBot {
  readonly x: LocalX
  /** The relays from the bot to X's API and to X's media host. */
  readonly api: Relay
  readonly media: Relay
  /** Resolves when nothing is waiting or running. @throws Error if a tweet got no reply. */
  idle(): Promise<void>
  close(): Promise<void>
}

/** No limits on posts and money, which would end a measurement. */
export const WITHOUT_LIMITS = {
  platform: { ...selfServe2026, postWindows: [] },
  limits: { perDay: 1e15, perAuthorPerDay: 1e15 },
} as const

/** Wires a bot as `hexbird dev` does, with a relay in front of the local X. */
export async function startBot({ dialect, photos = {}, wrap = (_, port) => port }: BenchBotOptions): Promise<BenchBot> {
  const x = await startLocalX({ rateLimits: false, keepMetadata: true, people: [{ username: 'alice' }] })
  const [api, media] = [await startRelay(x.port), await startRelay(x.port)]
  const agents = { api: agentTo({ port: api.port }), media: agentTo({ port: media.port }) }
  const failures: unknown[] = []

  const stores = memoryStores({ maxReceives: 1 })
  const { events, jobs } = stores.queues
  const { blobs = stores.blobs } = photos
  const running = runBot(
    photoReplies(animalRules),
    {
      social: wrap('social', new XSocialClient({ credentials: x.credentials, botId: x.bot.id, agent: agents.api })),
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
    // Account Activity also delivers the bot's own tweets.
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
