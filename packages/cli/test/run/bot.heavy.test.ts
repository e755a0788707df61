import { readdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { freePort } from '@hexbird/testkit/free-port'
import { afterEach, beforeEach, expect, test } from '@jest/globals'
import { linkCore } from '../link-core.js'
import { type Place, placeOnLocalX } from './on-local-x.js'

let place: Place
beforeEach(async () => {
  place = await placeOnLocalX()
  await linkCore(place.folder)
})
afterEach(() => place.close())

const bot = (code: string) =>
  writeFile(join(place.folder, 'bot.ts'), `import { defineBot } from '@hexbird/core'\n${code}`)

test('a bot runs from its file, which is read once', async () => {
  await bot(
    "const says: string = 'A four.'\nexport default defineBot().use((ctx) => {\n  ctx.log.info('rolling')\n  return ctx.reply(says)\n})",
  )
  const running = place.run(['bot.ts'])
  await running.shows(/The bot is running/)
  await bot('throw new Error()')
  const tweeted = await place.hexbird(['tweet', '--port', new URL(place.url).port, '--wait', '--json'])
  expect(tweeted.json()).toMatchObject({ outcome: 'replied', reply: 'A four.' })
  await running.shows(/rolling/)
})

test('a bot spends what its file says', async () => {
  await bot("export default defineBot({ limits: { perAuthorPerDay: 1 } }).use((ctx) => ctx.reply('Yes.'))")
  const running = place.run(['bot.ts'])
  await running.shows(/The bot is running/)
  await place.hexbird(['tweet', '--port', new URL(place.url).port])
  await running.shows(/over-budget/)
})

test('a handler that throws is told with its place and attempt, to `tweet --wait` too, until the bot gives up', async () => {
  await bot("export default defineBot().use(() => {\n  throw new Error('no dice')\n})")
  const running = place.run(['bot.ts'])
  await running.shows(/The bot is running/)
  const tweeted = await place.hexbird(['tweet', '--port', new URL(place.url).port, '--wait', '--json'])
  expect([tweeted.code, tweeted.json()]).toEqual([1, expect.objectContaining({ outcome: 'failed' })])
  expect(tweeted.stderr).toMatch(/^failed: no dice\. Attempt \d of 5\./m)
  const { id } = tweeted.json()
  const failed = (attempt: number) =>
    new RegExp(`"tweet":"${id}",.*"attempt":${attempt},"maxAttempts":5,"error":"no dice","at":"bot\\.ts:3:9"`)
  await running.shows(failed(1))
  await running.shows(failed(5))
  await running.shows(/The last attempt failed\. To make the bot try again, use the status page \(HEXBIRD_STATUS_PORT/)
  await running.shows(/HEXBIRD_STATUS_TOKEN\)\. If you changed the bot's file, restart the bot first\./)
})

test('a dead letter on the status page says where the file of the bot threw', async () => {
  await bot("export default defineBot().use(() => {\n  throw new TypeError('no dice')\n})")
  const [port, token] = [await freePort(), 'a-token-of-thirty-two-characters']
  const running = place.run(['bot.ts'], { HEXBIRD_STATUS_PORT: String(port), HEXBIRD_STATUS_TOKEN: token })
  await running.shows(/The bot is running/)
  await place.hexbird(['tweet', '--port', new URL(place.url).port])
  await running.shows(/The last attempt failed/)
  const origin = `http://127.0.0.1:${port}`
  const signedIn = await fetch(`${origin}/status/sign-in`, {
    method: 'POST',
    body: new URLSearchParams({ token }),
    redirect: 'manual',
    headers: { origin },
  })
  const [cookie = ''] = signedIn.headers.getSetCookie()
  const page = await (await fetch(`${origin}/status`, { headers: { cookie: cookie.split(';', 1)[0] ?? '' } })).text()
  expect(page).toContain('<td>TypeError: no dice (bot.ts:3:9)<br>')
})

test('a file that is not there is refused before anything starts', async () => {
  const { code, stderr } = await place.run(['bot.ts']).ended
  expect([code, stderr]).toEqual([2, expect.stringMatching(/bot\.ts cannot be read: there is no such file/)])
  expect((await readdir(place.folder)).filter((name) => name.includes('sqlite'))).toEqual([])
})
