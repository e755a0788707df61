import { createCipheriv, createSecretKey, randomBytes, webcrypto } from 'node:crypto'
import { textArbitrary } from '@hexbird/core/testing'
import { runs } from '@hexbird/testkit/runs'
import { describe, expect, test } from '@jest/globals'
import fc from 'fast-check'
import {
  createSecretBox,
  formatKey,
  newKey,
  type Place,
  parseKeys,
  type SecretBox,
  type SecretKey,
} from '../src/index.js'
import { codeOf, thrown } from './thrown.js'
import { piecesOf, printed, tracesOf } from './traces.js'

const newer = { id: '2026-11', key: randomBytes(32) }
const older = { id: '2026-05', key: randomBytes(32) }
const oldest = { id: '2025-11', key: randomBytes(32) }
const stage = 'production'
const place: Place = { table: 'production_twitter', key: '6253282', attribute: 'accessSecret' }
const box = createSecretBox({ stage, keys: [newer, older] })
const secret = 'kGvTHw2PiSmB4WxVWN4E9dEHr21DkPtJ'

const secrets = textArbitrary({ maxLength: 200 })
const names = fc.oneof(
  textArbitrary({ minLength: 1, maxLength: 20 }),
  // What joins and quotes could be mistaken for: separators, JSON, halves of surrogate pairs, the replacement for them.
  fc
    .array(
      fc.constantFrom('"', '\\', ',', '","', '/', ':', '.', '\u0000', '\ud800', '\\ud800', '\ufffd', 'a', '[', ']'),
      {
        minLength: 1,
        maxLength: 5,
      },
    )
    .map((parts) => parts.join('')),
)
const places: fc.Arbitrary<Place> = fc.record({ table: names, key: names, attribute: names })

/** Seals as the documentation says, with Node's cipher and none of the box's code. */
function sealedByHand(over: {
  readonly key?: SecretKey
  readonly context?: string
  readonly plain?: Uint8Array
  readonly nonceBytes?: number
}): string {
  const { key = newer, plain = Buffer.from(secret), nonceBytes = 12 } = over
  const context = over.context ?? JSON.stringify(['v1', key.id, stage, place.table, place.key, place.attribute])
  const nonce = randomBytes(nonceBytes)
  const cipher = createCipheriv('aes-256-gcm', key.key, nonce).setAAD(Buffer.from(context))
  const bytes = Buffer.concat([nonce, cipher.update(plain), cipher.final(), cipher.getAuthTag()])
  return `v1.${key.id}.${bytes.toString('base64url')}`
}

const bytesOf = (sealed: string) => Buffer.from(sealed.split('.')[2] ?? '', 'base64url')
const withBytes = (sealed: string, bytes: Uint8Array) =>
  [...sealed.split('.').slice(0, 2), Buffer.from(bytes).toString('base64url')].join('.')

function* flippedBits(bytes: Uint8Array): Generator<Buffer> {
  for (const [at, byte] of bytes.entries()) {
    for (let bit = 0; bit < 8; bit++) {
      const flipped = Buffer.from(bytes)
      flipped[at] = byte ^ (1 << bit)
      yield flipped
    }
  }
}

const opens = (sealed: string, where: Place = place, opener: SecretBox = box) => {
  try {
    return opener.open(sealed, where)
  } catch {
    return undefined
  }
}

test('the example of the documentation does what it says', () => {
  const account = { uid: '6253282', accessSecret: secret }
  const documented = createSecretBox({ stage: 'production', keys: parseKeys(formatKey(newKey('2026-11'))) })
  const where = { table: 'production_twitter', key: account.uid, attribute: 'accessSecret' }
  const sealed = documented.seal(account.accessSecret, where)
  expect(sealed).toMatch(/^v1\.2026-11\.[\w-]+$/)
  expect(documented.open(sealed, where)).toBe(secret)
  expect(codeOf(() => documented.open(sealed, { ...where, key: '12' }))).toBe('SECRET_UNREADABLE')
})

