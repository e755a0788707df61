/**
 * Returns the object without its `undefined` properties, so that they do not override defaults when spread.
 *
 * @example
 * ```ts
 * import { defined } from '@hexbird/core/util'
 *
 * const options = { region: undefined, attempts: 3 }
 * console.assert(!('region' in defined(options)))
 * ```
 */
export function defined<const T extends object>(object: T): Defined<T> {
  const known: Record<string, unknown> = {}
  for (const key in object) if (object[key] !== undefined) known[key] = object[key]
  return known as Defined<T>
}

/** The properties of `T`; those that may be `undefined` are optional. */
export type Defined<T> = { [Key in keyof T as undefined extends T[Key] ? never : Key]: T[Key] } & {
  [Key in keyof T as undefined extends T[Key] ? Key : never]?: Exclude<T[Key], undefined>
}
