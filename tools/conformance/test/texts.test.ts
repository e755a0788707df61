import { createRequire } from 'node:module'
import { agentTo, XSocialClient } from '@hexbird/adapters-x'
import { animalRules, composeReply } from '@hexbird/core'
import { textArbitrary } from '@hexbird/core/testing'
import { startLocalX } from '@hexbird/local-x'
import { runs } from '@hexbird/testkit/runs'
import { expect, test } from '@jest/globals'
import fc from 'fast-check'

/** X's own library says what a mention, a hashtag, a cashtag and a URL are, and what a text weighs. */
const { extractEntitiesWithIndices, parseTweet } = createRequire(import.meta.url)('twitter-text') as {
  extractEntitiesWithIndices(text: string): readonly unknown[]
  parseTweet(text: string): { readonly weightedLength: number; readonly valid: boolean }
}

const fragment = fc.constantFrom(
  ...[
    '@alice',
    '#dog',
    '$TSLA',
    'example.com',
    'https://t.co/abc',
    '犬。日本',
    '🐕',
    '👩‍🌾',
    '&',
    '<',
    '>',
    '&amp;',
    '&lt;',
    ' ',
  ],
)
const name = fc.oneof(
  fc.array(fragment, { maxLength: 8 }).map((parts) => parts.join('')),
  textArbitrary({ maxLength: 40 }),
)
const labels = fc.array(fc.record({ name, confidence: fc.constant(99), parents: fc.constant(['Animal']) }), {
  maxLength: 12,
})

test('every reply that leaves for X is one that X’s own library takes, mentions and links to nothing, and arrives as it was', async () => {
  const x = await startLocalX({ rateLimits: false })
  const agent = agentTo({ port: x.port })
  try {
    const client = new XSocialClient({ credentials: x.credentials, agent })
    let count = 0
    await fc.assert(
      fc.asyncProperty(labels, fc.nat(12), async (shown, variant) => {
        const { id, author } = await x.tweet({ as: 'alice', text: `@${x.bot.username} ${count++}` })
        const { text } = composeReply(animalRules, author, [shown], { variant })
        const result = await client.reply(id, text)
        // Other labels may well lead to the same words, which X takes once a day.
        if (result.kind === 'duplicate') return
        expect(result.kind).toBe('posted')
        const left = x.repliesTo(id)[0]?.displayText ?? ''
        expect(left).toBe(text)
        expect(parseTweet(left)).toMatchObject({ valid: true })
        expect(parseTweet(left).weightedLength).toBeLessThanOrEqual(280)
        expect(extractEntitiesWithIndices(left)).toEqual([])
      }),
      { numRuns: runs(300) },
    )
  } finally {
    agent.destroy()
    await x.close()
  }
})
