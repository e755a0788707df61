import { XError } from '@hexbird/adapters-x'
import { later } from './doctor/x-checks.js'
import type { OperatorOptions } from './operator.js'
import { readSettings } from './settings.js'
import { localXCommand, type XAddress, xOf } from './x.js'

/** A message that is nothing but a system's error code. */
const BARE_CODE = /^E[A-Z]+(?=\.?$)/

/** Says which X did not answer a command with these options, and what to do; `undefined` for any other error. */
export async function unreachable(error: unknown, { settings: path, stage, x }: OperatorOptions) {
  // A deployed stage asks X itself.
  if (stage !== undefined || !(error instanceof XError) || error.code !== 'X_UNREACHABLE') return undefined
  const { cause } = error
  const [first, inner] = cause instanceof XError ? [`${error.message} `, cause] : ['', error]
  const [code] = BARE_CODE.exec(inner.message) ?? []
  if (code === undefined) return undefined
  const settings = await readSettings(path)
  const address = xOf(settings, x)
  const where = address.local === undefined ? '' : ` at ${address.local}`
  const message = `${first}X does not answer${where}: ${code}. ${todo(code, address, settings.file)}`
  return new XError('X_UNREACHABLE', message)
}

function todo(code: string, { local }: XAddress, file: string | undefined): string {
  if (local === undefined) return later(code)
  return code === 'ECONNREFUSED' ? `To start the local X: ${localXCommand(local, file)}` : 'Try again.'
}
