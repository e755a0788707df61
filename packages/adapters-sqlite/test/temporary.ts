import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import { createSecretBox } from '@hexbird/secret-box'
import { runs } from '@hexbird/testkit/runs'
import { afterEach } from '@jest/globals'
import { configureGlobal } from 'fast-check'
import { openStore, type Store, type StoreOptions } from '../src/index.js'

// For the properties of the contracts.
configureGlobal({ numRuns: runs(25, 5) })

/** The same on each run: there are recorded rows that it sealed. */
export const box = createSecretBox({ stage: 'test', keys: [{ id: 'test', key: new Uint8Array(32) }] })

const open = new Set<Store>()
const folders: string[] = []

setFlagsFromString('--expose-gc')
const collectGarbage = runInNewContext('gc') as () => void
let left = 0

/** The driver keeps the files of a closed store open until its statements are collected: a property makes a hundred. */
afterEach(async () => {
  left += open.size
  for (const store of open) closed(store)
  for (const folder of folders.splice(0)) rmSync(folder, { recursive: true })
  if (left < 40) return
  left = 0
  collectGarbage()
  await new Promise((resolve) => setImmediate(resolve))
})

/** The path of a store that is not there yet, in a folder that is removed after the test. */
export function freshPath(): string {
  const folder = mkdtempSync(join(tmpdir(), 'hexbird-sqlite-'))
  folders.push(folder)
  return join(folder, 'bot.sqlite')
}

let empty: Uint8Array | undefined

/** The path of an empty store: to copy one takes a fraction of the time of making one. */
export function emptyPath(): string {
  const path = freshPath()
  if (empty) writeFileSync(path, empty)
  else {
    openStore(path).close()
    empty = readFileSync(path)
  }
  return path
}

/** A store that is closed after the test. */
export function opened(path = emptyPath(), options?: StoreOptions): Store {
  const store = openStore(path, options)
  open.add(store)
  return store
}

export function closed(store: Store): void {
  open.delete(store)
  store.close()
}
