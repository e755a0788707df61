/** What went wrong between this program and its file. */
export type SqliteErrorCode =
  /** The disk, or a quota, has no room left. Nothing of the call was stored. */
  | 'STORE_DISK_FULL'
  /** The file or its folder may not be written. */
  | 'STORE_READ_ONLY'
  /** Another process kept the file locked for too long. */
  | 'STORE_BUSY'
  /** The file is damaged. */
  | 'STORE_CORRUPT'
  /** The file is no database, or one of another program. */
  | 'STORE_NOT_A_STORE'
  /** A later release wrote the file. */
  | 'STORE_NEWER'
  /** Another run has the file. */
  | 'STORE_IN_USE'
  /** The file cannot be opened: its folder is missing, or it is a folder itself. */
  | 'STORE_CANNOT_OPEN'
  /** The disk failed. */
  | 'STORE_DISK_FAILED'
  /** The store was closed. */
  | 'STORE_CLOSED'
  /** SQLite refused for a reason that this package does not know. */
  | 'STORE_FAILED'
  /** There is a file where the backup should go. */
  | 'BACKUP_EXISTS'
  /** A queue has one consumer, and one object, at a time. */
  | 'QUEUE_CONSUMED'
  /** What was put into a queue is no JSON. */
  | 'ITEM_INVALID'

/** A store could not be opened, read or written. Nothing is half done: the call that threw stored nothing. */
export class SqliteError extends Error {
  override readonly name = 'SqliteError'
  readonly code: SqliteErrorCode

  constructor(code: SqliteErrorCode, message: string, options?: ErrorOptions) {
    super(message, options)
    this.code = code
  }
}

const HINTS = {
  STORE_DISK_FULL: 'The disk is full. Free some space, then try again: nothing of this call was stored.',
  STORE_READ_ONLY: 'It may not be written. Check the owner and mode of the file and its folder.',
  STORE_BUSY: 'Another process kept it locked. Try again, or stop that process.',
  STORE_CORRUPT: 'The file is damaged. Stop the bot and restore a backup.',
  STORE_NOT_A_STORE: 'It is not a hexbird store. Choose another path.',
  STORE_CANNOT_OPEN: 'It cannot be opened. Check that its folder exists, and who owns what is there.',
  STORE_DISK_FAILED: "The disk could not be read or written. Check the disk and the system's log.",
  STORE_CLOSED: 'It is closed. Stop what uses the store before closing it.',
  STORE_FAILED: 'SQLite refused the call.',
} as const satisfies Partial<Record<SqliteErrorCode, string>>

/** By SQLite's primary result code. Source: https://www.sqlite.org/rescode.html */
const CODES: Readonly<Record<number, keyof typeof HINTS>> = {
  3: 'STORE_READ_ONLY',
  5: 'STORE_BUSY',
  6: 'STORE_BUSY',
  8: 'STORE_READ_ONLY',
  10: 'STORE_DISK_FAILED',
  11: 'STORE_CORRUPT',
  13: 'STORE_DISK_FULL',
  14: 'STORE_CANNOT_OPEN',
  26: 'STORE_NOT_A_STORE',
}

/** By the names that Node.js and the driver have for what went wrong. */
const NAMES: Readonly<Record<string, keyof typeof HINTS>> = {
  EACCES: 'STORE_READ_ONLY',
  EPERM: 'STORE_READ_ONLY',
  EROFS: 'STORE_READ_ONLY',
  ENOSPC: 'STORE_DISK_FULL',
  EDQUOT: 'STORE_DISK_FULL',
  EIO: 'STORE_DISK_FAILED',
  ENOENT: 'STORE_CANNOT_OPEN',
  ENOTDIR: 'STORE_CANNOT_OPEN',
  EISDIR: 'STORE_CANNOT_OPEN',
  ERR_SQLITE_ERROR: 'STORE_FAILED',
  ERR_INVALID_STATE: 'STORE_CLOSED',
}

/** What the driver or the file system threw, as a `SqliteError`; anything else as it is. */
export function sqliteError(error: unknown, path: string): unknown {
  if (typeof error !== 'object' || error === null || error instanceof SqliteError) return error
  // By its shape: an error of another realm is no `instanceof Error`.
  const { code, errcode } = error as { code?: unknown; errcode?: unknown }
  const known = (typeof errcode === 'number' && CODES[errcode & 0xff]) || NAMES[String(code)]
  return known ? new SqliteError(known, `${path}: ${HINTS[known]}`, { cause: error }) : error
}
