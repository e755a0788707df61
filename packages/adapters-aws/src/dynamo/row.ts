import type { AttributeValue } from '@aws-sdk/client-dynamodb'
import { AwsError } from '../error.js'

export type Item = Record<string, AttributeValue>

/** The version that each row carries, so that a release can tell rows that it does not know. */
export const VERSION = '1'

export const text = (value: string): AttributeValue => ({ S: value })
export const whole = (value: number): AttributeValue => ({ N: String(value) })
export const flag = (value: boolean): AttributeValue => ({ BOOL: value })
export const texts = (record: Readonly<Record<string, string>>): AttributeValue => ({
  M: Object.fromEntries(Object.entries(record).map(([name, value]) => [name, text(value)])),
})

/**
 * Free data, as text: forms may name a value `` or `__proto__`, and a map of DynamoDB, on its way through the SDK, would
 * lose it.
 */
export const json = (record: Readonly<Record<string, string>>): AttributeValue => text(JSON.stringify(record))

/** DynamoDB's TTL wants seconds, and drops no row before them. */
export const ttlAt = (milliseconds: number): AttributeValue => whole(Math.ceil(milliseconds / 1000))

/** Reads what a row has, and throws where it has not what it should. */
export class Row {
  readonly #table: string
  readonly #item: Item

  /** @throws AwsError STORE_ROW_VERSION */
  constructor(table: string, item: Item) {
    if (item.v?.N !== VERSION) {
      throw new AwsError('STORE_ROW_VERSION', `${table}: a row has version ${item.v?.N}, not ${VERSION}.`)
    }
    this.#table = table
    this.#item = item
  }

  has(name: string): boolean {
    return this.#item[name] !== undefined
  }

  text(name: string): string {
    return this.#item[name]?.S ?? this.#lacks(name)
  }

  whole(name: string): number {
    return Number(this.#item[name]?.N ?? this.#lacks(name))
  }

  /** A whole number with all its digits: more than a JavaScript number holds. */
  digits(name: string): string {
    return this.#item[name]?.N ?? this.#lacks(name)
  }

  /** Texts without an order. */
  set(name: string): readonly string[] {
    return this.#item[name]?.SS ?? this.#lacks(name)
  }

  flag(name: string): boolean {
    return this.#item[name]?.BOOL ?? this.#lacks(name)
  }

  texts(name: string): Record<string, string> {
    const entries = Object.entries(this.#item[name]?.M ?? this.#lacks(name))
    return Object.fromEntries(entries.map(([key, entry]) => [key, entry.S ?? this.#lacks(name)]))
  }

  json(name: string): Record<string, string> {
    const record: unknown = parsed(this.text(name))
    return isTexts(record) ? record : this.#lacks(name)
  }

  list(name: string): readonly string[] {
    const list = this.#item[name]?.L ?? this.#lacks(name)
    return list.map((entry) => entry.S ?? this.#lacks(name))
  }

  /** Maps within the row, read like rows. They have its version. */
  parts(name: string): readonly Row[] {
    const list = this.#item[name]?.L ?? this.#lacks(name)
    return list.map((entry) => new Row(this.#table, { ...(entry.M ?? this.#lacks(name)), v: whole(Number(VERSION)) }))
  }

  #lacks(name: string): never {
    throw new AwsError('STORE_ROW_UNREADABLE', `${this.#table}: a row has no readable ${name}.`)
  }
}

function parsed(json: string): unknown {
  try {
    return JSON.parse(json)
  } catch {
    return undefined
  }
}

const isTexts = (value: unknown): value is Record<string, string> =>
  typeof value === 'object' &&
  value !== null &&
  !Array.isArray(value) &&
  Object.values(value).every((each) => typeof each === 'string')
