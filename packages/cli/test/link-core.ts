import { mkdir, symlink } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

/** Core, as if it were installed in this folder. */
export async function linkCore(folder: string): Promise<void> {
  await mkdir(join(folder, 'node_modules/@hexbird'), { recursive: true })
  await symlink(fileURLToPath(new URL('../../core', import.meta.url)), join(folder, 'node_modules/@hexbird/core'))
}
