import { foreign } from './foreign.js'
import { UsageError } from './usage-error.js'

/** What went wrong with a file, and what to do, by the codes that systems give. */
const PROBLEMS: Readonly<Record<string, string>> = {
  ENOENT: 'there is no such file or folder. Check the path',
  EEXIST: 'it exists already. Choose another name, or remove it',
  EISDIR: 'it is a folder. Give the path of a file',
  ENOTDIR: 'a part of the path is a file, not a folder. Check the path',
  ENOTEMPTY: 'it is not empty. Choose another folder, or empty this one',
  EACCES: 'you do not have permission. Change its permissions, or choose another place',
  EPERM: 'you are not allowed to change it. Change its owner or permissions, or choose another place',
  ELOOP: 'its symbolic links form a loop. Remove the link, or choose another path',
  ENAMETOOLONG: 'the name is too long. Choose a shorter one',
  ENOSPC: 'the disk is full. Free some space and try again',
  EDQUOT: 'the disk quota is used up. Free some space and try again',
  EROFS: 'the file system is read-only. Choose another place',
}

/** What is wrong and what to do, for the end of a sentence and without its full stop. */
export function problemOf(error: unknown): string {
  const { code = '', message } = error as NodeJS.ErrnoException
  return PROBLEMS[code] ?? foreign(message)
}

/** Handles a failed read: returns `instead` if the file does not exist. */
export const unlessMissing =
  <T>(instead: T) =>
  (error: unknown): T => {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return instead
    throw error
  }

/** Handles a failed read: throws a usage error that says why. */
export const unreadable =
  (path: string) =>
  (cause: unknown): never => {
    throw new UsageError(`${path} cannot be read: ${problemOf(cause)}.`, { cause })
  }

/** An error of the file system as a usage error, if it is one that a person can fix. */
export function fileMistake(error: unknown): UsageError | undefined {
  if (typeof error !== 'object' || error === null) return undefined
  const { code = '', path, syscall } = error as NodeJS.ErrnoException
  // Programs that cannot be started have a path too.
  if (path === undefined || syscall === undefined || syscall.startsWith('spawn')) return undefined
  if (!Object.hasOwn(PROBLEMS, code)) return undefined
  return new UsageError(`${foreign(path)} cannot be used: ${problemOf(error)}.`, { cause: error })
}
