/** What you need to create a DynamoDB table. Use on-demand billing, because the bot's load comes in bursts. */
export interface Table {
  readonly name: string
  /** The partition key. There is no sort key and no index. */
  readonly key: TableKey
  /** The attribute with the time, in epoch seconds, after which DynamoDB may remove the row. Without one, rows stay. */
  readonly ttl?: string
}

/** A partition key, with DynamoDB's name for its type: string or number. */
export interface TableKey {
  readonly name: string
  readonly type: 'S' | 'N'
}

/**
 * Opt-outs and the kill switch have separate tables. Opt-outs are personal data and are removed all at once, which must
 * not reset the kill switch. Functions also get permissions for each one separately. A table without load costs
 * nothing.
 */
const TABLES = {
  session: { suffix: 'session', key: { name: 'request_token', type: 'S' }, ttl: 'ttl' },
  twitter: { suffix: 'twitter', key: { name: 'uid', type: 'N' } },
  reply: { suffix: 'reply', key: { name: 'reply_key', type: 'S' }, ttl: 'ttl' },
  budget: { suffix: 'budget', key: { name: 'window_name', type: 'S' }, ttl: 'ttl' },
  optOut: { suffix: 'opt_out', key: { name: 'user_id', type: 'S' } },
  breaker: { suffix: 'breaker', key: { name: 'breaker', type: 'S' } },
  cursor: { suffix: 'cursor', key: { name: 'cursor', type: 'S' } },
} as const satisfies Record<string, Omit<Table, 'name'> & { readonly suffix: string }>

/** The name of a table in code. */
export type TableId = keyof typeof TABLES

/** The partition key of each table, the same on every stage. */
export const tableKeys: Readonly<Record<TableId, TableKey>> = ofEach((id) => TABLES[id].key)

/** The names of a stage's tables, for example `staging_session`. */
export function tableNames(stage: string): Readonly<Record<TableId, string>> {
  return ofEach((id) => `${stage}_${TABLES[id].suffix}`)
}

/** The tables of a stage. */
export function tables(stage: string): Readonly<Record<TableId, Table>> {
  const names = tableNames(stage)
  return ofEach((id) => {
    const { suffix, ...table } = TABLES[id]
    return { name: names[id], ...table }
  })
}

function ofEach<T>(make: (id: TableId) => T): Readonly<Record<TableId, T>> {
  const ids = Object.keys(TABLES) as TableId[]
  return Object.fromEntries(ids.map((id) => [id, make(id)])) as Record<TableId, T>
}