describe('what was sealed', () => {
  test('opens at its place as what it was, whatever the text and the place', () => {
    fc.assert(
      fc.property(secrets, places, names, (text, where, ofStage) => {
        const some = createSecretBox({ stage: ofStage, keys: [newer] })
        expect(some.open(some.seal(text, where), where)).toBe(text)
      }),
      { numRuns: runs() },
    )
  })

  test.each([
    ['nothing', ''],
    ['a byte order mark', '\ufeffsecret\ufeff'],
    ['a NUL', 'a\u0000b'],
    ['letters that have two forms', 'é e\u0301 \u212b'],
    ['emoji', '👩🏽‍🚀🐦'],
    ['the last code point', '\u{10ffff}'],
    ['blanks and line ends at both ends', ' \r\n secret \n'],
    ['64 kB', 'x'.repeat(65_536)],
    ['64 kB of the longest letters', '🐦'.repeat(16_384)],
  ])('opens as what it was: %s', (_, text) => {
    expect(box.open(box.seal(text, place), place)).toBe(text)
  })

  test('is printable ASCII of one form, as long as its parts', () => {
    fc.assert(
      fc.property(secrets, (text) => {
        const sealed = box.seal(text, place)
        expect(sealed).toMatch(/^v1\.2026-11\.[A-Za-z0-9_-]+$/)
        expect(bytesOf(sealed)).toHaveLength(12 + Buffer.byteLength(text) + 16)
      }),
      { numRuns: runs() },
    )
  })

  test('never looks the same twice, and no nonce comes again', () => {
    const sealed = Array.from({ length: 5_000 }, () => box.seal(secret, place))
    expect(new Set(sealed).size).toBe(5_000)
    expect(new Set(sealed.map((text) => bytesOf(text).toString('hex', 0, 12))).size).toBe(5_000)
  })

  test('opens in another process that has the same keys', () => {
    const elsewhere = createSecretBox({ stage, keys: parseKeys([newer, older].map(formatKey).join(',')) })
    expect(elsewhere.open(box.seal(secret, place), place)).toBe(secret)
  })

  test('opens after the array that the key came in was wiped', () => {
    const key = randomBytes(32)
    const keys = [{ id: 'a', key }]
    const some = createSecretBox({ stage, keys })
    const sealed = some.seal(secret, place)
    key.fill(0)
    keys.pop()
    expect(some.open(sealed, place)).toBe(secret)
    expect(some.open(some.seal(secret, place), place)).toBe(secret)
  })
})

describe('the format is plain AES-256-GCM', () => {
  test('a text made by Java and by Python, fixed for ever, opens', () => {
    const key = Uint8Array.from({ length: 32 }, (_, index) => index)
    const known = createSecretBox({ stage: 'production', keys: [{ id: '2026-11', key }] })
    const sealed = 'v1.2026-11.oKGio6SlpqeoqaqrjtvVVSeicNtClRhDoX06sFS5c-ENaU3CZ6XZNoI'
    expect(known.open(sealed, place)).toBe('héxbird 🐦')
  })

  const context = new TextEncoder().encode(
    '["v1","2026-11","production","production_twitter","6253282","accessSecret"]',
  )
  const parameters = (nonce: Uint8Array) => ({
    name: 'AES-GCM',
    iv: Uint8Array.from(nonce),
    additionalData: context,
    tagLength: 128,
  })
  const imported = () =>
    webcrypto.subtle.importKey('raw', Uint8Array.from(newer.key), 'AES-GCM', false, ['encrypt', 'decrypt'])

  test('what the box sealed, WebCrypto opens', async () => {
    const bytes = bytesOf(box.seal(secret, place))
    const opened = await webcrypto.subtle.decrypt(
      parameters(bytes.subarray(0, 12)),
      await imported(),
      Uint8Array.from(bytes.subarray(12)),
    )
    expect(new TextDecoder().decode(opened)).toBe(secret)
  })

  test('what WebCrypto sealed, the box opens', async () => {
    const nonce = randomBytes(12)
    const sealed = await webcrypto.subtle.encrypt(parameters(nonce), await imported(), new TextEncoder().encode(secret))
    const text = Buffer.concat([nonce, Buffer.from(sealed)]).toString('base64url')
    expect(box.open(`v1.2026-11.${text}`, place)).toBe(secret)
  })
})

