import { describe, expect, test } from '@jest/globals'
import { tableKeys, tableNames, tables } from '../../src/dynamo/tables.js'

describe('tables', () => {
  test('are named after their stage', () => {
    expect(tableNames('staging')).toEqual({
      session: 'staging_session',
      twitter: 'staging_twitter',
      reply: 'staging_reply',
      budget: 'staging_budget',
      optOut: 'staging_opt_out',
      breaker: 'staging_breaker',
      cursor: 'staging_cursor',
    })
  })

  test('of two stages have nothing in common', () => {
    const names = ['staging', 'production'].flatMap((stage) => Object.values(tableNames(stage)))
    expect(new Set(names).size).toBe(names.length)
  })

  test('are keyed as whoever reads them by hand expects', () => {
    const { session, twitter } = tables('staging')
    expect(session).toEqual({ name: 'staging_session', key: { name: 'request_token', type: 'S' }, ttl: 'ttl' })
    expect(twitter).toEqual({ name: 'staging_twitter', key: { name: 'uid', type: 'N' } })
  })

  test('that DynamoDB sweeps are those whose rows end by themselves, and no other', () => {
    const swept = Object.entries(tables('staging')).filter(([, { ttl }]) => ttl !== undefined)
    expect(swept.map(([id]) => id)).toEqual(['session', 'reply', 'budget'])
  })

  test('have the keys that the adapters use', () => {
    const keys = Object.entries(tables('staging')).map(([id, { key }]) => [id, key])
    expect(Object.fromEntries(keys)).toEqual(tableKeys)
  })
})
