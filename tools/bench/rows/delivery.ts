import { createHmac, timingSafeEqual } from 'node:crypto'
import type { IncomingMessage } from 'node:http'
import { Readable } from 'node:stream'
import { decodeDelivery, verifySignature } from '@hexbird/core'
import { Webhooks } from '@octokit/webhooks'
import bolt from '@slack/bolt'
import bodyParser from 'body-parser'
import twitterWebhooks from 'twitter-webhooks'
import { type Sample, SECRET, sampleDeliveries, signatureOfX } from '../deliveries.js'
import { ratioOfWork } from '../loops.js'
import type { Bench, Row } from '../row.js'

const SECRETS = [SECRET]

/** The minimum for any webhook: checking the signature of the bytes, and parsing them. */
const MOST_OF_FLOOR = 1.25

/** Compares verifying and decoding a delivery with the minimum, and with other libraries. */
export async function delivery({ root, rounds }: Bench): Promise<readonly Row[]> {
  const samples = await sampleDeliveries(root)
  const rows: Row[] = []
  for (const sample of samples) rows.push(await againstFloor(sample, rounds))
  const peers = [octokit(samples), slack(samples), await twitter(samples)]
  for (const { name, bodies, peer, ours } of peers) {
    rows.push({
      row: `verify, decode and dispatch deliveries: ${bodies}`,
      against: name,
      ...(await ratioOfWork(ours, peer, rounds)),
      limit: 1,
      better: 'lower',
    })
  }
  return rows
}

async function againstFloor({ name, body }: Sample, rounds: number): Promise<Row> {
  const header = signatureOfX(body)
  const ours = () => verifySignature(body, header, SECRETS) && decodeDelivery(body)
  const floor = () => {
    createHmac('sha256', SECRET).update(body).digest('base64')
    return JSON.parse(body.toString())
  }
  const read = ours()
  if (read === false || read.events.some(({ kind }) => kind !== 'tweet')) throw new Error(`${name} is not read.`)
  return {
    row: `verify and decode a delivery: ${name}`,
    against: 'createHmac, update, digest, and JSON.parse of the same bytes',
    ...(await ratioOfWork(ours, floor, rounds)),
    limit: MOST_OF_FLOOR,
    better: 'lower',
  }
}

interface Peer {
  readonly name: string
  readonly bodies: string
  /** Handles all bodies, one after the other. */
  readonly peer: () => Promise<void>
  readonly ours: () => Promise<void>
}

/** Receives every event, or a peer's version of it. */
let handled = 0
const handle = async (_: unknown): Promise<void> => {
  handled += 1
}

async function receive(body: string | Buffer, header: unknown): Promise<void> {
  if (!verifySignature(body, header, SECRETS)) throw new Error('A signature is not right.')
  for (const event of decodeDelivery(body).events) await handle(event)
}

/** Text or bytes, depending on the peer. */
function oursOf(samples: readonly Sample[], bodyOf: (sample: Sample) => string | Buffer): () => Promise<void> {
  const given = samples.map((sample) => ({ body: bodyOf(sample), header: signatureOfX(sample.body) }))
  return async () => {
    for (const { body, header } of given) await receive(body, header)
  }
}

const hex = (text: string) => createHmac('sha256', SECRET).update(text).digest('hex')

function octokit(samples: readonly Sample[]): Peer {
  const webhooks = new Webhooks({ secret: SECRET })
  webhooks.on('push', handle)
  const given = samples.map(({ body }) => ({ body, signature: `sha256=${hex(body.toString())}` }))
  return {
    name: '@octokit/webhooks: the text of the body, verifyAndReceive',
    bodies: 'all four, as bytes',
    ours: oursOf(samples, ({ body }) => body),
    async peer() {
      for (const { body, signature } of given) {
        await webhooks.verifyAndReceive({ id: '1', name: 'push', payload: body.toString(), signature })
      }
    },
  }
}

