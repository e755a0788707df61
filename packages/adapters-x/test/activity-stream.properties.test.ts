import type { Event } from '@hexbird/core'
import { FakeTime } from '@hexbird/testkit/fake-time'
import { runs } from '@hexbird/testkit/runs'
import { describe, expect, test } from '@jest/globals'
import fc from 'fast-check'
import { type ActivityStreamEvent, XActivityStream } from '../src/index.js'
import { MemoryAgent, type MemoryLine } from './memory-line.js'

const line = (id: string, text: string) =>
  `${JSON.stringify({
    data: {
      event_type: 'post.mention.create',
      filter: { user_id: '9' },
      payload: { id, text, author_id: '7' },
    },
  })}\r\n`

const idOf = (event: Event) => (event.kind === 'tweet' ? `${event.tweet.id} ${event.tweet.text}` : event.kind)

/** A stream whose n-th connection is served by the n-th function, or by the last. */
function stream(...serve: readonly ((line: MemoryLine) => void)[]) {
  const agent = new MemoryAgent((one, count) => {
    one.open()
    serve[Math.min(count, serve.length) - 1]?.(one)
  })
  const time = new FakeTime()
  const taken: string[] = []
  const events: ActivityStreamEvent[] = []
  const it = new XActivityStream({
    bearerToken: 'token',
    agent,
    inbox: { put: async (all) => void taken.push(...all.map(idOf)) },
    onEvent: (event) => events.push(event),
    ...time.forQueue(),
    random: () => 0,
  })
  const until = async (isSo: () => boolean) => {
    while (!isSo()) await time.pass(0)
  }
  return { it, agent, time, taken, events, until }
}

const TEXTS = ['🦊 & é', 'plain', '👩‍❤️‍💋‍👩 <b>']
const LINES = TEXTS.map((text, at) => line(String(at + 1), text))
const IDS = TEXTS.map((text, at) => `${at + 1} ${text}`)

describe('a connection', () => {
  test('that is cut at any byte loses that line alone, and the next connection brings it', async () => {
    const body = Buffer.from(`\r\n${LINES.join('\r\n')}`)
    for (let at = 0; at <= body.length; at++) {
      const cut = (one: MemoryLine) => {
        one.send(body.subarray(0, at))
        one.cut()
      }
      const { it, agent, time, taken, events, until } = stream(cut, (one) => one.send(body))
      it.start()
      const before = IDS.slice(0, LINES.filter((_, count) => endOf(count) <= at).length)
      await until(() => taken.length === before.length + IDS.length)
      expect([at, taken]).toEqual([at, [...before, ...IDS]])
      expect(events.filter(({ kind }) => kind === 'line-skipped')).toEqual([])
      await it.close()
      await until(() => agent.open === 0)
      expect(time.timers).toBe(0)
    }

    function endOf(count: number): number {
      return Buffer.byteLength(`\r\n${LINES.slice(0, count + 1).join('\r\n')}`)
    }
  }, 60_000)

  test('gives the same events however its bytes arrive', async () => {
    const pieces = fc.array(fc.integer({ min: 1, max: 40 }), { minLength: 1, maxLength: 50 })
    const property = fc.asyncProperty(pieces, async (sizes) => {
      const body = Buffer.from(LINES.join(''))
      const { it, taken, until } = stream((one) => {
        for (let at = 0, count = 0; at < body.length; count++) {
          const size = sizes[count % sizes.length] ?? 1
          one.send(body.subarray(at, at + size))
          at += size
        }
      })
      it.start()
      await until(() => taken.length === IDS.length)
      expect(taken).toEqual(IDS)
      await it.close()
    })
    await fc.assert(property, { numRuns: runs(500) })
  })

  test('survives whatever else comes in it, and reads the next line', async () => {
    const noise = fc.oneof(fc.uint8Array({ maxLength: 60 }), fc.json().map(Buffer.from), fc.string().map(Buffer.from))
    const property = fc.asyncProperty(fc.array(noise, { maxLength: 6 }), async (all) => {
      const { it, taken, events, until } = stream((one) => {
        for (const bytes of all) one.send(Buffer.concat([bytes, Buffer.from('\r\n')]))
        one.send(LINES[0] ?? '')
      })
      it.start()
      await until(() => taken.includes(IDS[0] ?? ''))
      expect(events.filter(({ kind }) => kind === 'cut')).toEqual([])
      await it.close()
    })
    await fc.assert(property, { numRuns: runs(1000) })
  })
})
