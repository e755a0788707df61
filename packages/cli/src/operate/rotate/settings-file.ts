import { readFile, rename, rm, stat, writeFile } from 'node:fs/promises'
import type { SettingName } from '../settings.js'

/** Puts a value into a file of settings, in its line or at the end, and leaves the rest as it is. */
export async function putSetting(file: string, name: SettingName, value: string): Promise<void> {
  const text = await readFile(file, 'utf8')
  const line = new RegExp(`^(\\s*(?:export\\s+)?${name}\\s*=).*$`, 'm')
  const next = line.test(text)
    ? text.replace(line, (_, start: string) => `${start}${value}`)
    : `${text}${text === '' || text.endsWith('\n') ? '' : '\n'}${name}=${value}\n`
  // Whole or not at all, and for nobody's eyes but those that could read it before.
  const { mode } = await stat(file)
  const made = `${file}.new`
  try {
    await writeFile(made, next, { mode: mode & 0o777 })
    await rename(made, file)
  } finally {
    await rm(made, { force: true })
  }
}
