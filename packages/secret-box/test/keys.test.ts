import { createSecretKey, generateKeyPairSync, KeyObject, randomBytes } from 'node:crypto'
import { runs } from '@hexbird/testkit/runs'
import { describe, expect, test } from '@jest/globals'
import fc from 'fast-check'
import { createSecretBox, formatKey, newKey, parseKeys, type SecretKey } from '../src/index.js'
import { codeOf, thrown } from './thrown.js'
import { piecesOf, printed, tracesOf } from './traces.js'

const one = Buffer.from('a0'.repeat(32), 'hex')
const other = Buffer.from('fb'.repeat(32), 'hex')
const base64 = (bytes: Uint8Array) => Buffer.from(bytes).toString('base64')

const ids = fc.stringMatching(/^[A-Za-z0-9_-]{1,32}$/)
const keyBytes = fc.uint8Array({ minLength: 32, maxLength: 32 })
const keyLists = fc
  .uniqueArray(fc.tuple(ids, keyBytes), { minLength: 1, maxLength: 5, selector: ([id]) => id })
  .filter((keys) => new Set(keys.map(([, key]) => base64(key))).size === keys.length)

const bytesIn = ({ key }: SecretKey) => (key instanceof KeyObject ? key.export() : Buffer.from(key))

describe('keys as text', () => {
  test('are read in their order, the newest first', () => {
    const keys = parseKeys(`2026-11:${base64(one)},2026-05:${base64(other)}`)
    expect(keys.map(({ id }) => id)).toEqual(['2026-11', '2026-05'])
    expect(keys.map(bytesIn)).toEqual([one, other])
  })

  test('come back as they were written', () => {
    fc.assert(
      fc.property(keyLists, (list) => {
        const text = list.map(([id, key]) => formatKey({ id, key })).join(',')
        const keys = parseKeys(text)
        expect(keys.map((key) => [key.id, base64(bytesIn(key))])).toEqual(list.map(([id, key]) => [id, base64(key)]))
        expect(keys.map(formatKey).join(',')).toBe(text)
      }),
      { numRuns: runs() },
    )
  })

  test.each([
    ['a line end after', (text: string) => `${text}\n`],
    ['lines', (text: string) => text.replace(',', ',\n')],
    ['blanks around', (text: string) => `  ${text.replace(',', ' , ')}\t\r\n`],
  ])('are read with %s', (_, change) => {
    const text = `2026-11:${base64(one)},2026-05:${base64(other)}`
    expect(parseKeys(change(text)).map(formatKey).join(',')).toBe(text)
  })

  const missing = 'There are no keys: the text is missing or empty. Write one as <id>:<base64 of 32 random bytes>.'
  const notBase64 = (position: number) =>
    `Key ${position} is not base64. Write it as \`openssl rand -base64 32\` does, with + / and =.`
  const wrongId = (position: number) =>
    `The id of key ${position} is not 1 to 32 of A-Z a-z 0-9 _ -. Rename it; 2026-11 would do.`
  const good = `2026-11:${base64(one)}`
  const old = `2026-05:${base64(other)}`

  test.each([
    ['nothing', '', missing],
    ['blanks alone', ' \n', missing],
    ['a comma at the end', `${good},`, 'Key 2 is empty. Remove the comma that is too much.'],
    ['two commas', `${good},,${old}`, 'Key 2 is empty. Remove the comma that is too much.'],
    ['no id', base64(one), 'Key 1 has no id. Write it as <id>:<base64>.'],
    ['no id in the second', `${good},${base64(other)}`, 'Key 2 has no id. Write it as <id>:<base64>.'],
    ['an empty id', `:${base64(one)}`, wrongId(1)],
    ['an id with a dot', `2026.11:${base64(one)}`, wrongId(1)],
    ['an id too long', `${'x'.repeat(33)}:${base64(one)}`, wrongId(1)],
    ['a quote before', `"${good}"`, notBase64(1)],
    ['no key', `${good},2026-05:`, notBase64(2)],
    ['no padding', good.replace('=', ''), notBase64(1)],
    ['base64url', `${good},${old.replaceAll('+', '-').replaceAll('/', '_')}`, notBase64(2)],
    ['hex', `${good},2026-05:${other.toString('hex')}`, 'Key 2 has 48 bytes. AES-256 takes 32: make a new one.'],
    ['a blank inside', good.replace(':', ': '), notBase64(1)],
    ['bits left at the end', good.replace('A=', 'B='), notBase64(1)],
    ['two colons', good.replace(':', '::'), notBase64(1)],
    ['key and id the wrong way round', `${base64(one)}:2026-11`, notBase64(1)],
    ['16 bytes', `a:${base64(one.subarray(16))}`, 'Key 1 has 16 bytes. AES-256 takes 32: make a new one.'],
    ['31 bytes', `a:${base64(one.subarray(1))}`, 'Key 1 has 31 bytes. AES-256 takes 32: make a new one.'],
    [
      '33 bytes',
      `a:${base64(Buffer.concat([one, Buffer.of(1)]))}`,
      'Key 1 has 33 bytes. AES-256 takes 32: make a new one.',
    ],
    [
      'one id twice',
      `${good},${old},2026-11:${base64(randomBytes(32))}`,
      'Keys 1 and 3 have the same id. Rename the one that has sealed nothing yet.',
    ],
    ['one key twice', `${good},2026-05:${base64(one)}`, 'Keys 1 and 2 are the same key under two ids. Make a new one.'],
  ])('are refused with %s, and the error says what to do', (_, text, message) => {
    expect(thrown(() => parseKeys(text))).toMatchObject({ code: 'SECRET_KEYS_INVALID', message })
  })

  test('are refused where the variable is not set', () => {
    expect(thrown(() => parseKeys(undefined))).toMatchObject({ code: 'SECRET_KEYS_INVALID', message: missing })
  })

  test('are never quoted in an error, however they were spoilt', () => {
    const spoil = fc.record({
      at: fc.nat(),
      removed: fc.constantFrom(0, 1, 3),
      put: fc.oneof(fc.constantFrom('', ',', ':', ' ', '=', '"', '\n', '\ufeff', 'é'), fc.string({ maxLength: 3 })),
    })
    fc.assert(
      fc.property(keyLists, fc.array(spoil, { minLength: 1, maxLength: 3 }), (list, spoils) => {
        const whole = list.map(([id, key]) => `${id}:${base64(key)}`).join(',')
        const text = spoils.reduce((before, { at, removed, put }) => {
          const start = at % before.length
          return before.slice(0, start) + put + before.slice(start + removed)
        }, whole)
        let shown = ''
        try {
          shown = printed(parseKeys(text).map(({ key }) => key))
        } catch {
          shown = printed(thrown(() => parseKeys(text)))
        }
        const pieces = list.flatMap(([, key]) => piecesOf(base64(key)))
        expect(pieces.filter((piece) => shown.includes(piece))).toEqual([])
      }),
      { numRuns: runs() },
    )
  })
})

