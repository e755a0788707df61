import { randomBytes } from 'node:crypto'
import { open, rename, rm } from 'node:fs/promises'
import { basename, dirname, join } from 'node:path'

/** Who a file belongs to, and who may do what with it. */
export interface Access {
  readonly mode: number
  readonly uid: number
  readonly gid: number
}

/**
 * Writes a file in one step, so that readers find the old contents or the new ones. The contents are written to a new
 * file that only this user can read and then take the place of the old file or link, which is not followed.
 *
 * @param access of the file that is replaced; without it, the new file is for this user alone
 */
export async function replaceFile(path: string, text: string, access?: Access): Promise<void> {
  const folder = dirname(path)
  const fresh = join(folder, `${basename(path)}.${randomBytes(8).toString('hex')}.new`)
  const file = await open(fresh, 'wx', 0o600)
  try {
    try {
      await file.writeFile(text)
      if (access) {
        const made = await file.stat()
        if (made.uid !== access.uid || made.gid !== access.gid) await file.chown(access.uid, access.gid)
        await file.chmod(access.mode & 0o777)
      }
      await file.sync()
    } finally {
      await file.close()
    }
    await rename(fresh, path)
  } finally {
    await rm(fresh, { force: true })
  }
  await syncFolder(folder)
}

/** So that the new name survives a power failure. Windows cannot open folders, and needs none of this. */
export async function syncFolder(folder: string): Promise<void> {
  if (process.platform !== 'win32') await syncFile(folder)
}

/** So that the contents survive a power failure. */
export async function syncFile(path: string): Promise<void> {
  const opened = await open(path, 'r')
  try {
    await opened.sync()
  } finally {
    await opened.close()
  }
}
