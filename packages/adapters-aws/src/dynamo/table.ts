import {
  type AttributeValue,
  ConditionalCheckFailedException,
  DeleteItemCommand,
  type DynamoDBClient,
  GetItemCommand,
  PutItemCommand,
  paginateScan,
  UpdateItemCommand,
} from '@aws-sdk/client-dynamodb'
import { AwsError } from '../error.js'
import { dynamoErrorOf } from './error.js'
import { removeAllRows } from './remove-all.js'
import { type Item, Row, VERSION } from './row.js'
import type { TableKey } from './tables.js'

/**
 * In expressions, `#name` stands for an attribute, even a reserved word, and `:name` for a value. `names` maps
 * placeholders to attributes whose names can't be written into an expression, such as a person's id.
 */
export interface Condition {
  readonly condition: string
  readonly values?: Item
  readonly names?: Readonly<Record<string, string>>
}

export interface Change extends Condition {
  readonly update: string
}

/** The table of an adapter, and the client for it. */
export interface DynamoTableOptions {
  readonly client: DynamoDBClient
  /** Its name, from `tableNames`. */
  readonly table: string
}

/** Reads and writes rows by key, one at a time. Reads are consistent. A false condition is a result, not an error. */
export class DynamoTable {
  readonly name: string
  readonly #client: DynamoDBClient
  readonly #key: TableKey

  constructor({ client, table }: DynamoTableOptions, key: TableKey) {
    this.name = table
    this.#client = client
    this.#key = key
  }

  async get(key: string): Promise<Row | undefined> {
    const command = new GetItemCommand({ TableName: this.name, Key: this.#keyOf(key), ConsistentRead: true })
    const { Item: item } = await this.#send(() => this.#client.send(command))
    return item && new Row(this.name, item)
  }

  /** Replaces the row if the condition is true; otherwise returns `false`. */
  put(key: string, attributes: Item, condition?: Condition): Promise<boolean> {
    const item = { ...this.#keyOf(key), v: { N: VERSION }, ...attributes }
    const command = new PutItemCommand({ TableName: this.name, Item: item, ...expressions(condition) })
    return this.#write(() => this.#client.send(command))
  }

  /** Changes or creates the row if the condition is true; otherwise returns `false`. */
  change(key: string, change: Change): Promise<boolean> {
    const command = new UpdateItemCommand(this.#changing(key, change))
    return this.#write(() => this.#client.send(command))
  }

  /** Changes the row and returns it. If the condition is false, changes nothing and returns `undefined`. */
  async changed(key: string, change: Change): Promise<Row | undefined> {
    const command = new UpdateItemCommand({ ...this.#changing(key, change), ReturnValues: 'ALL_NEW' })
    const { Attributes: after } = (await this.#send(() => this.#client.send(command), 'conditional')) ?? {}
    return after && new Row(this.name, after)
  }

  /** Changes the row and returns the old one. Without a row, or if the condition is false, returns `undefined`. */
  async update(key: string, change: Change): Promise<Row | undefined> {
    const command = new UpdateItemCommand({ ...this.#changing(key, change), ReturnValues: 'ALL_OLD' })
    const { Attributes: before } = (await this.#send(() => this.#client.send(command), 'conditional')) ?? {}
    return before && new Row(this.name, before)
  }

  /** Removes the row, if there is one and the condition is true; otherwise returns `false`. */
  remove(key: string, condition?: Condition): Promise<boolean> {
    const command = new DeleteItemCommand({ TableName: this.name, Key: this.#keyOf(key), ...expressions(condition) })
    return this.#write(() => this.#client.send(command))
  }

  /**
   * Returns all rows for which the condition is true, a page at a time. Rows written in the meantime may be missing.
   */
  async *scan({ condition, values = {} }: Condition): AsyncIterable<{ readonly key: string; readonly row: Row }> {
    const { ConditionExpression: FilterExpression, ...given } = expressionsOf({ condition, values })
    const asked = { TableName: this.name, ConsistentRead: true, FilterExpression, ...given }
    const pages = paginateScan({ client: this.#client }, asked)[Symbol.asyncIterator]()
    for (;;) {
      const { done, value } = await this.#send(() => pages.next())
      if (done) return
      for (const item of value.Items ?? []) yield { key: this.#keyIn(item), row: new Row(this.name, item) }
    }
  }

  async removeAll(): Promise<void> {
    await this.#send(() => removeAllRows(this.#client, this.name, this.#key.name))
  }

  #changing(key: string, { update, ...condition }: Change) {
    const asked = { TableName: this.name, Key: this.#keyOf(key), UpdateExpression: update }
    return { ...asked, ...expressions(condition, update) }
  }

  #keyIn(item: Item): string {
    const { name, type } = this.#key
    return item[name]?.[type] ?? ''
  }

  /** Checks that a numeric key is in its only spelling, because DynamoDB would map other spellings to the same key. */
  #keyOf(key: string): Item {
    const { name, type } = this.#key
    if (type === 'S') return { [name]: { S: key } }
    if (!/^(?:0|[1-9]\d{0,37})$/.test(key)) {
      throw new AwsError('STORE_KEY_INVALID', `${this.name}: ${name} is a decimal number without leading zeros.`)
    }
    return { [name]: { N: key } }
  }

  async #write(write: () => Promise<unknown>): Promise<boolean> {
    return (await this.#send(write, 'conditional')) !== undefined
  }

  async #send<T>(ask: () => Promise<T>): Promise<T>
  async #send<T>(ask: () => Promise<T>, conditional: 'conditional'): Promise<T | undefined>
  async #send<T>(ask: () => Promise<T>, conditional?: 'conditional'): Promise<T | undefined> {
    try {
      return await ask()
    } catch (error) {
      if (conditional && error instanceof ConditionalCheckFailedException) return undefined
      throw dynamoErrorOf(error, this.name)
    }
  }
}

const expressions = (given?: Condition, update = '') => (given ? expressionsOf(given, update) : {})

function expressionsOf({ condition, values = {}, names: others = {} }: Condition, update = '') {
  const names = `${condition} ${update}`.match(/#\w+/g) ?? []
  return {
    ConditionExpression: condition,
    ExpressionAttributeNames: Object.fromEntries(names.map((name) => [name, others[name.slice(1)] ?? name.slice(1)])),
    ...(Object.keys(values).length > 0 && { ExpressionAttributeValues: prefixed(values) }),
  }
}

const prefixed = (values: Item): Record<string, AttributeValue> =>
  Object.fromEntries(Object.entries(values).map(([name, value]) => [`:${name}`, value]))
