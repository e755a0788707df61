import { readFileSync, renameSync, rmSync } from 'node:fs'
import { DatabaseSync } from '@photostructure/sqlite'
import { ROOT } from '../root.js'

/** What the release before this one made of an empty file, as the store's own tests have it on record. */
const RECORDED = (version: number) => new URL(`packages/adapters-sqlite/test/version-${version}.sql`, ROOT)

/** Writes the store as the release before this one has it: in that one's tables, with what those know. */
export function downgrade(path: string): void {
  const old = `${path}.old`
  const db = new DatabaseSync(path)
  const { user_version: version } = db.prepare('PRAGMA user_version').get() as { user_version: number }
  const sql = readFileSync(RECORDED(version - 1), 'utf8')
  db.prepare('ATTACH ? AS old').run(old)
  const made = new DatabaseSync(old)
  made.exec(sql)
  const tables = made
    .prepare("SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE 'sqlite_%'")
    .all() as { name: string }[]
  made.close()
  for (const { name } of tables) {
    const columns = (db.prepare(`SELECT name FROM pragma_table_info('${name}', 'old')`).all() as { name: string }[])
      .map((column) => `"${column.name}"`)
      .join(', ')
    db.exec(`DELETE FROM old."${name}"; INSERT INTO old."${name}" (${columns}) SELECT ${columns} FROM main."${name}"`)
  }
  db.exec(
    'DELETE FROM old.sqlite_sequence; INSERT INTO old.sqlite_sequence SELECT * FROM main.sqlite_sequence WHERE name IN (SELECT name FROM old.sqlite_schema)',
  )
  db.close()
  for (const end of ['', '-wal', '-shm']) rmSync(`${path}${end}`, { force: true })
  renameSync(old, path)
}
