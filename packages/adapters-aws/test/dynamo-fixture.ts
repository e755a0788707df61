import {
  type AttributeValue,
  type DynamoDBClient,
  GetItemCommand,
  ListTablesCommand,
  PutItemCommand,
} from '@aws-sdk/client-dynamodb'
import { createSecretBox, newKey, type SecretBox } from '@hexbird/secret-box'
import { startDynamo as startServer } from '@hexbird/testkit/dynamo'
import { runs } from '@hexbird/testkit/runs'
import { configureGlobal } from 'fast-check'
import { dynamoClient } from '../src/dynamo/client.js'
import { type TableId, tableKeys, tables } from '../src/dynamo/tables.js'

// For the properties of the contracts.
configureGlobal({ numRuns: runs(25, 5) })

/** A DynamoDB in this process, over real HTTP, and the clients that go to it. */
export interface DynamoFixture {
  readonly port: number
  readonly client: DynamoDBClient
  /** A client with connections of its own. */
  another(): DynamoDBClient
  /** A fresh, empty table; its name. */
  table(id: TableId): Promise<string>
  /** The row as it is stored. */
  rawRow(table: string, id: TableId, key: string): Promise<Item>
  putRaw(table: string, item: Item): Promise<void>
  countRows(table: string): Promise<number>
  close(): Promise<void>
}

type Item = Record<string, AttributeValue>

export const box: SecretBox = createSecretBox({ stage: 'test', keys: [newKey('2026-11')] })

export async function startDynamo(): Promise<DynamoFixture> {
  const server = await startServer()
  const { port } = server
  const client = clientTo(port)
  // The SDK reads the environment with the first request.
  await client.send(new ListTablesCommand({}))
  const clients = [client]
  let stages = 0
  return {
    port,
    client,
    another() {
      const other = clientTo(port)
      clients.push(other)
      return other
    },
    async table(id) {
      stages += 1
      const table = tables(`stage${stages}`)[id]
      await server.create(table)
      return table.name
    },
    async rawRow(table, id, key) {
      const { name, type } = tableKeys[id]
      const value = type === 'N' ? { N: key } : { S: key }
      const command = new GetItemCommand({ TableName: table, Key: { [name]: value }, ConsistentRead: true })
      return (await client.send(command)).Item ?? {}
    },
    async putRaw(table, item) {
      await client.send(new PutItemCommand({ TableName: table, Item: item }))
    },
    countRows: server.count,
    async close() {
      for (const each of clients) each.destroy()
      await server.close()
    },
  }
}

/** A client that goes to a port of this machine, as it would go to AWS: where the environment says. */
export function clientTo(port: number): DynamoDBClient {
  Object.assign(process.env, {
    AWS_ENDPOINT_URL_DYNAMODB: `http://127.0.0.1:${port}`,
    AWS_REGION: 'eu-west-1',
    AWS_ACCESS_KEY_ID: 'test',
    AWS_SECRET_ACCESS_KEY: 'test',
  })
  return dynamoClient()
}
