import fc from 'fast-check'
import type { BlobStore } from '../ports/blob-store.js'
import { type Contract, expectEqual, expectTrue, tries } from './case.js'

/** The contract of `BlobStore`. */
export const blobStoreContract: Contract<BlobStore> = [
  {
    name: 'a blob is read as it was put, every time',
    async check(make) {
      const blobs = await make()
      await blobs.put('photos/42/1/0', EVERY_BYTE, 'image/jpeg')
      await blobs.put('jobs/42/1.json', new Uint8Array(), 'application/json; charset=utf-8')
      for (let times = 0; times < 2; times++) {
        expectEqual(await blobs.get('photos/42/1/0'), { bytes: EVERY_BYTE, type: 'image/jpeg' }, 'the photo')
        const empty = { bytes: new Uint8Array(), type: 'application/json; charset=utf-8' }
        expectEqual(await blobs.get('jobs/42/1.json'), empty, 'the empty blob')
      }
    },
  },
  {
    name: 'a photo of 5 MB comes back whole',
    async check(make) {
      const blobs = await make()
      const photo = new Uint8Array(5_000_000)
      for (let start = 0; start < photo.length; start += 1_000) photo.fill(start / 1_000, start, start + 1_000)
      await blobs.put('photos/42/1/0', photo, 'image/png')
      const bytes = (await blobs.get('photos/42/1/0'))?.bytes ?? new Uint8Array()
      expectEqual(bytes.length, photo.length, 'the length')
      let same = 0
      while (same < photo.length && bytes[same] === photo[same]) same++
      expectEqual(same, photo.length, 'how many bytes came back as they were put')
    },
  },
  {
    name: 'of a view into a larger buffer, only the view is stored',
    async check(make) {
      const blobs = await make()
      await blobs.put('photos/42/1/0', EVERY_BYTE.subarray(10, 13), 'image/png')
      const expected = { bytes: new Uint8Array([10, 11, 12]), type: 'image/png' }
      expectEqual(await blobs.get('photos/42/1/0'), expected, 'the blob')
    },
  },
  {
    name: 'keys are taken letter by letter',
    async check(make) {
      const blobs = await make()
      const keys = [
        'a/b',
        'A/b',
        'a/B',
        'a/b ',
        'a%2Fb',
        'a+b',
        'a b',
        'a/b/',
        'a/é',
        'a/e\u0301',
        'a/日本 🐦',
        'a/.json',
      ]
      for (const [index, key] of keys.entries()) await blobs.put(key, new Uint8Array([index]), 'text/plain')
      for (const [index, key] of keys.entries()) {
        const expected = { bytes: new Uint8Array([index]), type: 'text/plain' }
        expectEqual(await blobs.get(key), expected, `get(${key})`)
      }
    },
  },
  {
    name: 'a key that was never put is not there',
    async check(make) {
      const blobs = await make()
      await blobs.put('photos/42/1/0', EVERY_BYTE, 'image/png')
      for (const key of ['photos/42/1/1', 'photos/42/1/', 'photos/42/1', 'photos', '0', '__proto__']) {
        expectEqual(await blobs.get(key), undefined, `get(${key})`)
      }
    },
  },
  {
    name: 'a blob put under the same key replaces the one that was there',
    async check(make) {
      const blobs = await make()
      await blobs.put('photos/42/1/0', EVERY_BYTE, 'image/jpeg')
      await blobs.put('photos/42/1/0', new Uint8Array([7]), 'image/png')
      const expected = { bytes: new Uint8Array([7]), type: 'image/png' }
      expectEqual(await blobs.get('photos/42/1/0'), expected, 'the blob')
    },
  },
  {
    name: 'a removed blob is gone, and only that one',
    async check(make) {
      const blobs = await make()
      await putAll(blobs, ['photos/42/1/1', 'photos/42/1/10', 'photos/42/1/1/0'])
      await blobs.remove('photos/42/1/1')
      const left = await stillThere(blobs, ['photos/42/1/1', 'photos/42/1/10', 'photos/42/1/1/0'])
      expectEqual(left, ['photos/42/1/10', 'photos/42/1/1/0'], 'what is left')
    },
  },
  {
    name: 'removing what is not there does nothing',
    async check(make) {
      const blobs = await make()
      await blobs.remove('photos/42/1/0')
      await blobs.removeAll('photos/42/1/')
      await putAll(blobs, ['photos/42/1/0'])
      await blobs.remove('photos/42/1/1')
      await blobs.removeAll('photos/43/')
      expectEqual(await stillThere(blobs, ['photos/42/1/0']), ['photos/42/1/0'], 'what is left')
    },
  },
  {
    name: 'removing all under a prefix takes every blob below it, at any depth, and no other',
    async check(make) {
      const blobs = await make()
      const below = ['photos/1/', 'photos/1/0', 'photos/1/1', 'photos/1/2/3/4', 'photos/1/é 🐦']
      const others = [
        'photos/10/0',
        'photos/1',
        'photos/1.json',
        'photos/2/0',
        'photos/11/1/0',
        'x/photos/1/0',
        'jobs/1/0',
      ]
      await putAll(blobs, [...below, ...others])
      await blobs.removeAll('photos/1/')
      expectEqual(await stillThere(blobs, [...below, ...others]), others, 'what is left')
    },
  },
  {
    name: 'a prefix is no pattern',
    async check(make) {
      const blobs = await make()
      const others = ['photos/10/0', 'photos/1/0', 'photos/abc/0']
      await putAll(blobs, ['photos/1./0', 'photos/_%*/0', ...others])
      for (const prefix of ['photos/1./', 'photos/_%*/', 'photos/.*/']) await blobs.removeAll(prefix)
      const left = await stillThere(blobs, ['photos/1./0', 'photos/_%*/0', ...others])
      expectEqual(left, others, 'what is left')
    },
  },
  {
    name: 'of many concurrent puts one is there whole',
    async check(make) {
      const blobs = await make()
      const puts = Array.from({ length: 20 }, (_, index) => ({
        bytes: new Uint8Array(index + 1).fill(index),
        type: `image/${index}`,
      }))
      await Promise.all(puts.map(({ bytes, type }) => blobs.put('photos/42/1/0', bytes, type)))
      const blob = await blobs.get('photos/42/1/0')
      const last = puts.find(({ type }) => type === blob?.type)
      expectTrue(last !== undefined, 'after 20 concurrent puts none of the blobs is there')
      expectEqual(blob, last, 'the blob')
    },
  },
  {
    name: 'changing what was put changes nothing inside',
    async check(make) {
      const blobs = await make()
      const bytes = new Uint8Array([1, 2, 3])
      await blobs.put('photos/42/1/0', bytes, 'image/png')
      bytes.fill(9)
      const expected = { bytes: new Uint8Array([1, 2, 3]), type: 'image/png' }
      expectEqual(await blobs.get('photos/42/1/0'), expected, 'the blob')
    },
  },
  {
    name: 'changing what was read changes nothing inside',
    async check(make) {
      const blobs = await make()
      const expected = { bytes: new Uint8Array([1, 2, 3]), type: 'image/png' }
      await blobs.put('photos/42/1/0', new Uint8Array([1, 2, 3]), 'image/png')
      const blob = await blobs.get('photos/42/1/0')
      expectEqual(blob, expected, 'the blob')
      blob?.bytes.fill(9)
      Object.assign(blob ?? {}, { type: 'changed' })
      expectEqual(await blobs.get('photos/42/1/0'), expected, 'the blob read again')
    },
  },
  {
    name: 'any sequence of puts and removals does what one map of blobs does',
    async check(make) {
      const property = fc.asyncProperty(fc.array(command, { minLength: 2, maxLength: 8 }), async (commands) => {
        const blobs = await make()
        const model = new Map<string, number>()
        for (const { kind, key, prefix, byte } of commands) {
          if (kind === 'put') {
            model.set(key, byte)
            await blobs.put(key, new Uint8Array([byte]), 'image/png')
          } else if (kind === 'remove') {
            model.delete(key)
            await blobs.remove(key)
          } else {
            for (const stored of [...model.keys()].filter((name) => name.startsWith(prefix))) model.delete(stored)
            await blobs.removeAll(prefix)
          }
        }
        for (const key of KEYS) {
          const byte = model.get(key)
          const expected = byte === undefined ? undefined : { bytes: new Uint8Array([byte]), type: 'image/png' }
          expectEqual(await blobs.get(key), expected, `get(${key}) in the end`)
        }
      })
      const run = await fc.check(property, tries())
      expectTrue(!run.failed, `${fc.defaultReportMessage(run)}`)
    },
  },
]

const EVERY_BYTE = new Uint8Array(256).map((_, index) => index)

async function putAll(blobs: BlobStore, keys: readonly string[]): Promise<void> {
  await Promise.all(keys.map((key) => blobs.put(key, EVERY_BYTE, 'image/png')))
}

async function stillThere(blobs: BlobStore, keys: readonly string[]): Promise<string[]> {
  const found = await Promise.all(keys.map((key) => blobs.get(key)))
  return keys.filter((_, index) => found[index] !== undefined)
}

const KEYS = ['a/1/0', 'a/1/1', 'a/10/0', 'b/1/0']

const command = fc.record({
  kind: fc.constantFrom('put', 'put', 'remove', 'removeAll'),
  key: fc.constantFrom(...KEYS),
  prefix: fc.constantFrom('a/', 'a/1/', 'b/'),
  byte: fc.constantFrom(0, 1),
})
