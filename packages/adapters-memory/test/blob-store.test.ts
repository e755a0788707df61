import { blobStoreContract } from '@hexbird/core/contracts'
import { describe, expect, test } from '@jest/globals'
import { MemoryBlobStore } from '../src/memory-blob-store.js'
import { BLOB_STORE_FAULTS, faultyBlobStore } from './broken/blob-store.js'
import { testAgainstFaults } from './broken/contract-tests.js'

describe('MemoryBlobStore', () => {
  for (const { name, check } of blobStoreContract) test(name, () => check(() => new MemoryBlobStore()))

  test('tells of each put once it can be read, and of nothing else', async () => {
    const told: [string, Promise<unknown>][] = []
    const blobs: MemoryBlobStore = new MemoryBlobStore({ onStored: (key) => told.push([key, blobs.get(key)]) })
    await blobs.put('photos/1/2/0', new Uint8Array([1]), 'image/png')
    await blobs.put('jobs/1/2.json', new Uint8Array([2]), 'application/json')
    await blobs.put('jobs/1/2.json', new Uint8Array([3]), 'application/json')
    await blobs.remove('jobs/1/2.json')
    await blobs.removeAll('photos/1/')
    const seen = await Promise.all(told.map(async ([key, blob]) => [key, await blob]))
    expect(seen).toEqual([
      ['photos/1/2/0', { bytes: new Uint8Array([1]), type: 'image/png' }],
      ['jobs/1/2.json', { bytes: new Uint8Array([2]), type: 'application/json' }],
      ['jobs/1/2.json', { bytes: new Uint8Array([3]), type: 'application/json' }],
    ])
  })

  test('of a Buffer the bytes are copied as well', async () => {
    const blobs = new MemoryBlobStore()
    const buffer = Buffer.from([1, 2, 3])
    await blobs.put('photos/1/2/0', buffer, 'image/png')
    buffer.fill(9)
    expect((await blobs.get('photos/1/2/0'))?.bytes).toEqual(new Uint8Array([1, 2, 3]))
  })
})

describe('the contract of a blob store', () => testAgainstFaults(blobStoreContract, BLOB_STORE_FAULTS, faultyBlobStore))
