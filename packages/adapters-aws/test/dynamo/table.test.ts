import { DynamoDBClient } from '@aws-sdk/client-dynamodb'
import { afterAll, afterEach, beforeAll, describe, expect, test } from '@jest/globals'
import { clientSettings } from '../../src/client-settings.js'
import { removeAllRows } from '../../src/dynamo/remove-all.js'
import { DynamoTable } from '../../src/dynamo/table.js'
import { tableKeys } from '../../src/dynamo/tables.js'
import { AwsError } from '../../src/error.js'
import { clientTo, type DynamoFixture, startDynamo } from '../dynamo-fixture.js'
import { answer, closeServers, hangUp, refusal, type Script, silence, startScripted } from '../dynamo-servers.js'

let dynamo: DynamoFixture
beforeAll(async () => {
  dynamo = await startDynamo()
})
afterEach(closeServers)
afterAll(() => dynamo.close())

const tableOf = (client: DynamoDBClient, table = 'test_opt_out') => new DynamoTable({ client, table }, tableKeys.optOut)

const ROW = answer({ Item: { user_id: { S: '42' }, v: { N: '1' }, since: { N: '1' } } })

describe('a request to DynamoDB', () => {
  test('that is throttled is made again', async () => {
    const { client, asked } = await startScripted(refusal('ProvisionedThroughputExceededException'), ROW)
    expect((await tableOf(client).get('42'))?.whole('since')).toBe(1)
    expect(asked).toEqual(['GetItem', 'GetItem'])
  })

  test.each(['ProvisionedThroughputExceededException', 'ThrottlingException', 'RequestLimitExceeded'])(
    'that is throttled three times (%s) is given up with a code of its own',
    async (name) => {
      const { client, asked } = await startScripted(refusal(name))
      await expect(tableOf(client).get('42')).rejects.toMatchObject({
        name: 'AwsError',
        code: 'STORE_THROTTLED',
        message: `test_opt_out: ${name}: no`,
        cause: { name, message: 'no' },
      })
      expect(asked).toHaveLength(3)
    },
  )

  test.each<[string, Script]>([
    ['a failure of DynamoDB', refusal('InternalServerError', 'no', 500)],
    ['a cut connection', hangUp],
    ['an answer by something that is no DynamoDB', answer('<html>', 502)],
  ])('that meets %s is made again, and given up with a code of its own', async (_, script) => {
    const healed = await startScripted(script, ROW)
    expect((await tableOf(healed.client).get('42'))?.whole('since')).toBe(1)
    const { client, asked } = await startScripted(script)
    await expect(tableOf(client).get('42')).rejects.toMatchObject({ name: 'AwsError', code: 'STORE_UNREACHABLE' })
    expect(asked).toHaveLength(3)
  })

  test('that is not answered in three seconds is made again', async () => {
    const { client, asked } = await startScripted(silence, ROW)
    expect((await tableOf(client).get('42'))?.whole('since')).toBe(1)
    expect(asked).toHaveLength(2)
  })

  test.each<[string, Script]>([
    ['is never answered', silence],
    [
      'is answered by half',
      (response) => {
        response.writeHead(200, { 'content-type': 'application/x-amz-json-1.0', 'content-length': 100 })
        response.write('{"Item":')
      },
    ],
  ])('that %s is given up with a code of its own', async (_, script) => {
    const { asked } = await startScripted(script)
    const client = new DynamoDBClient(clientSettings({}, { request: 250, attempts: 3 }))
    await expect(tableOf(client).get('42')).rejects.toMatchObject({ code: 'STORE_UNREACHABLE' })
    expect(asked).toHaveLength(3)
    client.destroy()
  })

  test('to where nobody listens is given up with a code of its own', async () => {
    const { client } = await startScripted(ROW)
    await closeServers()
    await expect(tableOf(client).get('42')).rejects.toMatchObject({ code: 'STORE_UNREACHABLE' })
  })

  test.each([
    'AccessDeniedException',
    'ResourceNotFoundException',
    'ValidationException',
    'UnrecognizedClientException',
  ])('that is refused (%s) is not made again', async (name) => {
    const { client, asked } = await startScripted(refusal(name))
    await expect(tableOf(client).put('42', {})).rejects.toMatchObject({ code: 'STORE_REFUSED', cause: { name } })
    expect(asked).toHaveLength(1)
  })

  test('goes over a connection that is kept', async () => {
    const { client, connections } = await startScripted(ROW)
    for (let times = 0; times < 10; times++) await tableOf(client).get('42')
    expect(connections()).toBe(1)
  })

  test('that reads asks for what was written last', async () => {
    const bodies: string[] = []
    const { client } = await startScripted((response, operation, body) => {
      bodies.push(body)
      ROW(response, operation, body)
    })
    await tableOf(client).get('42')
    expect(JSON.parse(bodies[0] ?? '')).toMatchObject({ ConsistentRead: true })
  })
})

