// What the tests import of Jest, for the runs of `npm run mutate`: Mocha loads the tests once and runs them again for
// every mutant, where Jest would load them anew each time.
import { expect } from 'expect'
import fc from 'fast-check'
import { bind } from 'jest-each'

// The same cases each time, so that a mutant that was killed once is killed again; and no search for the smallest one.
fc.configureGlobal({ seed: 42, endOnFailure: true })

// It makes 600,000 errors, for a promise about amounts that no small change breaks.
const TOO_LONG = 'of very many events is read'

const { after, afterEach, before, beforeEach } = globalThis
// What `lazy` goes by.
globalThis.testNumber = 0
beforeEach(() => {
  globalThis.testNumber += 1
})
// A function with a parameter would be taken for one that calls back.
const test = (name, run) => name !== TOO_LONG && globalThis.it(name, () => run())
const describe = (name, run) => globalThis.describe(name, run)
test.each = bind(test, false)
describe.each = bind(describe, false)

const jest = {
  spyOn(object, name) {
    const original = object[name]
    const mock = { calls: [], contexts: [] }
    let run = original
    object[name] = function (...args) {
      mock.calls.push(args)
      mock.contexts.push(this)
      return run.apply(this, args)
    }
    const spy = {
      mock,
      mockImplementation(other) {
        run = other
        return spy
      },
      mockRestore() {
        object[name] = original
      },
    }
    return spy
  },
}

export { after as afterAll, afterEach, before as beforeAll, beforeEach, describe, expect, jest, test }
