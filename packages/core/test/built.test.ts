import { readdirSync, readFileSync } from 'node:fs'
import { sep } from 'node:path'
import { fileURLToPath } from 'node:url'
import { describe, expect, test } from '@jest/globals'
import type * as core from '../src/index.js'

const dist = new URL('../dist/', import.meta.url)
// A path in a variable, so that it is the built entry and not the sources that jest would map it to.
const entry: string = new URL('index.js', dist).href
const built = (await import(entry)) as typeof core

describe('the built entry', () => {
  test('answers the challenge of its documentation', () => {
    expect(built.crcResponse('challenge_string', 'consumer-secret')).toEqual({
      response_token: 'sha256=S/mG8E9n5SjoGuCqHguvP8K8uuu5ogCPF0dOpIdyZlk=',
    })
  })

  test('checks, decodes, composes and measures', () => {
    const body = '{"for_user_id":"900","favorite_events":[{}]}'
    expect(built.verifySignature(body, built.signatureOf(body, 'secret'), ['secret'])).toBe(true)
    expect(built.decodeDelivery(body)).toEqual({ events: [{ kind: 'unknown', name: 'favorite_events' }] })
    expect(() => built.decodeDelivery('[]')).toThrow(expect.objectContaining({ code: expect.any(String) }))
    const { text } = built.composeReply(built.animalRules, { id: '1', username: 'alice' }, [])
    expect(built.weightedLength(text)).toBe(text.length)
  })

  test('imports nothing but itself, and node:crypto where it signs and where it signs people in', () => {
    const files = readdirSync(fileURLToPath(dist), { recursive: true, encoding: 'utf8' })
    const imports = files
      .filter((file) => file.endsWith('.js') && !/^(contracts|testing)/.test(file))
      .flatMap((file) => {
        const text = readFileSync(new URL(file.split(sep).join('/'), dist), 'utf8')
        return [...text.replace(/\/\*.*?\*\//gs, '').matchAll(/(?:from|import)\s*\(?\s*['"]([^'"]+)['"]/g)].map(
          ([, name = '']) => `${file}: ${name}`,
        )
      })
      .filter((line) => !/: \.{1,2}\//.test(line))
    expect(imports.sort()).toEqual([
      `sign-in${sep}flow-secret-hash.js: node:crypto`,
      `webhook${sep}signature.js: node:crypto`,
    ])
  })
})
