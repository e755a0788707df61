import { mkdir, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { freePort } from '@hexbird/testkit/free-port'
import { type Running, starts } from '@hexbird/testkit/hexbird'
import { afterAll, afterEach, beforeAll, describe, expect, test } from '@jest/globals'
import { install, temporary } from '../packed.mjs'

/** A folder with nothing but the command, installed from its tarball. */
let home: string
const running: Running[] = []
beforeAll(async () => {
  home = temporary('installed')
  await writeFile(join(home, 'package.json'), JSON.stringify({ private: true, dependencies: { '@hexbird/cli': '*' } }))
  await install(home)
}, 600_000)
afterEach(async () => {
  for (const { child } of running) child.kill('SIGKILL')
  await Promise.all(running.splice(0).map(({ ended }) => ended))
})
afterAll(() => rm(home, { recursive: true }))

/** An empty folder, and the command in it. */
async function emptyFolder(name: string) {
  const folder = join(home, name)
  await mkdir(folder)
  const start = (args: readonly string[], env = {}) => {
    const one = starts(args, { TMPDIR: folder, ...env }, folder, join(home, 'node_modules/.bin/hexbird'))
    running.push(one)
    return one
  }
  return {
    start,
    async succeeds(args: readonly string[], env = {}) {
      const one = start(args, env)
      one.child.stdin.end()
      const ran = await one.ended
      expect([args, ran.stderr, ran.code]).toEqual([args, expect.anything(), 0])
      return ran
    },
  }
}

describe('the command, installed from its tarball into a folder with nothing else', () => {
  test.each(['poll', 'stream', 'webhook'])(
    'sets a bot up and runs it by %s, and a photo gets its reply',
    async (ingress) => {
      const { start, succeeds } = await emptyFolder(ingress)
      const [atX, port] = [String(await freePort()), String(await freePort())]
      const x = `http://127.0.0.1:${atX}`
      await start(['local-x', '--port', atX, '--env', 'keys.env']).shows(/Ctrl-C/)

      const webhook = ['--webhook-url', `http://127.0.0.1:${port}/twitter/webhook/handleapi`]
      const setup = ['setup', '--from', 'keys.env', '--x', x, '--ingress', ingress, '--json']
      const set = await succeeds([...setup, ...(ingress === 'webhook' ? webhook : [])], { HEXBIRD_PORT: port })
      expect(set.json()).toMatchObject({ ingress, ...(ingress !== 'poll' && { subscribed: true }) })

      const run = ['run', '--x', x, ...(ingress === 'poll' ? ['--every', '1'] : []), '--port', port]
      const bot = start(run)
      await bot.shows(new RegExp(`The bot is running.*"ingress":"${ingress}"`))
      const photo = join(home, 'node_modules/@hexbird/local-x/samples/photos/dog.jpg')
      const tweeted = await succeeds(['tweet', '--port', atX, '--photo', photo, '--wait', '--json'])
      expect(tweeted.json()).toMatchObject({ outcome: 'replied', reply: expect.stringContaining('Dog') })

      bot.child.kill('SIGTERM')
      expect(await bot.ended).toMatchObject({ code: 0, stderr: '' })
    },
  )
})
