import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { animalRules, type ReplyRules } from '@hexbird/core'
import { hexbird, type Running, starts } from '@hexbird/testkit/hexbird'
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals'

const plant = fileURLToPath(new URL('../../../local-x/samples/plant.jpg', import.meta.url))

let folder: string
let running: Running[] = []
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'hexbird-'))
})
afterEach(async () => {
  for (const { child } of running) child.kill()
  await Promise.all(running.map(({ ended }) => ended))
  running = []
  await rm(folder, { recursive: true })
})

const file = async (name: string, content: string) => {
  const path = join(folder, name)
  await writeFile(path, content)
  return path
}
const plants = (greeting: string): ReplyRules => ({
  ...animalRules,
  matches: ['Plant'],
  texts: { en: { match: [`${greeting}: {labels}.`], other: ['o'], nothing: ['n'], noPhoto: ['p'], someone: 'there' } },
})
const once = (...args: string[]) => hexbird(['dev', '--once', '--photo', plant, ...args])

describe('rules of one’s own', () => {
  test.each([
    ['a module', 'rules.mjs', (rules: string) => `export const rules = ${rules}`],
    ['a module that exports them by default', 'rules.mjs', (rules: string) => `export default ${rules}`],
    ['JSON', 'rules.json', (rules: string) => rules],
  ])('are %s', async (_name, name, write) => {
    const path = await file(name, write(JSON.stringify(plants('Green'))))
    expect((await once('--rules', path)).json()).toMatchObject({ reply: expect.stringMatching(/^Green: .*Plant/) })
  })

  test('are TypeScript where Node reads it, and where it does not that is said', async () => {
    const path = await file('rules.ts', `const rules: object = ${JSON.stringify(plants('Typed'))}\nexport { rules }`)
    const ran = await once('--rules', path)
    if (Reflect.get(process.features, 'typescript'))
      expect(ran.json()).toMatchObject({ reply: expect.stringMatching(/^Typed/) })
    else expect(ran).toMatchObject({ code: 2, stderr: expect.stringMatching(/does not read TypeScript\. Use Node 22/) })
  })

  test('go for a recorded delivery too', async () => {
    const path = await file('rules.json', JSON.stringify(plants('Green')))
    const tweet = {
      id_str: '1815800000000000123',
      created_at: 'Tue Jul 23 18:00:00 +0000 2024',
      text: '@bot hi',
      user: { id_str: '42', screen_name: 'bob' },
      entities: { user_mentions: [{ screen_name: 'bot', id_str: '99', indices: [0, 4] }] },
    }
    const delivery = await file('delivery.json', JSON.stringify({ for_user_id: '99', tweet_create_events: [tweet] }))
    const ran = await hexbird(['receive', delivery, '--rules', path, '--json'])
    expect(ran.json()).toMatchObject({ outcome: 'replied', reply: 'p' })
  })

  test.each([
    ['are not there', 'none.mjs', undefined, /no such file/],
    ['are a text', 'rules.txt', '', /Write them as a module \(\.mjs, \.js, \.mts, \.ts\) or as \.json/],
    ['are not JSON', 'rules.json', '{', /is not JSON/],
    ['export nothing', 'rules.mjs', 'export const other = 1', /exports no rules/],
    [
      'do not parse',
      'rules.mjs',
      'export const a = 1\nexport const rules = { matches: [ }',
      /rules\.mjs:2\n.*\n.*\^\n\n {2}SyntaxError/,
    ],
    ['throw', 'rules.mjs', '\n\nthrow new Error("boo")', /rules\.mjs:3\n.*Error: boo/s],
    ['never load', 'rules.mjs', 'await new Promise(() => {})', /its top-level `await` never finishes/],
    ['end the process', 'rules.mjs', 'process.exit(0)', /ended before it exported/],
    ['are more than data', 'rules.mjs', 'export default { matches() {} }', /something that is not plain data/],
    ['have faults', 'rules.mjs', 'export default { matches: [] }', /- matches: is empty.*- texts: is missing/s],
  ])('that %s are refused with the reason, exit code 2', async (_name, name, content, message) => {
    const path = content === undefined ? join(folder, name) : await file(name, content)
    const ran = await once('--rules', path)
    expect(ran.stderr).toMatch(message)
    expect(ran.stderr).not.toMatch(/at .*(node:|dist\/)/)
    expect(ran).toMatchObject({ code: 2, stdout: '' })
  })
})

describe('a running bot', () => {
  async function start() {
    const texts = await file('texts.mjs', `export const rules = ${JSON.stringify(plants('Green'))}`)
    const path = await file('rules.mjs', "export { rules } from './texts.mjs'")
    const dev = starts(['dev', '--rules', path], { TMPDIR: folder })
    running.push(dev)
    await dev.shows(/Ctrl-C/)
    let count = 0
    /** Somebody else each time: one person gets few answers in a row. */
    const reply = async () => {
      const args = ['tweet', '--as', `person${count++}`, '--photo', plant, '--wait', '--json']
      return (await hexbird(args, { TMPDIR: folder })).json().reply
    }
    return { ...dev, texts, reply }
  }

  test('goes by the changed rules from the next tweet on, those of the files that they are made of too', async () => {
    const { texts, reply, shows } = await start()
    expect(await reply()).toMatch(/^Green: /)
    await writeFile(texts, `export const rules = ${JSON.stringify(plants('Lush'))}`)
    await shows(/Reloaded at \d\d:\d\d:\d\d\./)
    expect(await reply()).toMatch(/^Lush: /)
  })

  test('keeps the last good rules when the new ones are broken, says which and why, and takes the mended ones', async () => {
    const { texts, reply, shows } = await start()
    await writeFile(texts, 'export const rules = {')
    await shows(/texts\.mjs:1\n.*SyntaxError.*\nThe bot loaded at \d\d:\d\d:\d\d keeps running\./s)
    expect(await reply()).toMatch(/^Green: /)
    await writeFile(texts, 'export const rules = { matches: [] }')
    await shows(/- matches: is empty.*\nThe bot loaded at \d\d:\d\d:\d\d keeps running\./s)
    await writeFile(texts, `export const rules = ${JSON.stringify(plants('Mended'))}`)
    await shows(/Reloaded at/)
    expect(await reply()).toMatch(/^Mended: /)
  })
})