describe('a text that was changed', () => {
  const sealed = box.seal(secret, place)

  test('is refused for any flipped bit of nonce, ciphertext and tag', () => {
    for (const flipped of flippedBits(bytesOf(sealed))) {
      expect(codeOf(() => box.open(withBytes(sealed, flipped), place))).toBe('SECRET_UNREADABLE')
    }
  })

  test('is refused for any flipped bit of any of its characters', () => {
    for (const flipped of flippedBits(Buffer.from(sealed, 'latin1'))) {
      const code = codeOf(() => box.open(flipped.toString('latin1'), place))
      expect(['SECRET_UNREADABLE', 'SECRET_KEY_UNKNOWN', 'SECRET_VERSION_UNKNOWN']).toContain(code)
    }
  })

  test('is refused for every change of one of its characters, so that no two texts are one secret', () => {
    fc.assert(
      fc.property(secrets, fc.nat(), fc.string({ maxLength: 2 }), fc.constantFrom(0, 1), (text, at, put, removed) => {
        const original = box.seal(text, place)
        const start = at % (original.length + 1)
        const changed = original.slice(0, start) + put + original.slice(start + removed)
        fc.pre(changed !== original)
        expect(opens(changed)).toBeUndefined()
      }),
      { numRuns: runs() },
    )
  })

  test('is refused for every part of it', () => {
    for (let length = 0; length < sealed.length; length++) expect(opens(sealed.slice(0, length))).toBeUndefined()
  })

  test.each([1, 4, 8, 12, 13, 14, 15])('is refused with a tag of %i bytes, true as it is', (length) => {
    const key = createSecretKey(newer.key)
    const nonce = randomBytes(12)
    const context = JSON.stringify(['v1', newer.id, stage, place.table, place.key, place.attribute])
    const cipher = createCipheriv('aes-256-gcm', key, nonce).setAAD(Buffer.from(context))
    const ciphertext = Buffer.concat([cipher.update(secret), cipher.final()])
    const bytes = Buffer.concat([nonce, ciphertext, cipher.getAuthTag().subarray(0, length)])
    expect(codeOf(() => box.open(`v1.2026-11.${bytes.toString('base64url')}`, place))).toBe('SECRET_UNREADABLE')
  })

  test.each([
    ['', 15],
    ['x', 3],
  ])('is refused with other bits left at the end, though they are no bits of the bytes: %j', (text, many) => {
    // 28 bytes are 38 characters less 4 bits, 29 bytes are 39 characters less 2.
    const original = box.seal(text, place)
    const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_'
    const others = [...alphabet].map((last) => original.slice(0, -1) + last).filter((other) => other !== original)
    expect(others.filter((other) => bytesOf(other).equals(bytesOf(original)))).toHaveLength(many)
    expect(others.filter((other) => opens(other) !== undefined)).toEqual([])
  })

  test.each([
    ['a blank before', (text: string) => ` ${text}`],
    ['a line end after', (text: string) => `${text}\n`],
    ['a blank inside', (text: string) => `${text.slice(0, 30)} ${text.slice(30)}`],
    ['padding', (text: string) => `${text}=`],
    ['standard base64', (text: string) => withBytes(text, Buffer.of()) + bytesOf(text).toString('base64')],
    ['one part more', (text: string) => `${text}.`],
    ['no key id', (text: string) => text.replace('2026-11', '')],
    ['a key id too long', (text: string) => text.replace('2026-11', 'x'.repeat(33))],
    ['a full-width letter', (text: string) => text.replace('v', 'ｖ')],
    ['a byte order mark', (text: string) => `\ufeff${text}`],
  ])('is refused with %s', (_, change) => {
    const tries = Array.from({ length: 1_000 }, () => box.seal(secret, place))
    // One that standard base64 would write in other letters.
    const text = tries.find((each) => each.includes('-', 11) && each.includes('_')) ?? ''
    expect(opens(text)).toBe(secret)
    expect(codeOf(() => box.open(change(text), place))).toBe('SECRET_UNREADABLE')
  })

  test('is refused where it was never sealed', () => {
    const texts = ['', secret, 'v1', 'v1.', 'v1..', 'v1.2026-11.', 'v1.2026-11.AAAA', '.2026-11.AAAA', 'v.a.AAAA', '{}']
    for (const text of texts) expect(codeOf(() => box.open(text, place))).toBe('SECRET_UNREADABLE')
  })

  test('is refused where it is no text', () => {
    for (const value of [undefined, null, 1, [sealed], { toString: () => sealed }, Buffer.from(sealed)]) {
      expect(codeOf(() => box.open(value as unknown as string, place))).toBe('SECRET_UNREADABLE')
      expect(codeOf(() => box.needsResealing(value as unknown as string))).toBe('SECRET_UNREADABLE')
    }
  })

  test('is refused, whatever it is: never opened, and nothing but a SecretBoxError is thrown', () => {
    const texts = fc.oneof(
      textArbitrary(),
      fc.uint8Array({ maxLength: 80 }).map((bytes) => `v1.2026-11.${Buffer.from(bytes).toString('base64url')}`),
    )
    fc.assert(
      fc.property(texts, (text) => {
        expect(thrown(() => box.open(text, place)).name).toBe('SecretBoxError')
      }),
      { numRuns: runs() },
    )
  })

  test.each(['v0', 'v2', 'v10', 'v01'])('is of an unknown version where it says %s', (version) => {
    const text = sealed.replace('v1', version)
    expect(codeOf(() => box.open(text, place))).toBe('SECRET_VERSION_UNKNOWN')
    expect(codeOf(() => box.needsResealing(text))).toBe('SECRET_VERSION_UNKNOWN')
  })

  test('is refused where another program sealed more than a secret may have, or no UTF-8', () => {
    expect(box.open(sealedByHand({}), place)).toBe(secret)
    expect(box.open(sealedByHand({ plain: Buffer.alloc(65_536, 97) }), place)).toHaveLength(65_536)
    for (const plain of [Buffer.alloc(65_537, 97), Buffer.from([0xff]), Buffer.from([0xed, 0xa0, 0x80])]) {
      expect(codeOf(() => box.open(sealedByHand({ plain }), place))).toBe('SECRET_UNREADABLE')
    }
  })

  test('is refused where another program used a nonce of another length', () => {
    for (const nonceBytes of [8, 11, 13, 16]) expect(opens(sealedByHand({ nonceBytes }))).toBeUndefined()
  })
})