describe('keys as bytes', () => {
  const keys =
    (...list: unknown[]) =>
    () =>
      createSecretBox({ stage: 'test', keys: list as SecretKey[] })

  test.each([
    ['none', keys(), 'There are no keys. Give at least one, the newest first.'],
    [
      'no list',
      () => createSecretBox({ stage: 'test' } as never),
      'There are no keys. Give at least one, the newest first.',
    ],
    ['no bytes', keys({ id: 'a', key: new Uint8Array() }), 'Key 1 has 0 bytes. AES-256 takes 32: make a new one.'],
    ['a short one', keys({ id: 'a', key: one }, { id: 'b', key: other.subarray(1) }), 'Key 2 has 31 bytes.'],
    ['a short KeyObject', keys({ id: 'a', key: createSecretKey(one.subarray(8)) }), 'Key 1 has 24 bytes.'],
    ['text', keys({ id: 'a', key: base64(one) }), 'Key 1 is neither a Uint8Array nor a secret KeyObject.'],
    ['an array', keys({ id: 'a', key: [...one] }), 'Key 1 is neither a Uint8Array nor a secret KeyObject.'],
    ['no key', keys({ id: 'a' }), 'Key 1 is neither a Uint8Array nor a secret KeyObject.'],
    ['no id', keys({ key: one }), 'The id of key 1 is not'],
    ['an id with a blank', keys({ id: 'a b', key: one }), 'The id of key 1 is not'],
    ['an id with a line end', keys({ id: 'a\n', key: one }), 'The id of key 1 is not'],
    ['one id twice', keys({ id: 'a', key: one }, { id: 'a', key: other }), 'Keys 1 and 2 have the same id.'],
    ['one key twice', keys({ id: 'a', key: one }, { id: 'b', key: one }), 'Keys 1 and 2 are the same key'],
  ])('are refused: %s', (_, call, message) => {
    expect(thrown(call)).toMatchObject({ code: 'SECRET_KEYS_INVALID', message: expect.stringContaining(message) })
  })

  test('are refused where the key is a public one', () => {
    const { publicKey } = generateKeyPairSync('ed25519')
    expect(thrown(keys({ id: 'a', key: publicKey }))).toMatchObject({
      code: 'SECRET_KEYS_INVALID',
      message: expect.stringContaining('Key 1 is neither a Uint8Array nor a secret KeyObject.'),
    })
  })

  test('may be bytes or KeyObjects', () => {
    const place = { table: 'table', key: 'key', attribute: 'attribute' }
    const [bytes, held] = [one, createSecretKey(one)].map((key) =>
      createSecretBox({ stage: 'test', keys: [{ id: 'a', key }] }),
    )
    expect(held?.open(bytes?.seal('secret', place) ?? '', place)).toBe('secret')
  })
})

describe('a new key', () => {
  test('is 32 random bytes under its id', () => {
    const keys = Array.from({ length: 100 }, () => newKey('2026-11'))
    expect(keys.every((key) => key.id === '2026-11' && bytesIn(key).length === 32)).toBe(true)
    expect(new Set(keys.map(formatKey)).size).toBe(100)
  })

  test('is not made under an id that nobody could read', () => {
    for (const id of ['', '2026.11', 'x'.repeat(33), 'a:b', 'a,b', 'é']) {
      expect(codeOf(() => newKey(id))).toBe('SECRET_KEYS_INVALID')
      expect(codeOf(() => formatKey({ id, key: one }))).toBe('SECRET_KEYS_INVALID')
    }
  })

  test('does not show where it is logged or serialized, and neither do keys that were read', () => {
    const fresh = newKey('2026-11')
    const read = parseKeys(formatKey(fresh))
    const text = printed({ fresh, read })
    for (const trace of tracesOf(bytesIn(fresh))) expect(text).not.toContain(trace)
    expect(JSON.stringify(read)).toBe('[{"id":"2026-11","key":{}}]')
  })
})