function slack(samples: readonly Sample[]): Peer {
  const receiver = new bolt.AwsLambdaReceiver({ signingSecret: SECRET, logLevel: bolt.LogLevel.ERROR })
  // Only its receiver: an app behind it would do more, and understands only Slack's events.
  receiver.init({
    async processEvent({ body, ack }: { readonly body: unknown; readonly ack: () => Promise<void> }) {
      await handle(body)
      await ack()
    },
  } as unknown as Parameters<typeof receiver.init>[0])
  const handler = receiver.toHandler()
  // It refuses requests older than five minutes.
  const timestamp = String(Math.floor(Date.now() / 1000) + 3600)
  const given = samples.map(({ body }) => ({
    version: '2.0',
    rawPath: '/',
    headers: {
      'content-type': 'application/json',
      'x-slack-request-timestamp': timestamp,
      'x-slack-signature': `v0=${hex(`v0:${timestamp}:${body}`)}`,
    },
    body: body.toString(),
    isBase64Encoded: false,
  })) as unknown as readonly Parameters<typeof handler>[0][]
  return {
    name: "Slack Bolt's AwsLambdaReceiver",
    bodies: 'all four, as text',
    ours: oursOf(samples, ({ body }) => body.toString()),
    async peer() {
      for (const event of given) {
        const { statusCode } = await handler(event, undefined, () => {})
        if (statusCode !== 200) throw new Error(`Slack's receiver answers ${statusCode}.`)
      }
    },
  }
}

/**
 * As its documentation says, it leaves reading and parsing to body-parser. It checks no signatures, so this checks them
 * in body-parser's hook. It knows only Account Activity, and passes on the parsed body.
 */
async function twitter(samples: readonly Sample[]): Promise<Peer> {
  const ofItsDialect = samples.filter(({ dialect }) => dialect === 'account-activity')
  const config = { consumerKey: 'key', consumerSecret: SECRET, serverUrl: 'https://bot.example', route: '/' }
  const middleware = twitterWebhooks.userActivity(config)
  let settled: Promise<void> = Promise.resolve()
  middleware.on('event', (_name: string, _userId: string, event: unknown) => {
    settled = handle(event)
  })
  const read = bodyParser.json({ verify: checkSignature })
  const given = ofItsDialect.map(({ body }): Delivered => {
    const signature = { 'x-twitter-webhooks-signature': signatureOfX(body) }
    return {
      body,
      headers: { 'content-type': 'application/json', 'content-length': String(body.length), ...signature },
    }
  })
  const response = { sendStatus() {} }
  const peer = async () => {
    for (const delivered of given) {
      const request = requestWith(delivered)
      await new Promise<void>((resolve, reject) => {
        read(request, response, (error) =>
          error === undefined ? resolve() : reject(new Error('Not read.', { cause: error })),
        )
      })
      middleware(request, response, () => {})
      await settled
    }
  }
  const before = handled
  await peer()
  if (handled === before) throw new Error('twitter-webhooks tells of nothing.')
  return {
    name: 'twitter-webhooks behind body-parser, with the signature check that it leaves out',
    bodies: 'both of Account Activity, as requests',
    async ours() {
      for (const delivered of given) {
        const request = requestWith(delivered)
        await receive(await bytesOf(request), request.headers['x-twitter-webhooks-signature'])
      }
    },
    peer,
  }
}

interface Delivered {
  readonly body: Buffer
  readonly headers: Readonly<Record<string, string>>
}

/** A request as Node's server creates it, with an unread body. */
function requestWith({ body, headers }: Delivered): IncomingMessage {
  const request = Readable.from([body], { objectMode: false })
  return Object.assign(request, { method: 'POST', headers }) as unknown as IncomingMessage
}

function bytesOf(request: IncomingMessage): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    const parts: Buffer[] = []
    request.on('data', (part: Buffer) => parts.push(part))
    request.on('error', reject).on('end', () => resolve(Buffer.concat(parts)))
  })
}

function checkSignature(request: { readonly headers: IncomingMessage['headers'] }, _: unknown, body: Buffer): void {
  const expected = Buffer.from(signatureOfX(body))
  const given = Buffer.from(String(request.headers['x-twitter-webhooks-signature']))
  if (expected.length !== given.length || !timingSafeEqual(expected, given))
    throw new Error('A signature is not right.')
}
