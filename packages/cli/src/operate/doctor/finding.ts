import { foreign } from '../../foreign.js'
import type { Terminal } from '../../terminal.js'

/** What one check found. */
export interface Finding {
  readonly check: string
  /** `skipped`: something else that is wrong, or not set, has to be mended first. */
  readonly status: 'ok' | 'warn' | 'fail' | 'skipped'
  readonly detail: string
  /** What to do about it. */
  readonly todo?: string
}

export const ok = (check: string, detail: string): Finding => ({ check, status: 'ok', detail })
export const skipped = (check: string, detail: string): Finding => ({ check, status: 'skipped', detail })
export const warn = (check: string, detail: string, todo: string): Finding => ({ check, status: 'warn', detail, todo })
export const fail = (check: string, detail: string, todo: string): Finding => ({ check, status: 'fail', detail, todo })

/** A finding as a line, with what to do under it. */
export function shown({ check, status, detail, todo }: Finding, { colours }: Terminal): string {
  const mark = {
    ok: colours.green('ok     '),
    warn: colours.yellow('warn   '),
    fail: colours.red('FAIL   '),
    skipped: colours.dim('skipped'),
  }[status]
  return `${mark} ${foreign(check)}: ${foreign(detail)}${todo === undefined ? '' : `\n        → ${todo}`}`
}