describe('a text that was moved', () => {
  const sealed = box.seal(secret, place)

  test.each([
    ['row', { ...place, key: '6253283' }],
    ['table', { ...place, table: 'production_session' }],
    ['attribute', { ...place, attribute: 'accessToken' }],
    ['row of a like name', { ...place, key: '06253282' }],
    ['table in another case', { ...place, table: 'Production_twitter' }],
  ])('does not open in another %s', (_, where) => {
    expect(codeOf(() => box.open(sealed, where))).toBe('SECRET_UNREADABLE')
  })

  test('does not open in another stage with the same keys', () => {
    const staging = createSecretBox({ stage: 'staging', keys: [newer, older] })
    expect(codeOf(() => staging.open(sealed, place))).toBe('SECRET_UNREADABLE')
  })

  test('opens in no other place or stage, whatever characters their names have', () => {
    fc.assert(
      fc.property(places, places, names, names, (from, to, fromStage, toStage) => {
        const there = `${JSON.stringify([toStage, to.table, to.key, to.attribute])}`
        fc.pre(there !== JSON.stringify([fromStage, from.table, from.key, from.attribute]))
        const text = createSecretBox({ stage: fromStage, keys: [newer] }).seal(secret, from)
        expect(opens(text, to, createSecretBox({ stage: toStage, keys: [newer] }))).toBeUndefined()
      }),
      { numRuns: runs() },
    )
  })

  test('does not open where a character went from one name to the next', () => {
    fc.assert(
      fc.property(fc.array(names, { minLength: 5, maxLength: 5 }), fc.nat(), fc.nat(), (parts, one, other) => {
        const whole = parts.join('')
        // Two ways to cut the same characters into stage, table, row and attribute.
        const cuts = (seed: number) => {
          const [a = 1, b = 2, c = 3] = [seed % 97, seed % 89, seed % 83]
            .map((cut) => 1 + (cut % (whole.length - 1)))
            .toSorted((x, y) => x - y)
          return [whole.slice(0, a), whole.slice(a, b), whole.slice(b, c), whole.slice(c)] as const
        }
        const [from, to] = [cuts(one), cuts(other)]
        fc.pre([...from, ...to].every((name) => name !== '') && from.some((name, index) => name !== to[index]))
        const text = createSecretBox({ stage: from[0], keys: [newer] }).seal(secret, {
          table: from[1],
          key: from[2],
          attribute: from[3],
        })
        const elsewhere = createSecretBox({ stage: to[0], keys: [newer] })
        expect(opens(text, { table: to[1], key: to[2], attribute: to[3] }, elsewhere)).toBeUndefined()
      }),
      { numRuns: runs() },
    )
  })

  test('tells half a surrogate pair from what encoders put in its stead', () => {
    for (const [one, other] of [
      ['\ud800', '\ufffd'],
      ['\ud800', '\ud801'],
      ['\ud800', '\\ud800'],
    ] as const) {
      expect(opens(box.seal(secret, { ...place, key: one }), { ...place, key: other })).toBeUndefined()
      expect(opens(box.seal(secret, { ...place, key: one }), { ...place, key: one })).toBe(secret)
    }
  })

  test('has version, key id and all of its place under the tag', () => {
    const { table, key, attribute } = place
    const whole = ['v1', newer.id, stage, table, key, attribute]
    expect(opens(sealedByHand({ context: JSON.stringify(whole) }))).toBe(secret)
    for (const index of whole.keys()) {
      expect(opens(sealedByHand({ context: JSON.stringify(whole.toSpliced(index, 1)) }))).toBeUndefined()
      expect(opens(sealedByHand({ context: JSON.stringify(whole.with(index, 'other')) }))).toBeUndefined()
    }
    expect(opens(sealedByHand({ context: '' }))).toBeUndefined()
  })
})

