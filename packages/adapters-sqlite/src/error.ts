/** The code of a `SqliteError`. */
export type SqliteErrorCode =
  /** The disk or a quota is full. The call stored nothing. */
  | 'STORE_DISK_FULL'
  /** The file or its folder isn't writable. */
  | 'STORE_READ_ONLY'
  /** Another process kept the file locked for too long. */
  | 'STORE_BUSY'
  /** The file is damaged. */
  | 'STORE_CORRUPT'
  /** The file isn't a database, or belongs to another program. */
  | 'STORE_NOT_A_STORE'
  /** A later release wrote the file. */
  | 'STORE_NEWER'
  /** Another run is using the file. */
  | 'STORE_IN_USE'
  /** The file cannot be opened: its folder is missing, or it is a folder itself. */
  | 'STORE_CANNOT_OPEN'
  /** The disk failed. */
  | 'STORE_DISK_FAILED'
  /** The store was closed. */
  | 'STORE_CLOSED'
  /** SQLite failed for a reason that this package doesn't know. */
  | 'STORE_FAILED'
  /** A file already exists at the backup's path. */
  | 'BACKUP_EXISTS'
  /** The queue already has a consumer, or was already requested from the store. */
  | 'QUEUE_CONSUMED'
  /** A queue's item can't be written as JSON. */
  | 'ITEM_INVALID'

/** A store could not be opened, read or written. The call that threw stored nothing. */
export class SqliteError extends Error {
  override readonly name = 'SqliteError'
  readonly code: SqliteErrorCode

  constructor(code: SqliteErrorCode, message: string, options?: ErrorOptions) {
    super(message, options)
    this.code = code
  }
}

const HINTS = {
  STORE_DISK_FULL: 'The disk is full, so nothing was stored. Free some space, then try again.',
  STORE_READ_ONLY: 'The file is not writable. Check the owner and mode of the file and its folder.',
  STORE_BUSY: 'Another process kept the file locked. Try again, or stop that process.',
  STORE_CORRUPT: 'The file is damaged. Stop the bot and restore a backup.',
  STORE_NOT_A_STORE: 'The file is not a hexbird store. Choose another path.',
  STORE_CANNOT_OPEN: 'The file cannot be opened. Check that its folder exists, and who owns the file and its folder.',
  STORE_DISK_FAILED: "The disk could not be read or written. Check the disk and the system's log.",
  STORE_CLOSED: 'The store is closed. Stop everything that uses the store before you close it.',
  STORE_FAILED: 'SQLite refused the call.',
} as const satisfies Partial<Record<SqliteErrorCode, string>>

/** Codes by SQLite's primary result code. Source: https://www.sqlite.org/rescode.html */
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

/** Codes by the error names of Node.js and of the driver. */
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

/** Converts an error of the driver or the file system into a `SqliteError`. Returns other errors unchanged. */
export function sqliteError(error: unknown, path: string): unknown {
  if (typeof error !== 'object' || error === null || error instanceof SqliteError) return error
  // Check its shape, because an error of another realm isn't `instanceof Error`.
  const { code, errcode } = error as { code?: unknown; errcode?: unknown }
  const known = (typeof errcode === 'number' && CODES[errcode & 0xff]) || NAMES[String(code)]
  return known ? new SqliteError(known, `${path}: ${HINTS[known]}`, { cause: error }) : error
}
