import { spawn } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { expect, test } from '@jest/globals'
import { emptyPath, opened } from './temporary.js'

const script = fileURLToPath(new URL('children/claims.mjs', import.meta.url))
const KEYS = 100

/** The keys that the built package got, in a process of its own. */
async function claims(path: string, owner: string): Promise<readonly number[]> {
  const child = spawn(process.execPath, [script, path, owner, String(KEYS)], { stdio: ['ignore', 'pipe', 'inherit'] })
  let output = ''
  child.stdout.on('data', (data) => {
    output += data
  })
  await new Promise((resolve) => child.on('close', resolve))
  return JSON.parse(output)
}

test('of two processes that claim the same replies at once, each reply is won by one', async () => {
  const path = emptyPath()
  const won = await Promise.all(['first', 'second'].map((owner) => claims(path, owner)))
  const all = won.flat().sort((a, b) => a - b)
  expect(all).toEqual(Array.from({ length: KEYS }, (_, key) => key))
  const { ledger } = opened(path).ports
  for (const key of all) expect(await ledger.find({ botId: '1', about: String(key) })).toMatchObject({ tries: 1 })
})
