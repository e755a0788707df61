import { blobStoreContract } from '@hexbird/core/contracts'
import { describe, expect, test } from '@jest/globals'
import { MemoryBlobStore } from '../src/memory-blob-store.js'
import { BLOB_STORE_FAULTS, faultyBlobStore } from './broken/blob-store.js'
import { testAgainstFaults } from './broken/contract-tests.js'

describe('MemoryBlobStore', () => {
  for (const { name, check } of blobStoreContract) test(name, () => check(() => new MemoryBlobStore()))

  test('of a Buffer the bytes are copied as well', async () => {
    const blobs = new MemoryBlobStore()
    const buffer = Buffer.from([1, 2, 3])
    await blobs.put('photos/1/2/0', buffer, 'image/png')
    buffer.fill(9)
    expect((await blobs.get('photos/1/2/0'))?.bytes).toEqual(new Uint8Array([1, 2, 3]))
  })
})

describe('the contract of a blob store', () => testAgainstFaults(blobStoreContract, BLOB_STORE_FAULTS, faultyBlobStore))
