import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { hexbird, type Running, starts } from '@hexbird/testkit/hexbird'
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals'
import { linkCore } from '../link-core.js'

let folder: string
let running: Running | undefined
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'hexbird-'))
  await linkCore(folder)
})
afterEach(async () => {
  running?.child.kill()
  await running?.ended
  running = undefined
  await rm(folder, { recursive: true })
})

const file = (name: string, content: string) => writeFile(join(folder, name), content)
const bot = (code: string) => `import { defineBot } from '@hexbird/core'\n${code}`
const dice = (says: string) =>
  bot(`const says: string = '${says}'\nexport default defineBot().command('roll', (ctx) => ctx.reply(says))`)
const run = (...args: string[]) => hexbird(args, { TMPDIR: folder }, folder)

describe('hexbird dev with a bot file', () => {
  test('answers with its handlers', async () => {
    await file('bot.ts', dice('A four.'))
    const ran = await run('dev', 'bot.ts', '--once', '--text', '@hexbird roll')
    expect([ran.code, ran.json()]).toEqual([0, expect.objectContaining({ outcome: 'replied', reply: 'A four.' })])
  })

  test.each([
    ['skip', `.on('tweet', (ctx) => ctx.skip('nothing to count'))`, 'skipped', 'nothing to count'],
    ['do not reply', `.on('tweet', () => {})`, 'skipped', 'The handler did not reply.'],
    ['all pass it on', `.use((_, next) => next()).command('roll', () => {})`, 'no-handler', undefined],
  ])('says why there is no reply: its handlers %s', async (_, handlers, reason, detail) => {
    await file('bot.ts', bot(`export default defineBot()${handlers}`))
    const ran = await run('dev', 'bot.ts', '--once')
    const words = detail ?? 'The bot has no handler for this kind of tweet.'
    expect(ran.stderr.toLowerCase()).toContain(`: ignored: ${words.toLowerCase().replace(/\.$/, '')}\n`)
    expect(ran.json()).toEqual({ outcome: 'ignored', reason, detail, elapsedMs: expect.any(Number) })
  })

  test('feeds it a recorded delivery too', async () => {
    await file('bot.ts', dice('A four.'))
    const tweet = {
      id_str: '1815800000000000123',
      created_at: 'Tue Jul 23 18:00:00 +0000 2024',
      text: '@bot roll',
      user: { id_str: '42', screen_name: 'bob' },
      entities: { user_mentions: [{ screen_name: 'bot', id_str: '99', indices: [0, 4] }] },
    }
    await file('delivery.json', JSON.stringify({ for_user_id: '99', tweet_create_events: [tweet] }))
    const ran = await run('receive', 'delivery.json', '--bot', 'bot.ts', '--json')
    expect(ran.json()).toMatchObject({ outcome: 'replied', reply: 'A four.' })
  })

  test('reloads it when a file that it is made of changes, and keeps the last good one while it is broken', async () => {
    await file(
      'bot.ts',
      bot("import { says } from './says.js'\nexport default defineBot().on('tweet', (ctx) => ctx.reply(says))"),
    )
    await file('says.ts', "export const says = 'One.'")
    const dev = starts(['dev', 'bot.ts'], { TMPDIR: folder }, folder)
    running = dev
    await dev.shows(/runs +bot\.ts, reloaded when it changes/)
    let count = 0
    /** Somebody else each time: one person gets few replies in a row. */
    const reply = async () => (await run('tweet', '--as', `person${count++}`, '--wait', '--json')).json().reply
    expect(await reply()).toBe('One.')
    await file('says.ts', "export const says = 'Two.'")
    await dev.shows(/Reloaded at \d\d:\d\d:\d\d\./)
    expect(await reply()).toMatch(/^Two\./)
    await file('says.ts', "export const says = 'Three")
    await dev.shows(
      /says\.ts:1:27: Unterminated string literal\n.*\n.*\nThe bot loaded at \d\d:\d\d:\d\d keeps running\./,
    )
    expect(await reply()).toMatch(/^Two\./)
    await file('says.ts', "\nthrow new TypeError('no words')")
    await dev.shows(/says\.ts:2:7: TypeError: no words\nThe bot loaded at \d\d:\d\d:\d\d keeps running\./)
    await file('says.ts', "export const says = 'Four.'")
    await dev.shows(/keeps running(?:.|\n)*Reloaded at/)
    expect(await reply()).toBe('Four.')
  })

  const links = bot("export default defineBot({ allow: { links: true } }).on('tweet', (ctx) => ctx.reply('bit.ly'))")

  test('ends where the bot cannot afford what it allows, and keeps the last one where a new version cannot', async () => {
    await file('bot.ts', links)
    expect(await run('dev', 'bot.ts')).toMatchObject({
      code: 2,
      stderr: expect.stringMatching(
        /allows links, but limits\.perAuthorPerDay is too low.*defineBot\(\{ allow: \{ links: true \}, limits: /,
      ),
    })
    await file('bot.ts', dice('A four.'))
    const dev = starts(['dev', 'bot.ts'], { TMPDIR: folder }, folder)
    running = dev
    await dev.shows(/runs +bot\.ts, reloaded when it changes/)
    await file('bot.ts', links)
    await dev.shows(/allows links, but .*\nThe bot loaded at \d\d:\d\d:\d\d keeps running\./)
    expect((await run('tweet', '--text', '@hexbird roll', '--wait', '--json')).json().reply).toBe('A four.')
  })

  test('shows what a handler logs, and that it failed after its reply', async () => {
    const code = "ctx.log.info('Rolling.', { sides: 6 })\n  await ctx.reply('A four.')\n  throw new Error('no dice')"
    await file('bot.ts', bot(`export default defineBot().use(async (ctx) => {\n  ${code}\n})`))
    const ran = await run('dev', 'bot.ts', '--once')
    expect([ran.code, ran.json()]).toEqual([0, expect.objectContaining({ outcome: 'replied', reply: 'A four.' })])
    expect(ran.stderr).toMatch(/^ {2}Rolling\. \{ sides: 6 \} \(for @alice’s tweet\)$/m)
    expect(ran.stderr).toMatch(/^ {2}Warning: A handler failed after .*\n {4}no dice\n {4}at bot\.ts:5:9$/m)
  })

  test('says what a handler throws, where, at which tweet, and whether it is called again', async () => {
    await file('bot.ts', bot("export default defineBot().use(() => {\n  throw new Error('no dice')\n})"))
    const ran = await run('dev', 'bot.ts', '--once')
    expect([ran.code, ran.json()]).toEqual([1, expect.objectContaining({ outcome: 'failed', reason: 'no dice' })])
    const told = '@alice: @hexbird what is this?\n  → failed: no dice\n    at bot.ts:3:9\n    Attempt'
    expect(ran.stderr).toContain(`${told} 1 of 5. The bot tries again.\n`)
    expect(ran.stderr).toContain(`${told} 5 of 5.\n`)
  })

  test('tells `tweet --wait` at once that a handler threw, and waits for the last attempt', async () => {
    await file('bot.ts', bot("export default defineBot().use((ctx) => ctx.reply('See bit.ly'))"))
    running = starts(['dev', 'bot.ts'], { TMPDIR: folder }, folder)
    await running.shows(/Ctrl-C/)
    const ran = await run('tweet', '--wait', '--json')
    expect([ran.code, ran.json()]).toEqual([1, expect.objectContaining({ outcome: 'failed' })])
    expect(ran.json().elapsedMs).toBeLessThan(20_000)
    expect(ran.stderr).toMatch(
      /^failed: REPLY_CONTENT: The reply cannot be posted: It has the link .*[^.]\. Attempt [1-4] of 5\. The bot tries again\.\n/m,
    )
    expect(ran.stderr).toMatch(/ Attempt 5 of 5\.\n/)
    await running.shows(
      /@alice: @hexbird what is this\?\n {2}→ failed: REPLY_CONTENT: .*\n.*\n {4}Attempt 1 of 5\. The /,
    )
    await running.shows(/\n {4}Attempt 5 of 5\.\n/)
  })

  test.each([
    [
      'a line that throws',
      'const a: number = 1\nthrow new RangeError("boo")',
      /bot\.ts cannot be loaded:\n {2}bot\.ts:3:7: RangeError: boo\n/,
    ],
    [
      'a mistake in the definition',
      "defineBot()\n  .command('two words', () => {})",
      /\n {2}bot\.ts:3:4: BotError: A command is one word/,
    ],
    [
      'an import of a package that is not there',
      "import 'dice'",
      /\n {2}bot\.ts:2:8: There is no package dice\. If package\.json lists dice, run npm install; if not, npm install dice\n/,
    ],
  ])('names the place of %s, without a stack trace', async (_name, code, message) => {
    await file('bot.ts', bot(code))
    const ran = await run('dev', 'bot.ts', '--once')
    expect(ran.stderr).toMatch(message)
    expect(ran.stderr).not.toMatch(/\n\s+at /)
    expect(ran).toMatchObject({ code: 2, stdout: '' })
  })

  test.each([['dev'], ['run']])('is refused by %s where there are rules too', async (command) => {
    await file('bot.ts', dice('A four.'))
    const ran = await run(command, 'bot.ts', '--rules', 'rules.mjs')
    expect(ran).toMatchObject({
      code: 2,
      stderr: expect.stringContaining('A bot file and --rules do not go together. Pass one of them.'),
    })
  })
})
