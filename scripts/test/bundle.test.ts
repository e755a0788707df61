import { fileURLToPath } from 'node:url'
import { expect, test } from '@jest/globals'
import { build } from 'esbuild'
import { FUNCTIONS } from '../../packages/lambda-entry/src/functions.js'
import { AS_DEPLOYED } from '../bundle-options.mjs'

const root = fileURLToPath(new URL('../../', import.meta.url))

// Of a text with one other letter V8 keeps two bytes for each, and is slower to read them. esbuild writes such letters as
// escapes, but not in patterns and tagged templates.
test('the bundles of the functions are ASCII', async () => {
  const handlers = Object.keys(FUNCTIONS).map((name) => `${root}packages/lambda-entry/src/handlers/${name}.ts`)
  const options = { ...AS_DEPLOYED, absWorkingDir: root, outdir: 'build', write: false } as const
  const { outputFiles } = await build({ ...options, entryPoints: handlers })
  expect(outputFiles.flatMap(({ text }) => text.match(/.{0,30}[^\0-\x7f]/g) ?? [])).toEqual([])
})
