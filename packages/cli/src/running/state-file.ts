import { lstat, mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir, userInfo } from 'node:os'
import { join } from 'node:path'
import { UsageError } from '../usage-error.js'

/** Where a running `hexbird dev` is found, for other commands of the same person. */
export interface Running {
  readonly v: 1
  readonly pid: number
  /** The address of the local X. */
  readonly x: string
  readonly bot: string
  /** Where it was started. */
  readonly folder?: string
  /** Where it takes requests of an operator, from who knows the token. */
  readonly control: string
  readonly token: string
}

/** Notes it down, for this user's eyes alone. Gives a function that removes the note. */
export async function note(running: Omit<Running, 'v' | 'pid'>): Promise<() => Promise<void>> {
  const path = join(await folder(), `${process.pid}.json`)
  await rm(path, { force: true })
  await writeFile(path, JSON.stringify({ v: 1, pid: process.pid, ...running } satisfies Running), {
    mode: 0o600,
    flag: 'wx',
  })
  return () => rm(path, { force: true })
}

/** Whether it was started in the current folder. */
export const isHere = ({ folder }: Running): boolean => folder === process.cwd()

/** All that run. Notes of those that were killed are removed. */
export async function allRunning(): Promise<readonly Running[]> {
  const parent = await folder()
  const names = (await readdir(parent)).filter((name) => name.endsWith('.json')).sort()
  const read = await Promise.all(
    names.map(async (name) => {
      const path = join(parent, name)
      const running = await readNote(path)
      if (running && isAlive(running.pid)) return [running]
      await rm(path, { force: true })
      return []
    }),
  )
  return read.flat()
}

async function readNote(path: string): Promise<Running | undefined> {
  try {
    const running = JSON.parse(await readFile(path, 'utf8')) as Running
    return running.v === 1 ? running : undefined
  } catch {
    // Half written, or just removed.
    return undefined
  }
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0)
    return true
  } catch {
    return false
  }
}

/** @throws UsageError where somebody else has made it, or may write into it: what it says could lead anywhere */
async function folder(): Promise<string> {
  const { uid, username } = userInfo()
  const path = join(tmpdir(), `hexbird-${uid < 0 ? username : uid}`)
  await mkdir(path, { recursive: true, mode: 0o700 })
  const stats = await lstat(path)
  // Windows has neither owners nor such bits: there the folder for temporary files is the user's own.
  const isOurs = process.platform === 'win32' || (stats.uid === uid && (stats.mode & 0o077) === 0)
  if (stats.isDirectory() && isOurs) return path
  throw new UsageError(`${path} is not a folder that only you can use. Remove it, or set TMPDIR to another place.`)
}
