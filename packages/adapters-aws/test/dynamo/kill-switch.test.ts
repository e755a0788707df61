import { killSwitchContract } from '@hexbird/core/contracts'
import { afterAll, afterEach, beforeAll, describe, expect, test } from '@jest/globals'
import { DynamoKillSwitch } from '../../src/dynamo/kill-switch.js'
import { type DynamoFixture, startDynamo } from '../dynamo-fixture.js'
import { answer, closeServers, lossyClient, refusal, startScripted } from '../dynamo-servers.js'

let dynamo: DynamoFixture
beforeAll(async () => {
  dynamo = await startDynamo()
})
afterEach(closeServers)
afterAll(() => dynamo.close())

const killSwitchIn = (table: string) => new DynamoKillSwitch({ client: dynamo.client, table })

describe('DynamoKillSwitch', () => {
  for (const { name, check } of killSwitchContract) {
    test(name, () => check(async () => killSwitchIn(await dynamo.table('breaker'))))
  }

  test('one that was tripped is tripped for every function', async () => {
    const table = await dynamo.table('breaker')
    await killSwitchIn(table).trip('X says 326', 1_000)
    const elsewhere = new DynamoKillSwitch({ client: dynamo.another(), table })
    expect((await elsewhere.state()).stopped).toEqual({ reason: 'X says 326', since: 1_000 })
  })

  test('all that is known is one row, and stays in it for good', async () => {
    const table = await dynamo.table('breaker')
    const killSwitch = killSwitchIn(table)
    await killSwitch.claimStore('42')
    await killSwitch.trip('X says 326', 1_000)
    await killSwitch.wait('post', 2_000)
    await killSwitch.strike('9007199254740993')
    const row = {
      breaker: { S: 'posting' },
      v: { N: '1' },
      owner: { S: '42' },
      wait_post: { N: '2000' },
    }
    const stopped = { reason: { S: 'X says 326' }, since: { N: '1000' }, strikes: { SS: ['9007199254740993'] } }
    expect(await dynamo.rawRow(table, 'breaker', 'posting')).toEqual({ ...row, ...stopped })
    await killSwitch.reset()
    expect(await dynamo.rawRow(table, 'breaker', 'posting')).toEqual(row)
  })

  test('a row written before there was more in it is still read: it is stopped, and nothing else', async () => {
    const table = await dynamo.table('breaker')
    const old = { breaker: { S: 'posting' }, v: { N: '1' }, reason: { S: 'X says 326' }, since: { N: '1000' } }
    await dynamo.putRaw(table, old)
    const killSwitch = killSwitchIn(table)
    const stopped = { reason: 'X says 326', since: 1_000 }
    expect(await killSwitch.state()).toEqual({ stopped, waits: {}, strikes: [] })
    await killSwitch.trip('later', 2_000)
    expect(await killSwitch.claimStore('42')).toBe('42')
    expect(await killSwitch.strike('1')).toEqual(['1'])
    expect(await killSwitch.state()).toEqual({ stopped, waits: {}, strikes: ['1'] })
    await killSwitch.reset()
    expect(await killSwitch.state()).toEqual({ waits: {}, strikes: [] })
  })

  test('the state is one read, a known owner is one read, and each deed is one write', async () => {
    const stored = { breaker: { S: 'posting' }, v: { N: '1' }, owner: { S: '42' } }
    const { client, asked } = await startScripted(answer({ Item: stored, Attributes: stored }))
    const killSwitch = new DynamoKillSwitch({ client, table: 'breaker' })
    await killSwitch.state()
    await killSwitch.claimStore('42')
    await killSwitch.trip('', 0)
    await killSwitch.wait('post', 0)
    await killSwitch.strike('1')
    await killSwitch.forgive()
    await killSwitch.reset()
    expect(asked).toEqual(['GetItem', 'GetItem', ...Array(5).fill('UpdateItem')])
  })

  test('of twenty functions that claim, wait and strike at once, each over its own connection, all agree', async () => {
    const table = await dynamo.table('breaker')
    const killSwitches = Array.from({ length: 20 }, () => new DynamoKillSwitch({ client: dynamo.another(), table }))
    const owners = await Promise.all(killSwitches.map((killSwitch, index) => killSwitch.claimStore(`${index}`)))
    expect(new Set(owners).size).toBe(1)
    await Promise.all(killSwitches.map((killSwitch, index) => killSwitch.wait('post', (index * 7) % 20)))
    await Promise.all(killSwitches.map((killSwitch, index) => killSwitch.strike(`${index}`)))
    const { waits, strikes } = await killSwitchIn(table).state()
    expect(waits).toEqual({ post: 19 })
    expect(strikes).toHaveLength(20)
  })

  test('a claim whose answer was lost is the store’s', async () => {
    const table = await dynamo.table('breaker')
    const client = await lossyClient(dynamo.port, new Set(['UpdateItem']))
    expect(await new DynamoKillSwitch({ client, table }).claimStore('42')).toBe('42')
    expect(await killSwitchIn(table).claimStore('43')).toBe('42')
  })

  test('one that cannot be asked does not say that posting is allowed', async () => {
    const { client } = await startScripted(refusal('AccessDeniedException'))
    const killSwitch = new DynamoKillSwitch({ client, table: 'breaker' })
    await expect(killSwitch.state()).rejects.toMatchObject({ code: 'STORE_REFUSED' })
  })

  test('a row of another version does not say that posting is allowed', async () => {
    const table = await dynamo.table('breaker')
    await dynamo.putRaw(table, { breaker: { S: 'posting' }, v: { N: '2' } })
    const refused = { code: 'STORE_ROW_VERSION' }
    const killSwitch = killSwitchIn(table)
    for (const deed of [() => killSwitch.state(), () => killSwitch.strike('1'), () => killSwitch.reset()]) {
      await expect(deed()).rejects.toMatchObject(refused)
    }
    await expect(killSwitch.claimStore('42')).rejects.toMatchObject(refused)
    await killSwitch.trip('', 0)
    await killSwitch.wait('post', 0)
    await killSwitch.forgive()
    expect(await dynamo.rawRow(table, 'breaker', 'posting')).toEqual({ breaker: { S: 'posting' }, v: { N: '2' } })
  })
})
