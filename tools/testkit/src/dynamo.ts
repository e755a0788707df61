import { once } from 'node:events'
import type { AddressInfo } from 'node:net'
import { CreateTableCommand, DescribeTableCommand, DynamoDBClient, ScanCommand } from '@aws-sdk/client-dynamodb'
import dynalite from 'dynalite'

interface Table {
  readonly name: string
  readonly key: { readonly name: string; readonly type: 'S' | 'N' }
}

/** A DynamoDB in this process, over real HTTP. */
export interface Dynamo {
  readonly port: number
  readonly url: string
  readonly client: DynamoDBClient
  /** Makes an empty table. */
  readonly create: (table: Table) => Promise<void>
  /** How many rows a table has. */
  readonly count: (table: string) => Promise<number>
  readonly close: () => Promise<void>
}

/** Starts it on a free port of 127.0.0.1. */
export async function startDynamo(): Promise<Dynamo> {
  const server = dynalite({ createTableMs: 0 })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  const url = `http://127.0.0.1:${port}`
  const credentials = { accessKeyId: 'test', secretAccessKey: 'test' }
  const client = new DynamoDBClient({ region: 'us-east-1', endpoint: url, credentials })
  return {
    port,
    url,
    client,
    async create({ name, key }) {
      await client.send(
        new CreateTableCommand({
          TableName: name,
          KeySchema: [{ AttributeName: key.name, KeyType: 'HASH' }],
          AttributeDefinitions: [{ AttributeName: key.name, AttributeType: key.type }],
          BillingMode: 'PAY_PER_REQUEST',
        }),
      )
      while ((await client.send(new DescribeTableCommand({ TableName: name }))).Table?.TableStatus !== 'ACTIVE');
    },
    async count(table) {
      const command = new ScanCommand({ TableName: table, Select: 'COUNT', ConsistentRead: true })
      return (await client.send(command)).Count ?? 0
    },
    async close() {
      client.destroy()
      server.closeAllConnections()
      server.close()
      await once(server, 'close')
    },
  }
}
