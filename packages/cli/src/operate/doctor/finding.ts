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
