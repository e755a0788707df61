import type { Limits } from './charges.js'

/** The name of each limit in an operator's settings, the same on every host. */
export type LimitSetting = keyof typeof LIMITS

interface Form {
  readonly limit: keyof Limits
  readonly pattern: RegExp
  /** How many units of `Limits` make one unit of the setting. */
  readonly unit: number
  readonly says: string
}

const dollars = (limit: keyof Limits): Form => ({
  limit,
  pattern: /^\d{1,6}(\.\d{1,6})?$/,
  unit: 1_000_000,
  says: 'be an amount in dollars, such as 5 or 0.20',
})

const LIMITS = {
  HEXBIRD_LIMIT_PER_DAY: dollars('perDay'),
  HEXBIRD_LIMIT_PER_AUTHOR_PER_DAY: dollars('perAuthorPerDay'),
  HEXBIRD_LIMIT_SWEEP_PER_DAY: dollars('sweepPerDay'),
  HEXBIRD_LIMIT_REPLIES_PER_CONVERSATION: {
    limit: 'repliesPerConversation',
    pattern: /^\d{1,6}$/,
    unit: 1,
    says: 'be a whole number',
  },
} as const satisfies Record<string, Form>

/** Limits as an operator set them. */
export interface LimitsSet {
  /** The limits that are set. All others stay as the bot's definition has them. */
  readonly limits: Partial<Limits>
  /** One sentence, without its period, for each invalid setting. It never quotes the value. */
  readonly faults: readonly string[]
}

/** Reads the limits from an operator's settings, where money is in dollars. Empty settings count as unset. */
export function limitsIn(find: (name: LimitSetting) => string | undefined): LimitsSet {
  const limits: { -readonly [Name in keyof Limits]?: number } = {}
  const faults: string[] = []
  for (const [name, { limit, pattern, unit, says }] of Object.entries(LIMITS) as [LimitSetting, Form][]) {
    const value = find(name)?.trim() ?? ''
    if (value === '') continue
    if (pattern.test(value)) limits[limit] = Math.round(Number(value) * unit)
    else faults.push(`${name} is wrong: it must ${says}`)
  }
  return { limits, faults }
}
