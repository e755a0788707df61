import { textArbitrary } from '@hexbird/core/testing'
import { runs } from '@hexbird/testkit/runs'
import { describe, expect, test } from '@jest/globals'
import {
  array,
  assert,
  constant,
  constantFrom,
  dictionary,
  jsonValue,
  oneof,
  property,
  string,
  tuple,
} from 'fast-check'
import { JobMessageError, jobKeysOf } from '../src/handlers/images.js'

/** As S3 writes keys: https://docs.aws.amazon.com/AmazonS3/latest/userguide/notification-content-structure.html */
const encoded = (key: string) => new URLSearchParams({ key }).toString().slice(4).replaceAll('%2F', '/')
const recordOf = (key: unknown) => ({ eventName: 'ObjectCreated:Put', s3: { bucket: { name: 'b' }, object: { key } } })
const bodyOf = (...keys: unknown[]) => JSON.stringify({ Records: keys.map(recordOf) })

describe('jobKeysOf', () => {
  test('gives the keys of all records, as they were stored', () => {
    expect(jobKeysOf(bodyOf('jobs/1/2.json', 'jobs/3/4.json'))).toEqual(['jobs/1/2.json', 'jobs/3/4.json'])
  })

  test.each([
    ['jobs/a+b.json', 'jobs/a b.json'],
    ['jobs/a%2Bb.json', 'jobs/a+b.json'],
    ['jobs/100%25.json', 'jobs/100%.json'],
    ['jobs/%E7%8A%AC.json', 'jobs/犬.json'],
    ['jobs%2F1%2F2.json', 'jobs/1/2.json'],
    ['jobs/%F0%9F%90%A6.json', 'jobs/🐦.json'],
  ])('%s is the key %s', (written, key) => {
    expect(jobKeysOf(bodyOf(written))).toEqual([key])
  })

  test('every key comes back as it was stored', () => {
    const keys = array(
      textArbitrary().map((rest) => `jobs/${rest}`),
      { minLength: 1, maxLength: 5 },
    )
    assert(
      property(keys, (stored) => {
        expect(jobKeysOf(bodyOf(...stored.map(encoded)))).toEqual(stored)
      }),
      { numRuns: runs() },
    )
  })

  test('the message with which S3 tries the queue tells of none', () => {
    const body = { Service: 'Amazon S3', Event: 's3:TestEvent', Time: '2026-11-22T00:00:00Z', Bucket: 'b' }
    expect(jobKeysOf(JSON.stringify(body))).toEqual([])
  })

  test.each([
    ['no JSON', 'jobs/1/2.json', 'The message is not a JSON object. Something else writes to this queue.'],
    ['a text', '"jobs/1/2.json"', 'The message is not a JSON object. Something else writes to this queue.'],
    ['nothing', 'null', 'The message is not a JSON object. Something else writes to this queue.'],
    ['an event', '{"v":1}', 'The message does not name a stored object. Something else writes to this queue.'],
    ['no records', '{"Records":[]}', 'The message does not name a stored object. Something else writes to this queue.'],
  ])('%s is an error that says so', (_, body, message) => {
    expect(() => jobKeysOf(body)).toThrow(new JobMessageError(message))
  })

  test.each([
    ['a record that is none', '{"Records":[null]}'],
    ['a record without a key', '{"Records":[{"s3":{"object":null}}]}'],
    ['a photo', bodyOf('photos/1/2/0')],
    ['a key that cannot be decoded', bodyOf('jobs/%zz')],
  ])('%s is an error in its place', (_, body) => {
    expect(jobKeysOf(body)).toEqual([new JobMessageError('The message names an object that is not a job.')])
  })

  test('one photo among jobs hides none of them', () => {
    const keys = jobKeysOf(bodyOf('jobs/1/2.json', 'photos/1', 'jobs/3/4.json'))
    expect(keys).toEqual(['jobs/1/2.json', expect.any(JobMessageError), 'jobs/3/4.json'])
  })

  test('whatever the message is, there are keys of jobs, or a JobMessageError that quotes nothing', () => {
    const secret = 'the-secret-4711'
    const odd = oneof(jsonValue(), constant(secret), constant(`jobs/${secret}`), constant('%'))
    const fields = (...names: string[]) => dictionary(constantFrom(...names), odd, { maxKeys: 3 })
    const record = tuple(fields('s3', 'eventName'), fields('object', 'bucket'), fields('key', 'size')).map(
      ([outer, s3, object]) => ({ s3: { object, ...s3 }, ...outer }),
    )
    const event = tuple(fields('Event', 'Records'), array(oneof(record, odd))).map(([outer, Records]) => ({
      Records,
      ...outer,
    }))
    const body = oneof(
      oneof(event, jsonValue()).map((value) => JSON.stringify(value)),
      string(),
      constant(`{"${secret}`),
    )
    assert(
      property(body, (text) => {
        try {
          for (const key of jobKeysOf(text)) {
            if (typeof key === 'string') expect(key.startsWith('jobs/')).toBe(true)
            else throw key
          }
        } catch (error) {
          expect(error).toBeInstanceOf(JobMessageError)
          const { message, cause } = error as JobMessageError
          expect([message.includes(secret), cause]).toEqual([false, undefined])
        }
      }),
      { numRuns: runs(1000) },
    )
  })
})