describe('keys that are rotated', () => {
  test('old keys still open, and the newest seals', () => {
    fc.assert(
      fc.property(secrets, places, (text, where) => {
        const before = createSecretBox({ stage, keys: [older] }).seal(text, where)
        expect(before).toMatch(/^v1\.2026-05\./)
        expect(box.open(before, where)).toBe(text)
        expect(box.seal(text, where)).toMatch(/^v1\.2026-11\./)
      }),
      { numRuns: runs() },
    )
  })

  test('a key that opens and does not yet seal lets old and new programs run together', () => {
    const prepared = createSecretBox({ stage, keys: [older, newer] })
    expect(prepared.open(box.seal(secret, place), place)).toBe(secret)
    expect(box.open(prepared.seal(secret, place), place)).toBe(secret)
  })

  test('what an older key sealed needs resealing, and nothing else does', () => {
    const before = createSecretBox({ stage, keys: [older] }).seal(secret, place)
    expect(box.needsResealing(before)).toBe(true)
    const anew = box.seal(box.open(before, place), place)
    expect(box.needsResealing(anew)).toBe(false)
  })

  test('a key that was removed opens no more, and the error names it', () => {
    const gone = createSecretBox({ stage, keys: [oldest] }).seal(secret, place)
    for (const call of [() => box.open(gone, place), () => box.needsResealing(gone)]) {
      expect(thrown(call)).toMatchObject({ code: 'SECRET_KEY_UNKNOWN', message: expect.stringContaining('2025-11') })
    }
  })

  test('another key under the same id does not open', () => {
    const other = createSecretBox({ stage, keys: [{ id: newer.id, key: randomBytes(32) }] })
    expect(codeOf(() => other.open(box.seal(secret, place), place))).toBe('SECRET_UNREADABLE')
  })

  test('the id of another key, put into the text, does not open', () => {
    const renamed = box.seal(secret, place).replace(newer.id, older.id)
    expect(codeOf(() => box.open(renamed, place))).toBe('SECRET_UNREADABLE')
  })

  test.each(['__proto__', 'constructor', 'toString'])('no object lends a key of the name %s', (id) => {
    const text = box.seal(secret, place).replace(newer.id, id)
    expect(codeOf(() => box.open(text, place))).toBe('SECRET_KEY_UNKNOWN')
    const named = createSecretBox({ stage, keys: [{ id, key: randomBytes(32) }] })
    expect(named.open(named.seal(secret, place), place)).toBe(secret)
  })
})

