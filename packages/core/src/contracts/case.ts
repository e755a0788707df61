import fc from 'fast-check'

/**
 * One promise of a port, as data: it knows no test runner and throws where the promise is broken.
 *
 * `make` gives a fresh, empty subject each time it is called: an adapter, or, where the outside has to be arranged (a
 * photo that shows a dog), a harness around one.
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
  /** The promise, a sentence. */
  readonly name: string
  /** Throws where the promise is broken. */
  check(make: () => Subject | Promise<Subject>): Promise<void>
}

/** A port's promises. */
export type Contract<Subject> = readonly Case<Subject>[]

/** An adapter does not keep a promise of its port. */
export class ContractError extends Error {
  override readonly name = 'ContractError'
  readonly code = 'CONTRACT_BROKEN'
}

/** Throws unless the two are equal in structure; bytes are compared as bytes. */
export function expectEqual(actual: unknown, expected: unknown, what: string): void {
  if (!equal(actual, expected)) throw new ContractError(`${what}: expected ${show(expected)}, got ${show(actual)}`)
}

/** Throws, with `what` as the message, unless it holds. */
export function expectTrue(holds: boolean, what: string): void {
  if (!holds) throw new ContractError(what)
}

/** Throws unless the promise is rejected; gives what it was rejected with. */
export async function expectRejected(promise: Promise<unknown>, what: string): Promise<unknown> {
  const outcome = await promise.then(
    (value) => ({ resolved: value }),
    (error: unknown) => ({ rejected: error }),
  )
  if ('rejected' in outcome) return outcome.rejected
  throw new ContractError(`${what}: expected a rejection, got ${show(outcome.resolved)}`)
}

/** Does something with each of many, twenty at a time; gives the results in their order. */
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

/** How a property of a contract is tried: with 25 cases, or as many as `fc.configureGlobal({ numRuns })` says. */
export const tries = () => ({ numRuns: fc.readConfigureGlobal().numRuns ?? 25, includeErrorInReport: true })
