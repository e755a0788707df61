import { once } from 'node:events'
import { createServer } from 'node:http'
import { KeywordImageLabeler } from '@hexbird/adapters-memory'
import { openStore } from '@hexbird/adapters-sqlite'
import { HttpsMediaFetcher, XSocialClient } from '@hexbird/adapters-x'
import { animalRules, photoReplies } from '@hexbird/core'
import { WEBHOOK_PATH } from '@hexbird/http'
import { startBot } from '@hexbird/runner'
import { getRequestListener } from '@hono/node-server'

/** @import { Event, ImageLabeler } from '@hexbird/core' */
/** @import { Around } from '@hexbird/runner' */

/**
 * @typedef Settings
 * @property {string} store the file that holds everything
 * @property {import('@hexbird/adapters-x').XCredentials} credentials the bot's
 * @property {{ id: string, username: string }} bot
 * @property {import('node:http').RequestListener} site answers whatever is not the bot's
 * @property {number} [port] where people and X come to, behind a proxy that speaks HTTPS; default a free one
 * @property {import('node:http').Agent} [agent] leads to a local X
 * @property {ImageLabeler} [labeler] default: the keywords in a photo's file, which the real X strips
 * @property {number} [backoff] the wait after a first failure, in milliseconds
 */

/**
 * A site of your own and a bot, in one server of Node.
 *
 * @param {Settings} settings
 */
export async function startServer({ store: path, credentials, bot, site, port = 0, agent, labeler, backoff = 1000 }) {
  const store = openStore(path)
  const events = /** @type {ReturnType<typeof store.queue<Event>>} */ (store.queue('events', { backoff }))
  const jobs = /** @type {ReturnType<typeof store.queue<string>>} */ (store.queue('jobs', { backoff }))
  const blobs = store.blobs()
  const running = startBot(
    photoReplies(animalRules),
    {
      ...store.ports,
      blobs,
      jobs: store.jobs(jobs),
      inbox: events,
      queues: { events, jobs },
      social: new XSocialClient({ credentials, botId: bot.id, ...(agent && { agent }) }),
      media: new HttpsMediaFetcher(agent && { agent }),
      labeler: labeler ?? new KeywordImageLabeler(blobs),
    },
    { bot, around: log, webhook: { consumerSecrets: [credentials.consumerSecret] }, services: [store] },
  )
  const ofBot = getRequestListener(running.fetch)
  const isOfBot = (/** @type {string} */ url) => ['/health', WEBHOOK_PATH].includes(url.split('?')[0] ?? '')
  const server = createServer((request, response) => {
    if (isOfBot(request.url ?? '')) void ofBot(request, response)
    else site(request, response)
  })
  server.listen(port, '127.0.0.1')
  await once(server, 'listening')
  const address = /** @type {import('node:net').AddressInfo} */ (server.address())
  const origin = `http://127.0.0.1:${address.port}`

  return {
    origin,
    webhookUrl: `${origin}${WEBHOOK_PATH}`,
    idle: running.idle,
    /** First nothing more comes in, then what is being done is finished; the rest stays on the disk. */
    async close() {
      server.close()
      server.closeIdleConnections()
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
