// The bot of scripts/load.mjs. It runs in a separate process, so that its memory can be measured: memory adapters, the
// real web app and client, no limits. The parent tells it where the local X is.
import { createRequire } from 'node:module'
import { KeywordImageLabeler, memoryStores } from '../packages/adapters-memory/dist/index.js'
import { agentTo, HttpsMediaFetcher, XSocialClient } from '../packages/adapters-x/dist/index.js'
import { TIMES } from '../packages/core/dist/host/index.js'
import { animalRules, photoReplies, selfServe2026 } from '../packages/core/dist/index.js'
import { startBot } from '../packages/runner/dist/index.js'

const { serve } = await import(
  createRequire(new URL('../packages/cli/package.json', import.meta.url)).resolve('@hono/node-server')
)

process.once('message', ({ port, credentials, account, keptFor }) => {
  const agent = agentTo({ port })
  const stores = memoryStores()
  const { events, jobs } = stores.queues
  const bot = startBot(
    photoReplies(animalRules),
    {
      ...stores,
      ledger: forgettingLedger(stores.ledger, keptFor),
      budget: forgettingBudget(stores.budget, keptFor),
      social: new XSocialClient({ credentials, botId: account.id, agent }),
      media: new HttpsMediaFetcher({ agent }),
      labeler: new KeywordImageLabeler(stores.blobs),
    },
    {
      bot: account,
      // With X's own limits on posts, this would take a day.
      platform: { ...selfServe2026, postWindows: [] },
      limits: { perDay: 1e15, perAuthorPerDay: 1e15 },
      webhook: { consumerSecrets: [credentials.consumerSecret] },
      services: [{ close: () => agent.destroy() }],
    },
  )
  const server = serve({ fetch: bot.fetch, port: 0, hostname: '127.0.0.1' }, (address) =>
    process.send({ port: address.port }),
  )
  process.on('message', async (asked) => {
    if (asked === 'measure') {
      globalThis.gc()
      const { heapUsed, arrayBuffers, rss } = process.memoryUsage()
      process.send({ held: heapUsed + arrayBuffers, rss })
    }
    if (asked === 'end') {
      await bot.idle()
      process.send({ deadLetters: events.deadLetters.length + jobs.deadLetters.length })
      server.close()
      server.closeAllConnections()
      await bot.close()
      process.disconnect()
    }
  })
})

/** A ledger whose rows expire after the given milliseconds instead of a month. */
function forgettingLedger(ledger, keptFor) {
  const start = Date.now()
  const factor = TIMES.ledgerRows / keptFor
  const faster = (time) => start + (time - start) * factor
  const slower = (time) => start + (time - start) / factor
  const told = (answer) =>
    answer && {
      ...answer,
      ...('until' in answer && { until: slower(answer.until) }),
      ...('since' in answer && { since: slower(answer.since) }),
    }
  return {
    find: async (key) => told(await ledger.find(key)),
    claim: async (key, claim) =>
      told(await ledger.claim(key, { ...claim, now: faster(claim.now), until: faster(claim.until) })),
    settle: (key, outcome, now) => ledger.settle(key, outcome, faster(now)),
    release: (key, owner, inDoubtUntil) =>
      ledger.release(key, owner, inDoubtUntil === undefined ? undefined : faster(inDoubtUntil)),
    forgetAuthor: (authorId, now) => ledger.forgetAuthor(authorId, faster(now)),
    removeAll: () => ledger.removeAll(),
  }
}

/** A budget whose day lasts only the given milliseconds. */
function forgettingBudget(budget, keptFor) {
  const sooner = (charges, now) =>
    charges.map((charge) => ({ ...charge, endsAt: (Math.floor(now / keptFor) + 1) * keptFor }))
  return {
    reserve: (charges, now) => budget.reserve(sooner(charges, now), now),
    settle: (charges, now) => budget.settle(sooner(charges, now), now),
    removeAll: () => budget.removeAll(),
  }
}
