import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, expect, test } from '@jest/globals'
import { bundleFunctions } from '../../packages/lambda-entry/src/bundle/index.js'

const bot = fileURLToPath(new URL('../../packages/lambda-entry/bot.ts', import.meta.url))

let folder: string
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'hexbird-bundles-'))
})
afterAll(() => rm(folder, { recursive: true }))

// Of a text with one other letter V8 keeps two bytes for each, and is slower to read them. esbuild writes such letters as
// escapes, but not in patterns and tagged templates.
test('the bundles of the functions are ASCII', async () => {
  await bundleFunctions({ bot, folder })
  const files = await readdir(folder, { recursive: true })
  const texts = await Promise.all(
    files.filter((file) => file.endsWith('.mjs')).map((file) => readFile(join(folder, file), 'utf8')),
  )
  expect(texts.length).toBeGreaterThan(6)
  expect(texts.flatMap((text) => text.match(/.{0,30}[^\0-\x7f]/g) ?? [])).toEqual([])
})
