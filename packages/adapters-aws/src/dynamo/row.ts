import type { AttributeValue } from '@aws-sdk/client-dynamodb'
import { AwsError } from '../error.js'

export type Item = Record<string, AttributeValue>

/** The version in each row, by which a release recognizes rows that it doesn't know. */
export const VERSION = '1'

export const text = (value: string): AttributeValue => ({ S: value })
export const whole = (value: number): AttributeValue => ({ N: String(value) })
export const flag = (value: boolean): AttributeValue => ({ BOOL: value })
export const texts = (record: Readonly<Record<string, string>>): AttributeValue => ({
  M: Object.fromEntries(Object.entries(record).map(([name, value]) => [name, text(value)])),
})

/**
 * Stores free data as text. Forms may name a value `` or `__proto__`, and the SDK would lose those in a DynamoDB map.
 */
export const json = (record: Readonly<Record<string, string>>): AttributeValue => text(JSON.stringify(record))

/** Converts a time for DynamoDB's TTL, which is in seconds. DynamoDB never removes a row earlier. */
export const ttlAt = (milliseconds: number): AttributeValue => whole(Math.ceil(milliseconds / 1000))

/** Reads a row, and throws if something is missing or has the wrong type. */
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

  /** Returns a whole number as text, with all its digits, which a JavaScript number can't hold. */
  digits(name: string): string {
    return this.#item[name]?.N ?? this.#lacks(name)
  }

  /** Returns a set of texts. */
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

  /** Returns maps within the row, to be read like rows. They share its version. */
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
