import { describe, expect, test } from '@jest/globals'
import { openAiPrices } from '../../src/openai/index.js'

describe('the price of a label', () => {
  test.each([
    ['of a local server', { inputPerMillion: 0, outputPerMillion: 0, tokensPerPhoto: 1300 }, 0],
    [
      'counts the photo and the longest answer',
      { inputPerMillion: 0.4, outputPerMillion: 1.6, tokensPerPhoto: 1300 },
      2159,
    ],
    [
      'counts the answer as it is told',
      { inputPerMillion: 0.4, outputPerMillion: 1.6, tokensPerPhoto: 1300, tokensPerAnswer: 100 },
      680,
    ],
    ['is rounded up', { inputPerMillion: 0.001, outputPerMillion: 0, tokensPerPhoto: 1 }, 1],
    [
      'is not rounded up for a binary fraction',
      { inputPerMillion: 0.1, outputPerMillion: 0.7, tokensPerPhoto: 30, tokensPerAnswer: 10 },
      10,
    ],
  ])('%s', (_, prices, label) => {
    expect(openAiPrices(prices)).toEqual({ label })
  })

  test.each([-1, Number.NaN, Number.POSITIVE_INFINITY])('of %d dollars is refused', (inputPerMillion) => {
    expect(() => openAiPrices({ inputPerMillion, outputPerMillion: 1, tokensPerPhoto: 1 })).toThrow(
      expect.objectContaining({ code: 'VISION_INPUT_INVALID', message: expect.stringContaining('inputPerMillion') }),
    )
  })
})
