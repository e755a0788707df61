import type { Limits } from './charges.js'

/** What an operator calls each limit, on every host. */
export type LimitSetting = keyof typeof LIMITS

interface Form {
  readonly limit: keyof Limits
  readonly pattern: RegExp
  /** How many of `Limits`' own units one is. */
  readonly unit: number
  readonly says: string
}

const dollars = (limit: keyof Limits): Form => ({
  limit,
  pattern: /^\d{1,6}(\.\d{1,6})?$/,
  unit: 1_000_000,
  says: 'is an amount in dollars, such as 5 or 0.20',
})

const LIMITS = {
  HEXBIRD_LIMIT_PER_DAY: dollars('perDay'),
  HEXBIRD_LIMIT_PER_AUTHOR_PER_DAY: dollars('perAuthorPerDay'),
  HEXBIRD_LIMIT_SWEEP_PER_DAY: dollars('sweepPerDay'),
  HEXBIRD_LIMIT_REPLIES_PER_CONVERSATION: {
    limit: 'repliesPerConversation',
    pattern: /^\d{1,6}$/,
    unit: 1,
    says: 'is a whole number',
  },
} as const satisfies Record<string, Form>

/** Limits as an operator set them. */
export interface LimitsSet {
  /** Those that were set. Everything else stays as the bot's author has it. */
  readonly limits: Partial<Limits>
  /** A sentence without its period for each setting that cannot be read. None of them has its value. */
  readonly faults: readonly string[]
}

/** Reads the limits among an operator's settings: money is in dollars there. An empty setting was not made. */
export function limitsIn(find: (name: LimitSetting) => string | undefined): LimitsSet {
  const limits: { -readonly [Name in keyof Limits]?: number } = {}
  const faults: string[] = []
  for (const [name, { limit, pattern, unit, says }] of Object.entries(LIMITS) as [LimitSetting, Form][]) {
    const value = find(name)?.trim() ?? ''
    if (value === '') continue
    if (pattern.test(value)) limits[limit] = Math.round(Number(value) * unit)
    else faults.push(`${name} is wrong: it ${says}`)
  }
  return { limits, faults }
}
