import type { Hono } from 'hono'
import type { LocalWebhook } from '../state/webhooks.js'
import type { JsonObject } from '../util/json.js'
import { isLoopbackName } from '../util/loopback.js'
import { randomCrcToken, randomText } from '../util/random.js'
import { type CrcResult, checkWebhook } from '../webhooks/crc.js'
import type { World } from '../world.js'
import { readObject } from './body.js'
import type { ApiEnv, Guard } from './guard.js'
import { readNames } from './names.js'
import { answer, invalid, invalidBecause, type Problem, refuse } from './problems.js'
import { createReplays, readReplay } from './replay.js'

/*
 * docs.x.com/x-api/webhooks/quickstart. X takes public https addresses without a port. Here http with a port is taken
 * too, on a loopback name: that is where a bot under development listens.
 */

const FIELDS_QUERY = 'webhook_config.fields'
const FIELDS = ['created_at', 'id', 'url', 'valid']

const RULE = { allow: ['app', 'user'], limit: { app: 450, user: 450 } } as const

export function routeWebhooks(api: Hono<ApiEnv>, world: World, guard: Guard): void {
  const { webhooks } = world
  const replays = createReplays(world)

  function check(url: string): Promise<CrcResult> {
    const [token, nonce] = [randomCrcToken(world.random), randomText(world.random, 32)]
    return checkWebhook(url, token, nonce, world.challengeAnswer(token), world.deliveries.closing)
  }

  api.post('/2/webhooks', guard(RULE), async (c) => {
    const read = await readObject(c)
    if (read.kind === 'refused') return refuse(c, read.problem)
    const { url } = read.body
    if (typeof url !== 'string' || url.length === 0 || url.length > 200) {
      return refuse(c, invalid('$.url: a string of 1 to 200 characters expected'))
    }
    if (!isAcceptable(url)) {
      const message = 'The URL must be https without a port, or http on 127.0.0.1 or localhost.'
      return refuse(c, invalidBecause('UrlValidationFailed', message))
    }
    if (webhooks.withUrl(url) !== undefined) {
      return refuse(c, invalidBecause('DuplicateUrlFailed', 'A webhook with this URL is registered already.'))
    }
    if (webhooks.all().length >= world.app.webhookQuota.webhooks) return refuse(c, tooManyWebhooks())
    const result = await check(url)
    if (result.kind !== 'passed') return refuse(c, crcFailed(result))
    // Another one may have come in while the webhook thought about its challenge.
    if (webhooks.all().length >= world.app.webhookQuota.webhooks) return refuse(c, tooManyWebhooks())
    const webhook = { id: world.newId(), url, valid: true, createdAt: world.now() }
    webhooks.put(webhook)
    return answer(c, { data: webhookObject(webhook) })
  })

  api.get('/2/webhooks', guard({ allow: ['app'], limit: { app: 450 }, query: [FIELDS_QUERY] }), (c) => {
    const read = readNames(c, world, FIELDS_QUERY, FIELDS)
    if (read.kind === 'refused') return refuse(c, read.problem)
    // X's pages name no fields and show all of them.
    const { names: fields = FIELDS } = read
    const isShown = ([name]: readonly [string, unknown]) => name === 'id' || fields.includes(name)
    const all = webhooks
      .all()
      .map((webhook) => Object.fromEntries(Object.entries(webhookObject(webhook)).filter(isShown)))
    return answer(c, { data: all, meta: { result_count: all.length } })
  })

  api.post('/2/webhooks/replay', guard({ allow: ['app'], limit: { app: 100 } }), async (c) => {
    const read = await readObject(c)
    if (read.kind === 'refused') return refuse(c, read.problem)
    const wanted = readReplay(read.body, world.now())
    if (wanted.kind === 'refused') return refuse(c, wanted.problem)
    const webhook = webhooks.find(wanted.webhookId)
    if (webhook === undefined) return refuse(c, unknownWebhook())
    if (!replays.begin(webhook.id)) {
      return refuse(c, invalidBecause('ReplayConflictError', 'A replay job is already in progress for this webhook.'))
    }
    const result = await check(webhook.url)
    if (result.kind !== 'passed') {
      replays.end(webhook.id)
      return refuse(c, crcFailed(result))
    }
    const jobId = world.newId()
    // X's answer does not wait for the job.
    void replays.run(webhook, jobId, wanted)
    return answer(c, { data: { created_at: new Date(world.now()).toISOString(), job_id: jobId } })
  })

  api.put('/2/webhooks/:id', guard(RULE), async (c) => {
    const webhook = webhooks.find(c.req.param('id'))
    if (webhook === undefined) return refuse(c, unknownWebhook())
    const result = await check(webhook.url)
    if (result.kind === 'passed') webhooks.put({ ...webhook, valid: true })
    if (result.kind === 'wrong') webhooks.put({ ...webhook, valid: false })
    return result.kind === 'passed' ? answer(c, { data: { valid: true } }) : refuse(c, crcFailed(result))
  })

  api.delete('/2/webhooks/:id', guard(RULE), (c) =>
    webhooks.remove(c.req.param('id')) ? answer(c, { data: { deleted: true } }) : refuse(c, unknownWebhook()),
  )
}

export const unknownWebhook = (): Problem =>
  invalidBecause('WebhookIdInvalid', 'The webhook id was not found or is not associated with the app.')

const tooManyWebhooks = (): Problem =>
  invalidBecause('WebhookLimitExceeded', 'The app has reached the number of webhooks that it may have.')

function crcFailed({ detail }: { readonly detail: string }): Problem {
  return invalidBecause('CrcValidationFailed', `URL returned bad response during CRC with error: ${detail}`)
}

function webhookObject({ id, url, valid, createdAt }: LocalWebhook): JsonObject {
  return { created_at: new Date(createdAt).toISOString(), id, url, valid }
}

function isAcceptable(address: string): boolean {
  if (!URL.canParse(address)) return false
  const { protocol, port, hostname } = new URL(address)
  return (protocol === 'https:' && port === '') || (/^https?:$/.test(protocol) && isLoopbackName(hostname))
}
