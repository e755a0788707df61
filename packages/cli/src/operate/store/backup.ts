import { randomBytes } from 'node:crypto'
import { existsSync, realpathSync } from 'node:fs'
import { rename, rm, stat } from 'node:fs/promises'
import { dirname } from 'node:path'
import { checkStore } from '@hexbird/adapters-sqlite'
import { foreign } from '../../foreign.js'
import { syncFile, syncFolder } from '../../private-file.js'
import { mendable, openStore } from '../../run/store.js'
import type { Terminal } from '../../terminal.js'
import { UsageError } from '../../usage-error.js'
import { type StoreGiven, storePath } from './path.js'

/** Copies the store, while the bot runs, to a file that its owner alone can read. */
export async function backup(
  file: string,
  given: StoreGiven & { readonly force?: true },
  terminal: Terminal,
): Promise<number> {
  const { path } = await storePath(given)
  if (!existsSync(path))
    throw new UsageError(`There is no store ${foreign(path)}. Pass --store <file> with the file of \`hexbird run\`.`)
  if (existsSync(file) && realpathSync(file) === realpathSync(path)) {
    throw new UsageError(`${foreign(file)} is the store itself. Choose another name for the backup.`)
  }
  refuseUnlessFree(file, given.force)
  const fresh = `${file}.${randomBytes(8).toString('hex')}.new`
  try {
    const facts = await terminal.during('Copying and checking', copied(path, fresh))
    await syncFile(fresh)
    refuseUnlessFree(file, given.force)
    await rename(fresh, file)
    await syncFolder(dirname(file))
    const { size } = await stat(file)
    terminal.say(`Copied ${foreign(path)} to ${foreign(file)}: ${size} bytes, checked. Only you can read the copy.`)
    terminal.result({ file, store: path, bytes: size, botId: facts.botId, version: facts.version })
    return 0
  } finally {
    await rm(fresh, { force: true })
  }
}

function refuseUnlessFree(file: string, force: true | undefined): void {
  if (force || !existsSync(file)) return
  throw new UsageError(`${foreign(file)} already exists. Choose another name, or pass --force to replace it.`)
}

/** @throws UsageError where the person can mend what is in the way */
async function copied(path: string, fresh: string) {
  const store = openStore(path, { shared: true })
  try {
    await store.backup(fresh)
  } finally {
    store.close()
  }
  return mendable(() => checkStore(fresh))
}
