import { textArbitrary } from '@hexbird/core/testing'
import { runs } from '@hexbird/testkit/runs'
import { webUrl } from '@hexbird/testkit/web'
import { describe, expect, test } from '@jest/globals'
import fc from 'fast-check'
import type { SignInAppOptions } from '../src/index.js'
import { SignInAppError } from '../src/index.js'
import { createSeal } from '../src/seal.js'
import { countedAddress } from '../src/sign-in/address.js'
import { SECRETS, signInApp } from './sign-in-fixture.js'

type Options = NonNullable<Parameters<typeof signInApp>[1]>

function faultsOf(options: Options): readonly string[] {
  try {
    signInApp({}, options)
    return []
  } catch (error) {
    if (error instanceof SignInAppError && error.code === 'OPTIONS_INVALID') return error.faults
    throw error
  }
}

describe('the options', () => {
  test.each<Options>([
    { origin: 'http://bot.example' },
    { origin: 'https://bot.example/' },
    { origin: 'https://bot.example/path' },
    { origin: 'https://BOT.example' },
    { origin: 'https://bot.example:443' },
    { origin: 'https://user@bot.example' },
    { origin: 'http://127.0.0.1.evil.example' },
    { origin: 'bot.example' },
    { origin: 'null' },
    { offers: { account: { id: '@hexbird', username: 'hexbird' } } },
    { offers: { account: { id: '900', username: '@hexbird' } } },
    { service: ' ' },
    { privacyPolicyUrl: '/privacy' },
    { privacyPolicyUrl: 'javascript:alert(1)' },
    { privacyPolicyUrl: 'http://bot.example/privacy' },
    { termsUrl: '' },
    { cookieKeys: [] },
    { cookieKeys: ['k'.repeat(31)] },
    { cookieKeys: [SECRETS.key, ''] },
    { xOrigins: [] },
    { xOrigins: ['https://x.com/'] },
    { xOrigins: ["https://x.com;script-src 'unsafe-inline'"] },
    { xOrigins: ['https://x;y'] },
    { xOrigins: ['*'] },
    { paths: { page: 'sign-in' } },
    { paths: { page: '//evil.example' } },
    { paths: { page: '/sign-in/' } },
    { paths: { page: '/../x' } },
    { paths: { page: '/:name' } },
    { paths: { page: '/*' } },
    { paths: { page: '/a?b' } },
    { paths: { page: '/' } },
    { paths: { page: '/api/twitter-session' } },
    { styles: '</style><script>alert(1)</script>' },
  ])('%j is refused when the app is made', (options) => {
    expect(faultsOf(options)).toHaveLength(1)
  })

  test('are refused with every fault, each named, and with no key', () => {
    const short = 'short-but-secret'
    const faults = faultsOf({
      origin: 'x',
      service: '',
      cookieKeys: [SECRETS.key, short],
      xOrigins: ['https://x.com', 'y'],
    })
    expect(faults.map((fault) => fault.split(':', 1)[0])).toEqual(['origin', 'service', 'cookieKeys[1]', 'xOrigins[1]'])
    expect(faults.join()).not.toContain(short)
  })

  test.each<Partial<SignInAppOptions>>([
    { origin: 'http://127.0.0.1:3000' },
    { origin: 'http://localhost:3000', privacyPolicyUrl: 'http://localhost:3000/privacy' },
    { origin: 'http://[::1]:3000' },
    { origin: 'https://bot.example:8443' },
    { xOrigins: ['http://127.0.0.1:8080'] },
    { paths: { page: '/bot/sign-in_1.0~x' } },
  ])('%j is accepted', (options) => {
    expect(faultsOf(options)).toEqual([])
  })

  test('of any text are taken, or refused with a fault for each that is wrong, and with no key', () => {
    const text = fc.oneof(
      textArbitrary(),
      webUrl,
      fc.constantFrom(
        'https://bot.example',
        'https://[',
        'javascript:1',
        "https://x.com;script-src 'unsafe-inline'",
        '',
      ),
    )
    const options = fc.record(
      {
        origin: text,
        service: text,
        privacyPolicyUrl: text,
        termsUrl: text,
        cookieKeys: fc.array(text, { maxLength: 2 }),
        xOrigins: fc.array(text, { maxLength: 2 }),
        paths: fc.dictionary(fc.constantFrom('page', 'start', 'callback', 'result', 'disconnect', 'signOut'), text),
        styles: text,
        offers: fc.record({ account: fc.record({ id: text, username: text }) }, { requiredKeys: [] }),
      },
      { requiredKeys: [] },
    )
    const key = 'a-secret-key-that-is-only-31-le'
    fc.assert(
      fc.property(options, fc.boolean(), (given, isShort) => {
        const keys = [...(given.cookieKeys ?? [SECRETS.key]), ...(isShort ? [key] : [])]
        const faults = faultsOf({ ...given, cookieKeys: keys })
        expect(faults.join('\n')).not.toContain(key)
        if (isShort) expect(faults.length).toBeGreaterThan(0)
      }),
      { numRuns: runs() },
    )
  })

  test('that are undefined have their defaults', () => {
    const options = { styles: undefined, paths: { page: undefined } } as unknown as Partial<SignInAppOptions>
    expect(faultsOf(options)).toEqual([])
  })
})