describe('what is not sealed', () => {
  test('half a surrogate pair: it would come back as another text', () => {
    fc.assert(
      fc.property(fc.string(), fc.integer({ min: 0xd800, max: 0xdfff }), fc.string(), (before, half, after) => {
        const text = `${before}${String.fromCharCode(half)}${after}`
        expect(codeOf(() => box.seal(text, place))).toBe('SECRET_REFUSED')
      }),
      { numRuns: runs() },
    )
  })

  test('any text of UTF-16 either comes back as it was, or is refused', () => {
    const units = fc.array(fc.integer({ min: 0xd7fe, max: 0xe001 }), { maxLength: 6 })
    fc.assert(
      fc.property(units, (codes) => {
        const text = String.fromCharCode(...codes)
        if (Buffer.from(text).toString() === text) expect(box.open(box.seal(text, place), place)).toBe(text)
        else expect(codeOf(() => box.seal(text, place))).toBe('SECRET_REFUSED')
      }),
      { numRuns: runs() },
    )
  })

  test.each([['x'.repeat(65_537)], [`${'🐦'.repeat(16_384)}x`], ['é'.repeat(32_769)]])('more than 64 kB', (text) => {
    expect(codeOf(() => box.seal(text, place))).toBe('SECRET_REFUSED')
  })

  test.each([[undefined], [null], [42], [Buffer.from('secret')], [{}]])('what is no text: %p', (value) => {
    expect(codeOf(() => box.seal(value as unknown as string, place))).toBe('SECRET_REFUSED')
  })

  test.each(['table', 'key', 'attribute'] as const)('a secret whose place has no %s', (part) => {
    for (const value of ['', undefined, null, 12]) {
      const where = { ...place, [part]: value } as Place
      expect(codeOf(() => box.seal(secret, where))).toBe('SECRET_PLACE_INVALID')
      expect(codeOf(() => box.open(box.seal(secret, place), where))).toBe('SECRET_PLACE_INVALID')
    }
  })

  test.each(['', undefined])('anything without a stage', (value) => {
    expect(codeOf(() => createSecretBox({ stage: value as string, keys: [newer] }))).toBe('SECRET_PLACE_INVALID')
  })
})

