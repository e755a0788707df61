import type { Blob, BlobStore } from '@hexbird/core/adapter'
import { turns } from './turns.js'

const ROUND_TRIP = 'a blob is read as it was put, every time'
const LARGE = 'a photo of 5 MB comes back whole'
const VIEW = 'of a view into a larger buffer, only the view is stored'
const KEYS = 'keys are taken letter by letter'
const UNKNOWN = 'a key that was never put is not there'
const REPLACED = 'a blob put under the same key replaces the one that was there'
const REMOVED = 'a removed blob is gone, and only that one'
const NOT_THERE = 'removing what is not there does nothing'
const PREFIX = 'removing all under a prefix takes every blob below it, at any depth, and no other'
const PATTERN = 'a prefix is no pattern'
const WHOLE = 'of many concurrent puts one is there whole'
const COPY_IN = 'changing what was put changes nothing inside'
const COPY_OUT = 'changing what was read changes nothing inside'
const MODEL = 'any sequence of puts and removals does what one map of blobs does'

export const BLOB_STORE_FAULTS = {
  'the type is not kept': [ROUND_TRIP, REPLACED],
  'bytes go through text': [ROUND_TRIP],
  'an empty blob is none': [ROUND_TRIP],
  'get removes': [ROUND_TRIP],
  'what is above 4 MB is cut off': [LARGE],
  'the buffer behind a view is stored': [VIEW],
  'keys are compared without their case': [KEYS],
  'keys are made one form of unicode': [KEYS],
  'keys are trimmed': [KEYS],
  'keys are decoded': [KEYS],
  'a folder is found': [UNKNOWN],
  'the first put is kept': [REPLACED, MODEL],
  'remove does nothing': [REMOVED, MODEL],
  'remove takes every key that begins alike': [REMOVED],
  'removing what is not there empties the store': [NOT_THERE],
  'removing all forgets the slash': [PREFIX],
  'removing all stops at the first level': [PREFIX],
  'removing all looks for the prefix anywhere': [PREFIX],
  'removing all takes its prefix as a pattern': [PATTERN],
  'put waits between the bytes and the type': [WHOLE],
  'put keeps what it was given': [COPY_IN],
  'get gives out what is inside': [COPY_OUT],
  'get gives out the bytes that are inside': [COPY_OUT],
} as const

export type BlobStoreFault = keyof typeof BLOB_STORE_FAULTS

export function faultyBlobStore(fault?: BlobStoreFault): BlobStore {
  const blobs = new Map<string, Blob>()
  let puts = 0

  function nameOf(key: string): string {
    if (fault === 'keys are compared without their case') return key.toLowerCase()
    if (fault === 'keys are made one form of unicode') return key.normalize('NFC')
    if (fault === 'keys are trimmed') return key.trim()
    if (fault === 'keys are decoded') return key.replaceAll('%2F', '/')
    return key
  }

  function kept(bytes: Uint8Array): Uint8Array {
    if (fault === 'put keeps what it was given') return bytes
    if (fault === 'the buffer behind a view is stored') return new Uint8Array(bytes.buffer.slice(0))
    if (fault === 'bytes go through text') return new TextEncoder().encode(new TextDecoder().decode(bytes))
    return new Uint8Array(fault === 'what is above 4 MB is cut off' ? bytes.subarray(0, 4_000_000) : bytes)
  }

  function isUnder(key: string, prefix: string): boolean {
    if (fault === 'removing all forgets the slash') return key.startsWith(prefix.slice(0, -1))
    if (fault === 'removing all looks for the prefix anywhere') return key.includes(prefix)
    if (fault === 'removing all takes its prefix as a pattern') return new RegExp(`^${prefix}`).test(key)
    if (!key.startsWith(prefix)) return false
    return fault !== 'removing all stops at the first level' || !key.slice(prefix.length).includes('/')
  }

  return {
    async put(key, bytes, type) {
      const name = nameOf(key)
      if (fault === 'the first put is kept' && blobs.has(name)) return
      if (fault === 'an empty blob is none' && bytes.length === 0) return
      if (fault === 'put waits between the bytes and the type') {
        blobs.set(name, { bytes: kept(bytes), type })
        await turns(puts++ % 2 === 0 ? 2 : 1)
        blobs.set(name, { bytes: blobs.get(name)?.bytes ?? bytes, type })
      } else {
        blobs.set(name, { bytes: kept(bytes), type: fault === 'the type is not kept' ? 'image/jpeg' : type })
      }
    },
    async get(key) {
      const name = nameOf(key)
      const blob = blobs.get(name)
      if (fault === 'get removes') blobs.delete(name)
      if (fault === 'get gives out what is inside') return blob
      if (fault === 'get gives out the bytes that are inside') return blob && { ...blob }
      if (fault === 'a folder is found' && blob === undefined) {
        return [...blobs].find(([other]) => other.startsWith(name))?.[1]
      }
      return blob && { ...blob, bytes: new Uint8Array(blob.bytes) }
    },
    async remove(key) {
      if (fault === 'remove does nothing') return
      if (fault === 'removing what is not there empties the store' && !blobs.has(key)) blobs.clear()
      blobs.delete(nameOf(key))
      if (fault !== 'remove takes every key that begins alike') return
      for (const other of blobs.keys()) if (other.startsWith(key)) blobs.delete(other)
    },
    async removeAll(prefix) {
      for (const key of blobs.keys()) if (isUnder(key, prefix)) blobs.delete(key)
    },
  }
}