describe('what starts are counted by', () => {
  test.each([
    ['192.0.2.7', '192.0.2.7'],
    ['192.0.2.7:51234', '192.0.2.7'],
    ['::ffff:192.0.2.7', '192.0.2.7'],
    ['::ffff:c000:207', '192.0.2.7'],
    ['2001:db8::1', '2001:db8:0:0::/64'],
    ['2001:0DB8:0000:0000:ffff::', '2001:db8:0:0::/64'],
    ['[2001:db8::1]:443', '2001:db8:0:0::/64'],
    ['[2001:db8::1]', '2001:db8:0:0::/64'],
    ['fe80::1%eth0', 'fe80:0:0:0::/64'],
    ['::1', '0:0:0:0::/64'],
    ['2001:db8:1:2:3:4:5:6', '2001:db8:1:2::/64'],
    ['a-hash-of-it', 'a-hash-of-it'],
    ['', 'unknown'],
  ])('of %j is %j', (address, counted) => {
    expect(countedAddress(address)).toBe(counted)
  })

  test('is the same for all of a /64, however it is written, and never that of another', () => {
    const group = fc.integer({ min: 0, max: 0xffff })
    const host = fc.tuple(group, group, group, group)
    const network = fc.tuple(fc.integer({ min: 0x2000, max: 0x3fff }), group, group, group)
    const written = (groups: readonly number[], upper: boolean) => {
      const text = groups.map((part) => (upper ? part.toString(16).toUpperCase().padStart(4, '0') : part.toString(16)))
      return text.join(':').replace(/\b0:0:0:0$/, ':')
    }
    fc.assert(
      fc.property(network, network, host, host, fc.boolean(), (one, other, a, b, upper) => {
        const counted = countedAddress(written([...one, ...a], upper))
        expect(countedAddress(written([...one, ...b], !upper))).toBe(counted)
        const isSame = one.join() === other.join()
        expect(countedAddress(written([...other, ...a], upper)) === counted).toBe(isSame)
      }),
      { numRuns: runs() },
    )
  })
})

describe('what is sealed', () => {
  const [key, other] = [SECRETS.key, 'another-cookie-key-of-32-letters!']
  const origin = 'https://bot.example'

  test('opens with the same key, purpose, holder and origin, and with nothing else', () => {
    const text = textArbitrary().filter((value) => !/\p{Surrogate}/u.test(value))
    const holder = fc.stringMatching(/^[\w-]{0,30}$/)
    fc.assert(
      fc.property(text, holder, holder, (value, mine, theirs) => {
        const seal = createSeal([key], origin)
        const sealed = seal.seal('login-1', value, mine)
        expect(seal.open('login-1', sealed, mine)).toBe(value)
        expect(createSeal([other, key], origin).open('login-1', sealed, mine)).toBe(value)
        expect(createSeal([other], origin).open('login-1', sealed, mine)).toBeUndefined()
        expect(createSeal([key], 'https://staging.example').open('login-1', sealed, mine)).toBeUndefined()
        expect(seal.open('outcome-1', sealed, mine)).toBeUndefined()
        if (mine !== theirs) expect(seal.open('login-1', sealed, theirs)).toBeUndefined()
      }),
      { numRuns: runs() },
    )
  })

  test('does not open once a character of it is another', () => {
    const seal = createSeal([key], origin)
    fc.assert(
      fc.property(fc.string(), fc.nat(), fc.string({ minLength: 1, maxLength: 1 }), (text, at, character) => {
        const sealed = seal.seal('login-1', text)
        const n = at % sealed.length
        const changed = sealed.slice(0, n) + character + sealed.slice(n + 1)
        if (changed !== sealed) expect(seal.open('login-1', changed)).toBeUndefined()
        expect(seal.open('login-1', sealed.slice(0, n))).toBeUndefined()
        expect(seal.open('login-1', sealed + character)).toBeUndefined()
      }),
      { numRuns: runs() },
    )
  })

  test('cannot be made or opened without a key', () => {
    const none = createSeal([], origin)
    expect(() => none.seal('login-1', 'x')).toThrow(RangeError)
    expect(none.open('login-1', createSeal([key], origin).seal('login-1', 'x'))).toBeUndefined()
    expect(none.open('login-1', '.')).toBeUndefined()
  })

  test('is signed with the newest key', () => {
    const sealed = createSeal([other, key], origin).seal('login-1', 'x')
    expect(createSeal([other], origin).open('login-1', sealed)).toBe('x')
    expect(createSeal([key], origin).open('login-1', sealed)).toBeUndefined()
  })
})
