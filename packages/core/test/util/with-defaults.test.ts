import { expect, test } from '@jest/globals'
import { assert, constantFrom, dictionary, jsonValue, option, property } from 'fast-check'
import { withDefaults } from '../../src/util/with-defaults.js'

const name = constantFrom('perDay', 'perAuthorPerDay', 'follow', 'message')

test('an option that is undefined behaves as if it was left out', () => {
  assert(
    property(
      dictionary(name, jsonValue()),
      dictionary(name, option(jsonValue(), { nil: undefined })),
      (defaults, given) => {
        const left = Object.fromEntries(Object.entries(given).filter(([, value]) => value !== undefined))
        expect(withDefaults(defaults, given)).toEqual({ ...defaults, ...left })
        const none = Object.fromEntries(Object.keys(given).map((key) => [key, undefined]))
        expect(withDefaults(defaults, none)).toStrictEqual(withDefaults(defaults, undefined))
      },
    ),
  )
})
