import { randomUUID } from 'node:crypto'
import {
  DynamoBudget,
  DynamoCursor,
  DynamoKillSwitch,
  DynamoOptOuts,
  DynamoReplyLedger,
  dynamoClient,
} from '@hexbird/adapters-aws/dynamo'
import { decodeEvent } from '@hexbird/adapters-aws/messages'
import { S3BlobStore, s3Client } from '@hexbird/adapters-aws/s3'
import { SqsInbox, sqsClient } from '@hexbird/adapters-aws/sqs'
import { tableNames } from '@hexbird/adapters-aws/tables'
import { KeywordImageLabeler } from '@hexbird/adapters-memory'
import { agentTo, HttpsMediaFetcher, XMentions, XSocialClient } from '@hexbird/adapters-x'
import { type Definition, defaultLimits, selfServe2026 } from '@hexbird/core'
import { sweep } from '@hexbird/core/host'
import type { AllPorts } from '@hexbird/prove/harness'
import { startBot } from '@hexbird/runner'
import { serve } from '@hono/node-server'
import { sharedRows, unguarded } from '../guards.js'
import { countdown, end, mortal } from './lives.js'
import { BUCKET, LIMITS, STAGE, scaled, type WorkerSettings } from './settings.js'
import { sqsQueue } from './sqs-queue.js'

/* The whole bot in one process, which may be killed at any moment: all that it knows is in the stores. */

const settings = JSON.parse(process.env.TORTURE_WORKER ?? '{}') as WorkerSettings
const { bot: definition } = (await import(settings.module)) as { readonly bot: Definition }
const now = () => scaled(settings.clock, Date.now())

process.env.AWS_REGION ??= 'us-east-1'
process.env.AWS_ACCESS_KEY_ID ??= 'local'
process.env.AWS_SECRET_ACCESS_KEY ??= 'local'
process.env.AWS_ENDPOINT_URL_DYNAMODB = settings.dynamo
process.env.AWS_ENDPOINT_URL_S3 = settings.s3
process.env.AWS_ENDPOINT_URL_SQS = settings.sqs

const names = tableNames(STAGE)
const client = dynamoClient()
const sqs = sqsClient()
const agent = agentTo({ port: settings.xPort })
const { consumerKey, consumerSecret, accessToken, accessSecret } = settings.credentials
const asBot = {
  credentials: { consumerKey, consumerSecret, accessToken, accessSecret },
  botId: settings.bot.id,
  agent,
  now,
}
const social = new XSocialClient(asBot)
const blobs = new S3BlobStore({ client: s3Client(), bucket: BUCKET })
const inbox = new SqsInbox({ client: sqs, queueUrl: settings.queues.events })
const guarded: AllPorts = {
  social: {
    reply: (id, text, mediaIds) =>
      social.reply(id, settings.forgetsWords ? `${text} ${randomUUID().slice(0, 8)}` : text, mediaIds),
    uploadImage: (image) => social.uploadImage(image),
    tweet: (id) => social.tweet(id),
    findOwnReply: (id) => social.findOwnReply(id),
    me: () => social.me(),
  },
  media: new HttpsMediaFetcher({ agent }),
  blobs,
  labeler: new KeywordImageLabeler(blobs),
  ledger: new DynamoReplyLedger({ client, table: names.reply }),
  budget: new DynamoBudget({ client, table: names.budget }),
  killSwitch: new DynamoKillSwitch({ client, table: names.breaker }),
  optOuts: new DynamoOptOuts({ client, table: names.optOut }),
  now,
  newId: randomUUID,
}
const ports = unguarded(guarded, sharedRows(), {
  removed: new Set(settings.removed),
  now,
  later: setTimeout,
  label: String(process.pid),
})
/** X's windows of fifteen minutes would last longer than all of this. */
const platform = { ...selfServe2026, postWindows: [{ name: 'minute', limit: 10_000, milliseconds: 60_000 }] }
const limits = { ...defaultLimits, ...LIMITS }
let { death } = settings
process.on('message', () => {
  death = undefined
})
/** Nobody is left who wants to know. */
process.on('disconnect', () => process.exit())
const [atCall, inSweep] = [countdown(death, 'call'), countdown(death, 'sweep')]
const calls = <Port extends object>(port: Port) => mortal(port, () => (death ? atCall() : 'no'))
const sweeps = <Port extends object>(port: Port) => mortal(port, () => (death ? inSweep() : 'no'))
const mortalPorts: AllPorts = {
  ...ports,
  social: calls(ports.social),
  media: calls(ports.media),
  blobs: calls(ports.blobs),
  labeler: calls(ports.labeler),
  ledger: calls(ports.ledger),
  budget: calls(ports.budget),
  killSwitch: calls(ports.killSwitch),
  optOuts: calls(ports.optOuts),
}
const queueOf = <Item>(queueUrl: string, decode: (body: string) => Item) =>
  sqsQueue({ sqs, queueUrl, decode, now, factor: settings.clock.factor })
const running = startBot(
  definition,
  {
    ...mortalPorts,
    inbox,
    queues: {
      events: queueOf(settings.queues.events, decodeEvent),
      // The bucket puts in what is stored.
      jobs: { ...queueOf(settings.queues.jobs, jobKeyOf), put: async () => {} },
    },
  },
  { bot: settings.bot, limits, platform, webhook: { consumerSecrets: [consumerSecret] } },
)

if (settings.webhookPort !== undefined) {
  const address = { hostname: '127.0.0.1', port: settings.webhookPort }
  // X asks as soon as this process says that it is ready.
  await new Promise((resolve) => serve({ fetch: running.fetch, ...address }, resolve))
}
if (death?.kind === 'unready') end()
process.send?.('ready')
if (settings.webhookPort !== undefined) sweepNowAndThen()

function jobKeyOf(body: string): string {
  const { Records } = JSON.parse(body) as { readonly Records: readonly { readonly s3: { object: { key: string } } }[] }
  return decodeURIComponent((Records[0]?.s3.object.key ?? '').replaceAll('+', ' '))
}

function sweepNowAndThen(): void {
  const cursor = new DynamoCursor({ client, table: names.cursor })
  const { budget, killSwitch } = ports
  const sweeping = {
    mentions: sweeps(new XMentions(asBot)),
    cursor: sweeps(cursor),
    inbox: sweeps(inbox),
    budget: sweeps(budget),
    killSwitch: sweeps(killSwitch),
    now,
  }
  const once = async () => {
    process.send?.('sweeping')
    await sweep(sweeping, { bot: settings.bot, limits, platform }).catch(() => undefined)
    process.send?.('swept')
    setTimeout(() => void once(), 1_000)
  }
  void once()
}
