import { InvalidArgumentError } from 'commander'

const UNITS: Readonly<Record<string, number>> = { m: 60_000, h: 3_600_000, d: 86_400_000 }

/** A time as people write it: `30m`, `2h` or `1d` ago, or ISO 8601. In epoch milliseconds. */
export function timeOf(text: string): number {
  const [, amount, unit = ''] = /^(\d{1,4})([mhd])$/.exec(text) ?? []
  const time = amount === undefined ? isoTime(text) : Date.now() - Number(amount) * (UNITS[unit] ?? 0)
  if (Number.isNaN(time))
    throw new InvalidArgumentError('Pass a time such as 30m, 2h or 1d (ago), or 2026-11-23T09:00Z.')
  return time
}

/** Without a zone it would mean another time on another machine. */
const isoTime = (text: string) =>
  /^\d{4}-\d\d-\d\dT\d\d:\d\d.*(Z|[+-]\d\d:\d\d)$/.test(text) ? Date.parse(text) : Number.NaN
