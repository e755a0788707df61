import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type LocalX, startLocalX } from '@hexbird/local-x'
import { afterEach, beforeEach, expect, test } from '@jest/globals'
import { parse } from 'dotenv'
import { setup } from '../../src/setup/setup.js'
import { UsageError } from '../../src/usage-error.js'
import { fakeTerminal } from '../fake-terminal.js'

let folder: string
let x: LocalX
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'hexbird-'))
  x = await startLocalX()
  process.env.HEXBIRD_LOCAL_X = x.url
})
afterEach(async () => {
  delete process.env.HEXBIRD_LOCAL_X
  await x.close()
  await rm(folder, { recursive: true })
})

/** Answers the questions that are asked, in order; gives all that was shown. */
function asked(answers: readonly (readonly [question: RegExp, answer: string])[]) {
  const { terminal, shown, stdin } = fakeTerminal({ screen: true })
  const left = [...answers]
  let seen = 0
  const look = () => {
    const [question, answer] = left[0] ?? []
    const fresh = shown.stderr.slice(seen)
    if (question === undefined || !question.test(fresh)) return
    seen = shown.stderr.length
    left.shift()
    setImmediate(() => stdin.write(answer ?? ''))
  }
  terminal.streams.stderr.on('data' as never, look)
  const given = { env: join(folder, '.env'), callbackPort: 8080, open: false }
  return { ended: setup(given, terminal), shown, left }
}

test('every key is asked for, secrets are not shown, and what X does not take is asked for again', async () => {
  const { consumerKey, consumerSecret, accessToken, accessSecret } = x.credentials
  const { ended, shown, left } = asked([
    [/API Key: $/, `${consumerKey}\r`],
    [/API Key Secret: $/, 'mistyped\r'],
    [/Access Token: $/, `${accessToken}\r`],
    [/Access Token Secret: $/, `${accessSecret}\r`],
    [/API Key: $/, `${consumerKey}\r`],
    [/API Key Secret: $/, `${consumerSecret}\r`],
    [/\[poll\] $/, '\r'],
  ])
  expect([await ended, left]).toEqual([0, []])
  expect(parse(await readFile(join(folder, '.env'), 'utf8'))).toMatchObject({
    HEXBIRD_CONSUMER_SECRET: consumerSecret,
    HEXBIRD_ACCESS_SECRET: accessSecret,
    HEXBIRD_INGRESS: 'poll',
  })
  for (const secret of ['mistyped', consumerSecret, accessToken, accessSecret]) {
    expect(shown.stdout + shown.stderr).not.toContain(secret)
  }
  expect(shown.stdout).toMatch(/app keys: X rejects them/)
  expect(shown.stderr).toMatch(/console\.x\.com → your app → "Keys and tokens"/)
})

test('who leaves by Ctrl-C has written nothing', async () => {
  const { ended } = asked([[/API Key: $/, '\u0003']])
  await expect(ended).rejects.toThrow(new UsageError('Nothing was done.'))
  await expect(readFile(join(folder, '.env'))).rejects.toMatchObject({ code: 'ENOENT' })
})
