import { textArbitrary } from '@hexbird/core/testing'
import {
  type Arbitrary,
  anything,
  base64String,
  boolean,
  constant,
  constantFrom,
  dictionary,
  jsonValue,
  oneof,
  record,
  string,
  tuple,
  uint8Array,
} from 'fast-check'
import { CALLERS, eventOf } from './http-events.js'

/** Any JSON, and what each caller might send with any of its fields gone or turned into something else. */
export function eventArbitrary(paths: readonly string[], secret: string): Arbitrary<unknown> {
  const text = oneof(string(), textArbitrary(), constant(secret))
  const header = tuple(
    oneof(constantFrom('host', 'cookie', 'x-twitter-webhooks-signature', 'content-type'), text),
    text,
  )
  const request = record({
    method: oneof(constantFrom('GET', 'POST', 'HEAD', 'PUT', 'OPTIONS', 'TRACE', 'CONNECT'), text),
    path: oneof(constantFrom(...paths), text),
    query: oneof(constant(`crc_token=${secret}`), constant('crc_token=a&crc_token=b'), text),
    headers: tuple(header, header).map((both) => [...both]),
    body: oneof(text, uint8Array({ maxLength: 200 }), constant('{"for_user_id":"1"}')),
    base64: boolean(),
    address: text,
  })
  const whole = tuple(constantFrom(...CALLERS), request).map(([caller, asked]) => eventOf(caller, asked))
  const odd = oneof(jsonValue(), constantFrom(null, undefined, '', 0, [], {}), base64String(), text, header)
  const broken = tuple(whole, dictionary(constantFrom(...FIELDS), odd, { maxKeys: 3 })).map(broke)
  return oneof({ arbitrary: whole, weight: 2 }, { arbitrary: broken, weight: 4 }, jsonValue(), anything())
}

const FIELDS = [
  'body',
  'cookies',
  'headers',
  'httpMethod',
  'isBase64Encoded',
  'multiValueHeaders',
  'multiValueQueryStringParameters',
  'path',
  'queryStringParameters',
  'rawPath',
  'rawQueryString',
  'requestContext',
  'requestContext.elb',
  'requestContext.http',
  'requestContext.http.method',
  'requestContext.http.sourceIp',
  'requestContext.identity',
]

/** The event with other things in the fields of those paths. */
function broke([event, changes]: readonly [Record<string, unknown>, Readonly<Record<string, unknown>>]): unknown {
  const copy = structuredClone(event)
  for (const [path, value] of Object.entries(changes)) {
    const names = path.split('.')
    const last = names.pop() ?? ''
    let at: unknown = copy
    for (const name of names) at = isRecord(at) ? at[name] : undefined
    if (isRecord(at)) at[last] = value
  }
  return copy
}

const isRecord = (value: unknown): value is Record<string, unknown> => typeof value === 'object' && value !== null
