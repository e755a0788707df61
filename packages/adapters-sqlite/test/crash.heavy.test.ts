import { type ChildProcess, spawn } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { expect, test } from '@jest/globals'
import { emptyPath, opened } from './temporary.js'

const script = fileURLToPath(new URL('children/burst.mjs', import.meta.url))
const KILLS = 10

/** Kills the built package with a burst of writes under way; gives the numbers of those that it said were stored. */
async function killed(path: string, first: number): Promise<readonly string[]> {
  const child = spawn(process.execPath, [script, path, String(first)], { stdio: ['ignore', 'pipe', 'inherit'] })
  const output = await outputUntil(child, 10 + 7 * (first % 13))
  return output.split('\n').slice(0, -1)
}

function outputUntil(child: ChildProcess, lines: number): Promise<string> {
  let output = ''
  child.stdout?.on('data', (data) => {
    output += data
    if (output.split('\n').length > lines) child.kill('SIGKILL')
  })
  return new Promise((resolve) => child.on('close', () => resolve(output)))
}

test('of what was accepted before a process was killed nothing is lost, and the next run begins at once', async () => {
  const path = emptyPath()
  const accepted: string[] = []
  for (let kill = 0; kill < KILLS; kill++) accepted.push(...(await killed(path, kill * 10_001)))
  expect(accepted.length).toBeGreaterThan(KILLS * 10)
  const store = opened(path)
  const queue = store.queue<{ id: string }>('events', { concurrency: 1000 })
  const received = new Set<string>()
  queue.consume(async ({ id }) => {
    received.add(id)
    return 'done'
  })
  await queue.idle()
  for (const about of accepted) {
    expect(received).toContain(about)
    expect(await store.ports.ledger.find({ botId: '1', about })).toMatchObject({ outcome: { replyId: about } })
    expect((await store.blobs().get(`photos/${about}/0`))?.bytes).toHaveLength(20_000)
  }
})