describe('nothing leaks', () => {
  test('a box that is logged, serialized or walked through shows no key', () => {
    for (const keys of [[newer, older], parseKeys([newer, older].map(formatKey).join(','))]) {
      const some = createSecretBox({ stage, keys })
      const text = [some, Object.values(some), Reflect.ownKeys(some), { some }].map(printed).join('')
      for (const trace of [newer, older].flatMap(({ key }) => tracesOf(key))) expect(text).not.toContain(trace)
      expect(JSON.stringify(some)).toBe('{}')
      expect(Reflect.ownKeys(some)).toEqual(['seal', 'open', 'needsResealing'])
      expect(Object.values(some).every((value) => typeof value === 'function')).toBe(true)
    }
  })

  test('the search for traces finds a key that does show', () => {
    for (const shown of [newer, { key: Uint8Array.from(newer.key) }, newer.key.toString('base64'), formatKey(newer)]) {
      const text = printed(shown)
      expect(tracesOf(newer.key).some((trace) => text.includes(trace))).toBe(true)
    }
  })

  test('no error, and no cause of one, holds a secret, a key or the key of a row', () => {
    const row = 'request-token-of-somebody'
    const where = { ...place, key: row }
    const sealed = box.seal(secret, where)
    const stranger = createSecretBox({ stage, keys: [oldest] })
    const errors = [
      () => box.open(sealed, place),
      () => box.open(`${sealed}=`, where),
      () => box.open(sealed.slice(0, -1), where),
      () => box.open(secret, where),
      () => box.open(sealed.replace('v1', 'v2'), where),
      () => stranger.open(sealed, where),
      () => box.seal(`${secret}\ud800`, where),
      () => box.seal(secret.repeat(3_000), where),
      () => box.seal(Buffer.from(secret) as unknown as string, where),
      () => box.seal(secret, { ...where, table: '' }),
      () => createSecretBox({ stage: '', keys: [newer] }),
      () => createSecretBox({ stage, keys: [newer, newer] }),
      () => createSecretBox({ stage, keys: [{ ...newer, id: formatKey(newer) }] }),
      () => createSecretBox({ stage, keys: [{ ...newer, key: newer.key.subarray(1) }] }),
      () =>
        createSecretBox({ stage, keys: [{ ...newer, key: newer.key.toString('base64') as unknown as Uint8Array }] }),
    ].map(thrown)
    const text = errors.map(printed).join('')
    const hidden = [newer, older, oldest].flatMap(({ key }) => tracesOf(key))
    for (const trace of [...hidden, ...piecesOf(secret), row]) expect(text).not.toContain(trace)
  })

  test('a change of one bit tells nothing of the secret, wherever it is', () => {
    const sealed = box.seal(secret, place)
    const messages = new Set<string>()
    for (const flipped of flippedBits(bytesOf(sealed))) {
      messages.add(thrown(() => box.open(withBytes(sealed, flipped), place)).message)
    }
    expect(messages.size).toBe(1)
  })
})

describe('known faults of the originals', () => {
  test('a flipped bit of a stored token is refused: without authentication it decrypts to another token', () => {
    const cipher = (text: Uint8Array) => {
      const counter = createCipheriv('aes-256-ctr', newer.key, Buffer.alloc(16))
      return Buffer.concat([counter.update(text), counter.final()])
    }
    const stored = cipher(Buffer.from(secret))
    stored[0] = (stored[0] ?? 0) ^ 1
    expect(cipher(stored).toString()).toBe(`j${secret.slice(1)}`)

    const sealed = box.seal(secret, place)
    const bytes = bytesOf(sealed)
    bytes[12] = (bytes[12] ?? 0) ^ 1
    expect(codeOf(() => box.open(withBytes(sealed, bytes), place))).toBe('SECRET_UNREADABLE')
  })

  test("a token copied into another person's row is refused", () => {
    const mine = box.seal(secret, { ...place, key: '1' })
    expect(codeOf(() => box.open(mine, { ...place, key: '2' }))).toBe('SECRET_UNREADABLE')
  })
})