describe('an error about a table', () => {
  test('says nothing of the row in an answer that is unreadable', async () => {
    const { client } = await startScripted(answer('{"access_token":secret-words}'))
    const error: unknown = await tableOf(client)
      .get('42')
      .catch((thrown: unknown) => thrown)
    expect(error).toMatchObject({ code: 'STORE_UNREACHABLE' })
    expect(told(error)).not.toMatch(/secret|token/)
  })

  test('says nothing of the request whose signature was refused', async () => {
    const message =
      'The signature does not match.\n\nThe Canonical String was\nx-amz-security-token:nobody-may-read-this'
    const { client } = await startScripted(refusal('InvalidSignatureException', message))
    const error: unknown = await tableOf(client)
      .get('42')
      .catch((thrown: unknown) => thrown)
    expect(error).toMatchObject({ code: 'STORE_REFUSED' })
    expect(told(error)).toContain('The signature does not match.')
    expect(told(error)).not.toContain('nobody-may')
  })

  test('keeps nothing of the answer', async () => {
    const { client } = await startScripted(refusal('AccessDeniedException'))
    const error: unknown = await tableOf(client)
      .get('42')
      .catch((thrown: unknown) => thrown)
    expect(error).toBeInstanceOf(AwsError)
    const { cause } = error as AwsError
    expect(Object.getOwnPropertyNames(cause).sort()).toEqual(['message', 'name', 'stack'])
  })
})

describe('a condition that does not hold', () => {
  test('is an answer: nothing is written, changed or removed', async () => {
    const name = await dynamo.table('optOut')
    const table = tableOf(dynamo.client, name)
    const never = { condition: '#since = :since', values: { since: { N: '2' } } }
    await table.put('42', { since: { N: '1' } })
    expect(await table.put('42', { since: { N: '3' } }, never)).toBe(false)
    expect(await table.update('42', { update: 'ADD #since :since', ...never })).toBeUndefined()
    expect(await table.remove('42', never)).toBe(false)
    expect(await dynamo.rawRow(name, 'optOut', '42')).toEqual({
      user_id: { S: '42' },
      v: { N: '1' },
      since: { N: '1' },
    })
  })
})

describe('removing all', () => {
  test.each([
    ['pages', 50_000],
    ['requests', 1],
  ])('takes every row where that needs many %s', async (_, length) => {
    const name = await dynamo.table('optOut')
    const table = tableOf(dynamo.client, name)
    for (let id = 0; id < 60; id++) await table.put(`${id}`, { large: { S: 'x'.repeat(length) } })
    await table.removeAll()
    expect(await dynamo.countRows(name)).toBe(0)
  })

  test('takes rows whose key is a number, and those of other versions', async () => {
    const name = await dynamo.table('twitter')
    for (const uid of ['9007199254740992', '9007199254740993']) {
      await dynamo.putRaw(name, { uid: { N: uid }, v: { N: '9' } })
    }
    await new DynamoTable({ client: dynamo.client, table: name }, tableKeys.twitter).removeAll()
    expect(await dynamo.countRows(name)).toBe(0)
  })

  test('asks for keys alone', async () => {
    const bodies: string[] = []
    const { client } = await startScripted((response, operation, body) => {
      bodies.push(body)
      answer({ Items: [] })(response, operation, body)
    })
    await tableOf(client).removeAll()
    expect(bodies.map((body) => JSON.parse(body))).toEqual([
      {
        TableName: 'test_opt_out',
        ConsistentRead: true,
        ProjectionExpression: '#key',
        ExpressionAttributeNames: { '#key': 'user_id' },
      },
    ])
  })

  test('removes again what DynamoDB left, waiting before, and looks until nothing is found', async () => {
    const waits: number[] = []
    const left = ['2', '3'].map(requestFor)
    const { client, asked } = await startScripted(
      answer({ Items: ['1', '2', '3'].map(keyOf) }),
      answer({ UnprocessedItems: { test_opt_out: left } }),
      answer({ UnprocessedItems: { test_opt_out: left.slice(1) } }),
      answer({ UnprocessedItems: {} }),
      answer({ Items: [keyOf('written meanwhile')] }),
      answer({ UnprocessedItems: {} }),
      answer({ Items: [] }),
    )
    await removeAllRows(client, 'test_opt_out', 'user_id', async (tries) => {
      waits.push(tries)
    })
    const batch = 'BatchWriteItem'
    expect(asked).toEqual(['Scan', batch, batch, batch, 'Scan', batch, 'Scan'])
    expect(waits).toEqual([1, 2])
  })

  test('ends with a code of its own where DynamoDB removes nothing', async () => {
    const { client, asked } = await startScripted(
      answer({ Items: [keyOf('1')] }),
      answer({ UnprocessedItems: { test_opt_out: [requestFor('1')] } }),
    )
    const removed = removeAllRows(client, 'test_opt_out', 'user_id', async () => {})
    await expect(removed).rejects.toMatchObject({ code: 'STORE_THROTTLED' })
    expect(asked).toHaveLength(11)
  })

  test('that is refused ends with a code of its own', async () => {
    const { client } = await startScripted(refusal('AccessDeniedException'))
    await expect(tableOf(client).removeAll()).rejects.toMatchObject({ code: 'STORE_REFUSED' })
  })
})

describe('the client', () => {
  test('tries three times, as the standard mode does', async () => {
    const client = clientTo(1)
    expect(await client.config.maxAttempts()).toBe(3)
    expect(client.config.retryMode).toBe('standard')
    client.destroy()
  })
})

const keyOf = (id: string) => ({ user_id: { S: id } })
const requestFor = (id: string) => ({ DeleteRequest: { Key: keyOf(id) } })

/** All that a log could print of an error. */
const told = (error: unknown): string => {
  if (!(error instanceof Error)) return String(error)
  return `${error.stack} ${JSON.stringify(error, Object.getOwnPropertyNames(error))} ${told(error.cause)}`
}
