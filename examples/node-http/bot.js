import { once } from 'node:events'
import { KeywordImageLabeler } from '@hexbird/adapters-memory'
import { HttpsMediaFetcher, XSocialClient } from '@hexbird/adapters-x'
import { animalRules, photoReplies } from '@hexbird/core'
import { WEBHOOK_PATH } from '@hexbird/http'
import { startBot as run } from '@hexbird/runner'
import { serve } from '@hono/node-server'
import { SqliteBudget } from './store/budget.js'
import { openDatabase } from './store/database.js'
import { SqliteReplyLedger } from './store/ledger.js'
import { SqliteQueue } from './store/queue.js'
import { SqliteBlobStore, SqliteJobs, SqliteKillSwitch, SqliteOptOuts } from './store/small.js'

/** @import { Event, ImageLabeler } from '@hexbird/core' */
/** @import { Around } from '@hexbird/runner' */

/**
 * @typedef Settings
 * @property {string} database the file that holds everything
 * @property {import('@hexbird/adapters-x').XCredentials} credentials the bot's
 * @property {{ id: string, username: string }} bot
 * @property {number} [port] where X delivers to, behind a proxy that speaks HTTPS; default a free one
 * @property {import('node:http').Agent} [agent] leads to a local X
 * @property {ImageLabeler} [labeler] default: the keywords in a photo's file, which the real X strips
 * @property {number} [backoff] the wait after a first failure, in milliseconds
 */

/**
 * The whole bot in one process of Node, and on one disk: stop it, or cut its power, and it goes on where it was.
 *
 * @param {Settings} settings
 */
export async function startBot({ database: path, credentials, bot, port = 0, agent, labeler, backoff = 1000 }) {
  const database = openDatabase(path)
  /** @type {SqliteQueue<Event>} */
  const events = new SqliteQueue(database, 'events', { backoff })
  /** @type {SqliteQueue<string>} */
  const jobs = new SqliteQueue(database, 'jobs', { backoff })
  const blobs = new SqliteBlobStore(database)
  const running = run(
    photoReplies(animalRules),
    {
      social: new XSocialClient({ credentials, botId: bot.id, ...(agent && { agent }) }),
      media: new HttpsMediaFetcher(agent && { agent }),
      blobs,
      jobs: new SqliteJobs(database, blobs, jobs),
      labeler: labeler ?? new KeywordImageLabeler(blobs),
      ledger: new SqliteReplyLedger(database),
      budget: new SqliteBudget(database),
      killSwitch: new SqliteKillSwitch(database),
      optOuts: new SqliteOptOuts(database),
      inbox: events,
      queues: { events, jobs },
    },
    { bot, around: log, webhook: { consumerSecrets: [credentials.consumerSecret] }, services: [database] },
  )
  const server = serve({ fetch: running.fetch, port, hostname: '127.0.0.1' })
  await once(server, 'listening')
  const address = /** @type {import('node:net').AddressInfo} */ (server.address())

  return {
    webhookUrl: `http://127.0.0.1:${address.port}${WEBHOOK_PATH}`,
    idle: running.idle,
    /** First nothing more comes in, then what is being done is finished; the rest stays on the disk. */
    async close() {
      server.close()
      if ('closeIdleConnections' in server) server.closeIdleConnections()
      await running.close()
    },
  }
}

/** @type {Around} */
async function log(_, handle) {
  const outcome = await handle()
  if (outcome.kind !== 'passed-over') console.log(outcome.kind, 'text' in outcome ? outcome.text : '')
  return outcome
}
