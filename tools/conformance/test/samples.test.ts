import { decodeDelivery, type Event } from '@hexbird/core'
import { describedTest, type JsonSchema, type XDescription } from '@hexbird/testkit/x-description'
import { describe, expect } from '@jest/globals'

/*
 * What X's description says an event of X Activity can be, made up by that description alone: every property it names is
 * there, with X's own example where it gives one.
 */

const ID = '1146654567674912769'

type Json = string | number | boolean | null | Json[] | { [name: string]: Json }

function sampleOf(description: XDescription, schema: JsonSchema, name = '', above: readonly string[] = []): Json {
  const { $ref, example, properties, items, oneOf } = schema
  if ($ref !== undefined) {
    const target = $ref.split('/').at(-1) ?? ''
    // What holds itself is left empty the second time.
    return above.includes(target) ? {} : sampleOf(description, description.schema(target), name, [...above, target])
  }
  if (example !== undefined) return example as Json
  if (schema.enum !== undefined) return schema.enum[0] as Json
  if (oneOf?.[0] !== undefined) return sampleOf(description, oneOf[0], name, above)
  switch (schema.type) {
    case 'array':
      return items === undefined ? [] : [sampleOf(description, items, name, above)]
    case 'integer':
    case 'number':
      return 1
    case 'boolean':
      return true
    case 'string':
      return textOf(schema, name)
    default:
      return Object.fromEntries(
        Object.entries(properties ?? {}).map(([key, member]) => [key, sampleOf(description, member, key, above)]),
      )
  }
}

function textOf({ format, pattern }: JsonSchema, name: string): string {
  if (format === 'date-time') return '2026-08-22T12:00:00.000Z'
  if (format === 'uri') return 'https://x.com'
  return pattern?.includes('[0-9]') || /(^|_)ids?$/.test(name) ? ID : 'text'
}

/** A delivery of each event type whose payload X describes. */
function deliveries(description: XDescription): readonly (readonly [string, { [name: string]: Json }])[] {
  const { discriminator } = description.schema('ActivityStreamingResponsePayload')
  return Object.entries(discriminator?.mapping ?? {}).map(([eventType, $ref]) => {
    const sample = sampleOf(description, description.schema('ActivityStreamResponse')) as {
      data: { [name: string]: Json }
    }
    return [eventType, { ...sample.data, event_type: eventType, payload: sampleOf(description, { $ref }) }]
  })
}

const eventsOf = (data: Json): readonly Event[] => decodeDelivery(JSON.stringify({ data })).events

/** Every copy of the value that lacks one of its properties, at whatever depth. */
function* lacking(value: Json): Generator<Json> {
  if (typeof value !== 'object' || value === null) return
  for (const [key, member] of Object.entries(value)) {
    if (Array.isArray(value)) {
      for (const less of lacking(member)) yield value.with(Number(key), less)
      continue
    }
    const { [key]: _left, ...others } = value
    yield others
    for (const less of lacking(member)) yield { ...others, [key]: less }
  }
}

const POSTS = ['post.create', 'post.mention.create', 'post.reply.create', 'post.quote.create']

describe('every event whose payload X describes', () => {
  describedTest('is read: a post as a tweet, a deletion as one, and the rest as what hexbird does not know', (x) => {
    const all = deliveries(x)
    expect(all.length).toBeGreaterThanOrEqual(19)
    for (const [eventType, data] of all) {
      const kind = POSTS.includes(eventType) ? 'tweet' : eventType === 'post.delete' ? 'tweet-deleted' : 'unknown'
      expect([eventType, eventsOf(data).map((event) => event.kind)]).toEqual([eventType, [kind]])
    }
  })

  describedTest('is read or called malformed, and nothing is thrown, whichever property is missing', (x) => {
    let tried = 0
    for (const [eventType, data] of deliveries(x)) {
      for (const less of lacking(data)) {
        tried += 1
        const events = eventsOf(less)
        expect([eventType, events.length]).toEqual([eventType, 1])
      }
    }
    expect(tried).toBeGreaterThan(1000)
  })

  describedTest('that is a post comes with its words, author, time and edit history', (x) => {
    const [, data] = deliveries(x).find(([eventType]) => eventType === 'post.mention.create') ?? []
    const [event] = eventsOf(data ?? null)
    expect(event).toMatchObject({
      kind: 'tweet',
      tweet: {
        id: ID,
        firstId: ID,
        text: 'text',
        author: { id: ID },
        createdAt: Date.parse('2026-08-22T12:00:00.000Z'),
      },
    })
  })
})
