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
 * In expressions `#name` is the attribute of that name, reserved word or not, and `:name` the value of that name. `names`
 * has the attributes whose names are not to be written into an expression, such as a person's id, by what stands for them.
 */
export interface Condition {
  readonly condition: string
  readonly values?: Item
  readonly names?: Readonly<Record<string, string>>
}

export interface Change extends Condition {
  readonly update: string
}

/** Where an adapter keeps its rows. */
export interface DynamoTableOptions {
  readonly client: DynamoDBClient
  /** Its name, from `tableNames`. */
  readonly table: string
}

/** Rows by key, one at a time: reads are consistent, and a condition that does not hold is an answer, not an error. */
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

  /** Replaces the row, where the condition holds; `false` where it does not. */
  put(key: string, attributes: Item, condition?: Condition): Promise<boolean> {
    const item = { ...this.#keyOf(key), v: { N: VERSION }, ...attributes }
    const command = new PutItemCommand({ TableName: this.name, Item: item, ...expressions(condition) })
    return this.#write(() => this.#client.send(command))
  }

  /** Changes the row, which is made where there is none, where the condition holds; `false` where it does not. */
  change(key: string, change: Change): Promise<boolean> {
    const command = new UpdateItemCommand(this.#changing(key, change))
    return this.#write(() => this.#client.send(command))
  }

  /** Gives the row as it is after the change; `undefined`, and nothing is changed, where the condition does not hold. */
  async changed(key: string, change: Change): Promise<Row | undefined> {
    const command = new UpdateItemCommand({ ...this.#changing(key, change), ReturnValues: 'ALL_NEW' })
    const { Attributes: after } = (await this.#send(() => this.#client.send(command), 'conditional')) ?? {}
    return after && new Row(this.name, after)
  }

  /** Gives the row as it was before; `undefined`, and nothing is changed, where there is none or the condition does not hold. */
  async update(key: string, change: Change): Promise<Row | undefined> {
    const command = new UpdateItemCommand({ ...this.#changing(key, change), ReturnValues: 'ALL_OLD' })
    const { Attributes: before } = (await this.#send(() => this.#client.send(command), 'conditional')) ?? {}
    return before && new Row(this.name, before)
  }

  /** Removes the row, where there is one and the condition holds; `false` where it does not. */
  remove(key: string, condition?: Condition): Promise<boolean> {
    const command = new DeleteItemCommand({ TableName: this.name, Key: this.#keyOf(key), ...expressions(condition) })
    return this.#write(() => this.#client.send(command))
  }

  /** Every row that the condition holds for, a page at a time: what is written meanwhile may or may not be among them. */
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

  /** A number goes to DynamoDB as the letters that it came in; what is written in another way would be another's key. */
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
