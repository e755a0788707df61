import { createServer, request as forward, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { DeleteItemCommand, ScanCommand } from '@aws-sdk/client-dynamodb'
import {
  DynamoBudget,
  DynamoKillSwitch,
  DynamoOptOuts,
  DynamoReplyLedger,
  dynamoClient,
} from '@hexbird/adapters-aws/dynamo'
import { RekognitionImageLabeler, rekognitionClient } from '@hexbird/adapters-aws/rekognition'
import { S3BlobStore, s3Client } from '@hexbird/adapters-aws/s3'
import { tableNames, tables } from '@hexbird/adapters-aws/tables'
import { broken, createFixture, photos, type Row, startLocalStage, tally } from '@hexbird/prove/harness'
import { startRekognition } from '@hexbird/testkit/rekognition'
import { startEmulators } from './crash/emulators.js'
import { BUCKET, STAGE } from './crash/settings.js'
import { type Common, fixtureOf, subjectOf } from './subjects.js'

export interface ThrottlingOptions extends Common {
  readonly tweets: number
}

type Service = 'dynamodb' | 's3' | 'rekognition'

/** What the services answer when they are asked too often, as their clients know it. */
const REFUSALS: Readonly<Record<Service, (response: ServerResponse) => void>> = {
  // https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/Programming.Errors.html
  dynamodb: json('1.0', {
    __type: 'com.amazonaws.dynamodb.v20120810#ProvisionedThroughputExceededException',
    message: 'The level of configured provisioned throughput for the table was exceeded.',
  }),
  // https://docs.aws.amazon.com/AmazonS3/latest/API/ErrorResponses.html
  s3(response) {
    response.writeHead(503, { 'content-type': 'application/xml' })
    response.end(
      '<?xml version="1.0" encoding="UTF-8"?>\n<Error><Code>SlowDown</Code><Message>Please reduce your request rate.</Message></Error>',
    )
  },
  // https://docs.aws.amazon.com/rekognition/latest/dg/error-handling.html
  rekognition: json('1.1', { __type: 'ThrottlingException', Code: 'ThrottlingException', Message: 'Rate exceeded' }),
}

function json(version: string, body: object): (response: ServerResponse) => void {
  return (response) => {
    response.writeHead(400, { 'content-type': `application/x-amz-json-${version}` })
    response.end(JSON.stringify(body))
  }
}

interface Outage {
  readonly services: readonly Service[]
  /** In milliseconds from the first tweet on; Infinity lasts until the bot has given up. */
  readonly lasts: number
}

const MINUTE = 60_000
const DAY = 24 * 60 * MINUTE

const OUTAGES: Readonly<Record<string, Outage>> = {
  'AWS: storage throttled': { services: ['dynamodb', 's3'], lasts: 2 * MINUTE },
  'AWS: labeler throttled': { services: ['rekognition'], lasts: 2 * MINUTE },
  'AWS: labeler throttled for good': { services: ['rekognition'], lasts: Number.POSITIVE_INFINITY },
}

/** DynamoDB, S3 and Rekognition over the wire, with their own clients, refuse what they are asked for a while. */
export async function sufferThrottling(options: ThrottlingOptions): Promise<readonly Row[]> {
  const emulators = await startEmulators({ visibility: 60 })
  const refusing = new Set<Service>()
  let refused = 0
  const rekognition = await startRekognition({ s3Url: emulators.s3 })
  const gates = {
    dynamodb: await startGate(emulators.dynamo, 'dynamodb'),
    s3: await startGate(emulators.s3, 's3'),
    rekognition: await startGate(rekognition.url, 'rekognition'),
  }
  const before = { ...process.env }
  Object.assign(process.env, {
    AWS_REGION: 'us-east-1',
    AWS_ACCESS_KEY_ID: 'local',
    AWS_SECRET_ACCESS_KEY: 'local',
    AWS_ENDPOINT_URL_DYNAMODB: gates.dynamodb.url,
    AWS_ENDPOINT_URL_S3: gates.s3.url,
    AWS_ENDPOINT_URL_REKOGNITION: gates.rekognition.url,
  })
  // Of all on one X, so that no tweet has the id of another.
  const stage = await startLocalStage('x-activity', options.seed)
  const { asks, photos: shown } = subjectOf(options)
  const clients = { dynamo: dynamoClient(), s3: s3Client(), rekognition: rekognitionClient() }
  const rows: Row[] = []
  try {
    for (const [name, outage] of Object.entries(OUTAGES)) {
      // Nothing is labelled where no photo is looked at.
      if (shown || !outage.services.includes('rekognition')) rows.push(await suffer(name, outage))
    }
    rows.push(await expire('AWS: rows gone in their last second'))
    return rows
  } finally {
    await stage.close()
    for (const client of Object.values(clients)) client.destroy()
    for (const gate of Object.values(gates)) await gate.close()
    await rekognition.close()
    await emulators.close()
    for (const name of Object.keys(process.env)) if (!(name in before)) delete process.env[name]
    Object.assign(process.env, before)
  }

  async function suffer(name: string, { services, lasts }: Outage): Promise<Row> {
    const { tweets } = options
    const begun = performance.now()
    stage.clock.pass(DAY)
    const stores = storesOf()
    const refusedBefore = refused
    const fixture = createFixture({ ...fixtureOf(options), stage, stores })
    for (const service of services) refusing.add(service)
    if (Number.isFinite(lasts)) stage.clock.setTimer(() => refusing.clear(), lasts)
    const uploads = (await photos()).slice(0, shown).map((bytes) => ({ bytes }))
    for (let nth = 0; nth < tweets; nth++)
      await fixture.tell({ as: `t${rows.length}x${nth}`, text: asks(nth), photos: uploads })
    await fixture.settle()
    refusing.clear()
    const reasons = await fixture.redrive()
    await fixture.settle()
    const findings = reasons.filter((reason) => !isThrottled(reason)).map((reason) => `a dead letter: ${reason}`)
    if (!Number.isFinite(lasts) && reasons.length !== tweets)
      findings.push(`${reasons.length} of ${tweets} were given up`)
    const counted = fixture.count()
    const all = tally({ ...counted, missed: counted.missed + findings.length, faults: refused - refusedBefore })
    if (broken(all).length > 0) findings.push(`${name}: ${broken(all).join(', ')}`)
    return { name, counted: all, findings, seconds: (performance.now() - begun) / 1000 }
  }

  function storesOf() {
    const names = tableNames(STAGE)
    const client = clients.dynamo
    const blobs = new S3BlobStore({ client: clients.s3, bucket: BUCKET })
    return {
      blobs,
      labeler: new RekognitionImageLabeler({ client: clients.rekognition, bucket: BUCKET, photos: blobs }),
      ledger: new DynamoReplyLedger({ client, table: names.reply }),
      budget: new DynamoBudget({ client, table: names.budget }),
      killSwitch: new DynamoKillSwitch({ client, table: names.breaker }),
      optOuts: new DynamoOptOuts({ client, table: names.optOut }),
    }
  }

  /** DynamoDB removes a row within days of its `ttl`: here as soon as that second has begun, before anybody reads it. */
  async function expire(name: string): Promise<Row> {
    const { tweets } = options
    const begun = performance.now()
    stage.clock.pass(DAY)
    const { blobs, labeler, ledger, budget, killSwitch, optOuts } = storesOf()
    let [reapedAt, reaped] = [0, 0]
    const reap = async () => {
      const now = Math.floor(stage.clock.now() / 1000)
      if (now === reapedAt) return
      reapedAt = now
      reaped += await removeExpired(clients.dynamo, now)
    }
    const swept = <Port extends object>(port: Port): Port =>
      new Proxy(port, {
        get(target, property) {
          const method: unknown = Reflect.get(target, property)
          if (typeof method !== 'function') return method
          return async (...input: readonly unknown[]) => {
            await reap()
            return method.apply(target, input) as unknown
          }
        },
      })
    const stores = {
      blobs,
      labeler,
      ledger: swept(ledger),
      budget: swept(budget),
      killSwitch: swept(killSwitch),
      optOuts: swept(optOuts),
    }
    const fixture = createFixture({ ...fixtureOf(options), stage, stores })
    const uploads = (await photos()).slice(0, shown).map((bytes) => ({ bytes }))
    const before = stage.x.deliveries().length
    stage.x.failNext({ method: 'POST', path: '/2/tweets', times: 2, respond: limited(stage.clock.now()) })
    for (let nth = 0; nth < tweets; nth++)
      await fixture.tell({ as: `e${nth}`, text: asks(nth), photos: nth % 2 === 0 ? uploads : [] })
    await fixture.settle()
    const after = stage.x.deliveries().length
    for (const days of [0.9, 2, 31]) {
      stage.clock.pass(days * DAY)
      await fixture.redeliver(before, after)
      await fixture.settle()
    }
    const all = tally({ ...fixture.count(), faults: reaped })
    const findings = broken(all).length > 0 ? [`${name}: ${broken(all).join(', ')}`] : []
    if (reaped === 0) findings.push(`${name}: no row was ever removed`)
    return { name, counted: all, findings, seconds: (performance.now() - begun) / 1000 }
  }

  /** Passes requests on to a service, or refuses them in its name. */
  async function startGate(target: string, service: Service) {
    const { port } = new URL(target)
    const server = createServer((incoming, response) => {
      if (refusing.has(service)) {
        refused += 1
        incoming.resume()
        REFUSALS[service](response)
        return
      }
      const { method, url, headers } = incoming
      const passed = forward({ host: '127.0.0.1', port, method, path: url, headers }, (answer) => {
        answer.pipe(response.writeHead(answer.statusCode ?? 502, answer.headers))
      })
      passed.on('error', () => response.destroy())
      incoming.pipe(passed)
    })
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
    return {
      url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
      async close() {
        server.closeAllConnections()
        await new Promise((resolve) => server.close(resolve))
      },
    }
  }
}

/** Gives how many rows it removed. */
async function removeExpired(client: ReturnType<typeof dynamoClient>, now: number): Promise<number> {
  let removed = 0
  for (const { name, key } of Object.values(tables(STAGE))) {
    const { Items = [] } = await client.send(new ScanCommand({ TableName: name }))
    for (const item of Items) {
      const value = item[key.name]
      if (!value || Number(item.ttl?.N ?? Number.POSITIVE_INFINITY) > now) continue
      await client.send(new DeleteItemCommand({ TableName: name, Key: { [key.name]: value } }))
      removed += 1
    }
  }
  return removed
}

const limited = (now: number) => ({
  status: 429,
  headers: { 'x-rate-limit-remaining': '0', 'x-rate-limit-reset': String(Math.ceil(now / 1000) + 15 * 60) },
  body: { title: 'Too Many Requests', status: 429 },
})

const isThrottled = (reason: unknown) =>
  reason instanceof Error && 'code' in reason && (reason.code === 'AWS_THROTTLED' || reason.code === 'STORE_THROTTLED')
