import { readdirSync, readFileSync } from 'node:fs'
import { expect, test } from '@jest/globals'

const ENTRIES = ['index', 'adapter/index', 'host/index'] as const

const namesOf = (entry: (typeof ENTRIES)[number]) => namesIn(`packages/core/src/${entry}.ts`)

function namesIn(file: string): readonly string[] {
  const source = readFileSync(new URL(`../../${file}`, import.meta.url), 'utf8')
  const lists = Array.from(source.matchAll(/export (?:type )?\{([^}]*)\}/g), ([, list = '']) => list)
  return lists.flatMap((list) => list.split(',').map((name) => name.trim())).filter((name) => name !== '')
}

test('a bot’s author finds fewer than 70 names in the root entry of core', () => {
  expect(namesOf('index').length).toBeGreaterThan(40)
  expect(namesOf('index').length).toBeLessThan(70)
  expect(namesOf('index')).toEqual(
    expect.arrayContaining([
      'defineBot',
      ...['crcResponse', 'verifySignature', 'decodeDelivery', 'weightedLength', 'composeReply'],
    ]),
  )
})

test('each public name of core is in one entry', () => {
  const names = ENTRIES.flatMap(namesOf)
  expect(names.filter((name, at) => names.indexOf(name) !== at)).toEqual([])
})

test('each public name of core is on one page of the reference', () => {
  const topics = readdirSync(new URL('../../site/topics', import.meta.url))
  const names = topics.flatMap((topic) => namesIn(`site/topics/${topic}`))
  expect(names.toSorted()).toEqual(ENTRIES.flatMap(namesOf).toSorted())
})
