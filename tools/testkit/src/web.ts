import { textArbitrary } from '@hexbird/core/testing'
import fc from 'fast-check'

// What `fc.webPath()`, `fc.webQueryParameters()` and `fc.webUrl()` make, without the two seconds that each of them takes
// to set up in each test file.

const plain = fc.constantFrom(..."abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-._~!$&'()*+,;=:@")
const encoded = textArbitrary({ minLength: 1, maxLength: 1 }).map(encodeURIComponent)
const character = fc.oneof({ weight: 10, arbitrary: plain }, { weight: 1, arbitrary: encoded })

/** The path of a URL. */
export const webPath = fc
  .array(fc.string({ unit: character, maxLength: 10 }), { maxLength: 5 })
  .map((segments) => segments.map((segment) => `/${segment}`).join(''))

/** The query of a URL, without its `?`. */
export const webQuery = fc.string({ unit: fc.oneof(character, fc.constantFrom('/', '?')) })

/** A URL over http or https, without a query. */
export const webUrl = fc
  .tuple(fc.constantFrom('http', 'https'), fc.domain(), webPath)
  .map(([scheme, domain, path]) => `${scheme}://${domain}${path}`)
