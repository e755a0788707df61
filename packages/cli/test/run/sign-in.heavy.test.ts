import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { SIGN_IN_PATHS } from '@hexbird/http'
import { startLocalX } from '@hexbird/local-x'
import { formatKey, newKey } from '@hexbird/secret-box'
import { freePort } from '@hexbird/testkit/free-port'
import { hexbird, starts } from '@hexbird/testkit/hexbird'
import { afterEach, expect, test } from '@jest/globals'
import { Browser } from '../sign-in-browser.js'

const ends: (() => unknown)[] = []
afterEach(async () => {
  for (const end of ends.splice(0).reverse()) await end()
})

/** A bot of `hexbird run` with sign-in pages, and its local X. */
async function place(callbacksAt: (origin: string) => readonly string[]) {
  const folder = await mkdtemp(join(tmpdir(), 'hexbird-'))
  ends.push(() => rm(folder, { recursive: true }))
  const port = String(await freePort())
  const origin = `http://127.0.0.1:${port}`
  const x = await startLocalX({ callbacks: callbacksAt(origin), people: [{ username: 'alice' }] })
  ends.push(() => x.close())
  const env = {
    TMPDIR: folder,
    HEXBIRD_LOCAL_X: x.url,
    HEXBIRD_CONSUMER_KEY: x.credentials.consumerKey,
    HEXBIRD_CONSUMER_SECRET: x.credentials.consumerSecret,
    HEXBIRD_ACCESS_TOKEN: x.credentials.accessToken,
    HEXBIRD_ACCESS_SECRET: x.credentials.accessSecret,
    HEXBIRD_BOT_USERNAME: x.bot.username,
    HEXBIRD_PORT: port,
    HEXBIRD_ORIGIN: origin,
    HEXBIRD_PRIVACY_POLICY_URL: `${origin}/privacy`,
    HEXBIRD_COOKIE_KEYS: 'c'.repeat(32),
    HEXBIRD_SECRET_BOX_KEYS: formatKey(newKey('2026-11')),
  }
  const run = async () => {
    const running = starts(['run', '--labeler', 'keywords'], env, folder)
    ends.push(async () => {
      running.child.kill('SIGKILL')
      await running.ended
    })
    await running.shows(/The bot is running/)
    return running
  }
  return { x, origin, env, folder, run }
}

test('a local X that does not know the callback is to be started with it', async () => {
  const { x, origin, run } = await place(() => [])
  const running = await run()
  await fetch(`${origin}${SIGN_IN_PATHS.start}`, { redirect: 'manual' })
  const callback = `${origin}${SIGN_IN_PATHS.callback}`
  const [line] = await running.shows(
    new RegExp(`The sign-in failed.* local-x --port ${x.port} .*--callback ${callback}`),
  )
  expect(line).not.toContain('developer console')
})

test('people sign in at a bot of hexbird run, stay signed in when it starts again, and can be forgotten', async () => {
  const { x, origin, env, folder, run } = await place((at) => [`${at}${SIGN_IN_PATHS.callback}`])
  const first = await run()
  const alice = new Browser(origin, x)
  expect((await alice.signIn('alice')).heading).toBe('You are signed in')
  first.child.kill('SIGTERM')
  expect((await first.ended).code).toBe(0)

  await run()
  expect((await alice.get(SIGN_IN_PATHS.result)).heading).toBe('You are signed in')
  const forgotten = await hexbird(['forget', '@alice', '--json'], env, folder)
  expect(forgotten.json()).toMatchObject({ uid: x.person('alice').id, atX: { kind: 'done' } })
  expect((await alice.get(SIGN_IN_PATHS.result)).heading).toBe('You are not signed in')
})
