import { mediaFetcherContract } from '@hexbird/core/contracts'
import { describe, expect, test } from '@jest/globals'
import { MemoryMediaFetcher, type ServedMedia } from '../src/memory-media-fetcher.js'
import { testFaults } from './broken-outside/faults.js'
import { MEDIA_FETCHER_FAULTS, memoryMediaFetcher } from './broken-outside/media-fetcher.js'

describe('MemoryMediaFetcher', () => {
  for (const { name, check } of mediaFetcherContract) test(name, () => check(memoryMediaFetcher))

  test('an address that it holds nothing for is gone', async () => {
    const result = await new MemoryMediaFetcher(new Map()).fetch({ url: 'https://pbs.twimg.com/media/a.jpg' })
    expect(result).toMatchObject({ kind: 'unreadable', reason: 'gone' })
  })

  test('what is served later counts, and so does what is taken away', async () => {
    const photo = { url: 'https://pbs.twimg.com/media/a.jpg' }
    const served = new Map<string, ServedMedia>()
    const fetcher = new MemoryMediaFetcher(served)
    served.set(photo.url, { bytes: new Uint8Array([0xff, 0xd8, 0xff]) })
    expect(await fetcher.fetch(photo)).toMatchObject({ kind: 'fetched' })
    served.clear()
    expect(await fetcher.fetch(photo)).toMatchObject({ reason: 'gone' })
  })

  test('a photo that was fetched is a copy', async () => {
    const bytes = new Uint8Array([0xff, 0xd8, 0xff, 1])
    const photo = { url: 'https://pbs.twimg.com/media/a.jpg' }
    const fetcher = new MemoryMediaFetcher(new Map([[photo.url, { bytes }]]))
    const first = await fetcher.fetch(photo)
    if (first.kind === 'fetched') first.bytes[3] = 2
    expect(await fetcher.fetch(photo)).toMatchObject({ bytes: new Uint8Array([0xff, 0xd8, 0xff, 1]) })
  })
})

describe('the contract of a media fetcher', () =>
  testFaults(mediaFetcherContract, MEDIA_FETCHER_FAULTS, memoryMediaFetcher))
