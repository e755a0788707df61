import type { Prices } from '@hexbird/core/adapter'
import { invalid } from './errors.js'

/** What a hosted server charges. */
export interface OpenAiPrices {
  /** US dollars for a million tokens that are sent. */
  readonly inputPerMillion: number
  /** US dollars for a million tokens that come back. */
  readonly outputPerMillion: number
  /** Tokens of one photo with its instructions, as the server's `usage.prompt_tokens` counts them. */
  readonly tokensPerPhoto: number
  /** Tokens of one answer. Default: 1024, the most that a labeler asks for unless `maxTokens` says otherwise. */
  readonly tokensPerAnswer?: number
}

/**
 * The price of one label for `platform.prices`, in whole micro-dollars, rounded up. A dollar for a million tokens is a
 * micro-dollar for one. A rare second try, after an answer of the wrong shape, is not counted.
 */
export function openAiPrices(prices: OpenAiPrices): Pick<Prices, 'label'> {
  const { inputPerMillion, outputPerMillion, tokensPerPhoto, tokensPerAnswer = 1024 } = prices
  for (const [name, value] of Object.entries({ inputPerMillion, outputPerMillion, tokensPerPhoto, tokensPerAnswer })) {
    if (!(value >= 0 && value <= Number.MAX_SAFE_INTEGER))
      throw invalid(`${name} must be a number from 0, and is ${value}.`)
  }
  // In binary 1.1 × 3000 is 3300.0000000000005, which must not become 3301.
  const exact = inputPerMillion * tokensPerPhoto + outputPerMillion * tokensPerAnswer
  return { label: Math.ceil(Number(exact.toPrecision(12))) }
}
