import fc from 'fast-check'

/**
 * One guarantee of a port, as data, for any test runner. It throws if the guarantee is broken.
 *
 * `make` must return a new, empty subject each time. The subject is an adapter, or a harness around one if the test has
 * to set up the outside world, such as a photo that shows a dog.
 *
 * @example
 * ```ts
 * import { test } from 'node:test'
 * import { MemorySessionStore } from '@hexbird/adapters-memory'
 * import { sessionStoreContract } from '@hexbird/core/contracts'
 *
 * for (const { name, check } of sessionStoreContract) test(name, () => check(() => new MemorySessionStore()))
 * ```
 */
export interface Case<Subject> {
  /** The guarantee, in a sentence. */
  readonly name: string
  /** Throws if the guarantee is broken. */
  check(make: () => Subject | Promise<Subject>): Promise<void>
}

/** All guarantees of a port. */
export type Contract<Subject> = readonly Case<Subject>[]

/** An adapter breaks a guarantee of its port. */
export class ContractError extends Error {
  override readonly name = 'ContractError'
  readonly code = 'CONTRACT_BROKEN'
}

/** Throws a `ContractError` unless both are deeply equal, bytes included. Ignores properties that are `undefined`. */
export function expectEqual(actual: unknown, expected: unknown, what: string): void {
  if (!equal(actual, expected)) throw new ContractError(`${what}: expected ${show(expected)}, got ${show(actual)}`)
}

/** Throws a `ContractError` with `what` as its message unless the condition holds. */
export function expectTrue(holds: boolean, what: string): void {
  if (!holds) throw new ContractError(what)
}

/** Throws a `ContractError` unless the promise is rejected. Returns the reason for the rejection. */
export async function expectRejected(promise: Promise<unknown>, what: string): Promise<unknown> {
  const outcome = await promise.then(
    (value) => ({ resolved: value }),
    (error: unknown) => ({ rejected: error }),
  )
  if ('rejected' in outcome) return outcome.rejected
  throw new ContractError(`${what}: expected a rejection, got ${show(outcome.resolved)}`)
}

/** Runs a function for each item, twenty at a time. Returns the results in the order of the items. */
export async function inTwenties<Item, Result>(
  items: readonly Item[],
  run: (item: Item) => Promise<Result>,
): Promise<readonly Result[]> {
  const results: Result[] = []
  for (let start = 0; start < items.length; start += 20) {
    results.push(...(await Promise.all(items.slice(start, start + 20).map(run))))
  }
  return results
}

function equal(a: unknown, b: unknown): boolean {
  if (Object.is(a, b)) return true
  if (typeof a !== 'object' || typeof b !== 'object' || a === null || b === null) return false
  if (Array.isArray(a) !== Array.isArray(b)) return false
  const [left, right] = [a as Record<string, unknown>, b as Record<string, unknown>]
  const names = defined(left)
  return names.length === defined(right).length && names.every((name) => equal(left[name], right[name]))
}

const defined = (value: Record<string, unknown>) => Object.keys(value).filter((name) => value[name] !== undefined)

const show = (value: unknown) => (value === undefined ? 'undefined' : JSON.stringify(value).slice(0, 500))

/** The options for a property of a contract: 25 runs, or as many as `fc.configureGlobal({ numRuns })` says. */
export const tries = () => ({ numRuns: fc.readConfigureGlobal().numRuns ?? 25, includeErrorInReport: true })
