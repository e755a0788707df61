import { runs } from '@hexbird/testkit/runs'
import { afterEach, expect, test } from '@jest/globals'
import fc from 'fast-check'
import { type Closers, closeAll, jpeg, start } from '../support.js'

const stack: Closers = []
afterEach(() => closeAll(stack))

const words = fc.array(
  fc.constantFrom('@hexbird', '@alice', '@nobody', '犬', '🐦', '👩‍👩‍👧', 'é', 'e\u0301', 'look', '.', '\n'),
)

test('whatever is written, it is what people see, and each range holds the name or link that it says', async () => {
  const x = await start(stack)
  const parent = await x.tweet({ as: 'alice', text: '@hexbird hi' })
  await fc.assert(
    fc.asyncProperty(words, fc.boolean(), fc.boolean(), async (parts, isReply, hasPhoto) => {
      const written = parts.join(' ')
      fc.pre(hasPhoto || written.trim() !== '')
      const tweet = await x.tweet({
        as: 'bob',
        text: written,
        ...(isReply ? { inReplyTo: parent.id } : {}),
        ...(hasPhoto ? { photos: [{ bytes: jpeg() }] } : {}),
      })
      const within = (start: number, end: number) => Array.from(tweet.text).slice(start, end).join('')
      expect([tweet.displayText, within(...tweet.displayRange)]).toEqual([written, written])
      for (const { person, start, end } of tweet.mentions) expect(within(start, end)).toBe(`@${person.username}`)
      for (const { url, start, end } of tweet.links) expect(within(start, end)).toBe(url)
      const explicit = tweet.mentions.filter(({ start }) => start >= tweet.displayRange[0]).length
      expect(explicit).toBe(parts.filter((part) => part === '@hexbird' || part === '@alice').length)
    }),
    { numRuns: runs() },
  )
})
