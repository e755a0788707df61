import { readFile, realpath, stat } from 'node:fs/promises'
import { parse } from 'dotenv'
import { unlessMissing } from '../../file-problem.js'
import { replaceFile } from '../../private-file.js'
import { UsageError } from '../../usage-error.js'
import { ofLocalX, type SettingName } from '../settings.js'

/** How dotenv finds settings, with all before the value as the first group: a quoted value may have several lines. */
const SETTING =
  /^(\s*(?:export\s+)?([\w.-]+)(?:\s*=\s*?|:\s+?))(?:\s*'(?:\\'|[^'])*'|\s*"(?:\\"|[^"])*"|\s*`(?:\\`|[^`])*`|[^#\r\n]+)?(?=\s*(?:#.*)?$)/gm

/**
 * Puts a value into a file of settings, wherever the name is set, or at the end, and leaves the rest as it is. Where the
 * path is a link, the file that it leads to is changed.
 *
 * @throws UsageError if the value cannot be written down so that it is read again
 */
export async function putSetting(path: string, name: SettingName, value: string): Promise<void> {
  const file = await realpath(path)
  const next = withSetting(await readFile(file, 'utf8'), name, value, path)
  await replaceFile(file, next, await stat(file))
}

/**
 * Puts values into a file of settings as `putSetting` does, all of them or none. The file need not be there; in any case it
 * is for this user alone.
 *
 * @param localX the address of the local X that the keys are of, which the file then says
 * @throws UsageError if a value cannot be written down so that it is read again
 */
export async function putSettings(
  path: string,
  values: Readonly<Partial<Record<SettingName, string>>>,
  localX?: string,
): Promise<void> {
  const file = await realpath(path).catch(unlessMissing(path))
  const there = await readFile(file, 'utf8').catch(unlessMissing(''))
  const text = localX === undefined ? there : ofLocalX(there, localX)
  const entries = Object.entries(values) as [SettingName, string][]
  await replaceFile(
    file,
    entries.reduce((next, [name, value]) => withSetting(next, name, value, path), text),
  )
}

function withSetting(text: string, name: SettingName, value: string, path: string): string {
  let isThere = false
  // A value that only an earlier line has is still a secret that somebody wanted gone.
  const changed = text.replace(SETTING, (found, head: string, named: string) => {
    if (named !== name) return found
    isThere = true
    // A comment after it stays apart.
    return `${head}${value}${/[ \t]*$/.exec(found.slice(head.length))?.[0] ?? ''}`
  })
  const next = isThere ? changed : `${text}${text === '' || text.endsWith('\n') ? '' : '\n'}${name}=${value}\n`
  if (parse(next)[name] === value) return next
  throw new UsageError(`${path} cannot hold the new ${name}. Correct the quotes around the settings, and try again.`)
}
