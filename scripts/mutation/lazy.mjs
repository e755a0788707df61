export { memoize } from '../../packages/core/src/util/lazy.ts'

/** Core's `lazy`, but made anew for each test: what was made under one mutant must not be met under the next. */
export function lazy(make) {
  let made
  let madeIn
  return () => {
    if (made === undefined || madeIn !== globalThis.testNumber) {
      made = make()
      madeIn = globalThis.testNumber
    }
    return made
  }
}
