import { spawnSync } from 'node:child_process'
import { cp, mkdir, mkdtemp, readdir, readFile, rm, symlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { basename, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { hexbird } from '@hexbird/testkit/hexbird'
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'

const root = fileURLToPath(new URL('../../../', import.meta.url))
const HALF_AN_HOUR = 1_800_000

/** 10,000 faults for each bot take three minutes, so they are for the night. */
const isWhole = process.env.HEXBIRD_PROVE === 'whole'

let folder: string
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'hexbird-prove-'))
  await mkdir(join(folder, 'node_modules/@hexbird'), { recursive: true })
  for (const name of ['cli', 'core', 'prove']) {
    await symlink(join(root, 'packages', name), join(folder, 'node_modules/@hexbird', name))
  }
})
afterAll(() => rm(folder, { recursive: true }))

/** A bot's folder, where its packages are found. */
async function project(source: string): Promise<string> {
  const copy = join(folder, basename(source))
  await cp(join(root, source), copy, { recursive: true, filter: (path) => !path.includes('node_modules') })
  return copy
}
const proves = (cwd: string, ...args: string[]) =>
  hexbird(['prove', 'bot.ts', '--json', ...args], { TMPDIR: folder }, cwd)

describe('what is shipped', () => {
  const templates = ['photo', 'text', 'image'].map((name) => `packages/cli/templates/${name}`)
  // The other two are the templates for text and images.
  const examples = ['examples/alt-text', 'examples/plant-bot']

  test.each([...templates, ...examples])(
    '%s breaks no promise',
    async (source) => {
      const { code, json, stderr } = await proves(await project(source), '--seed', '1', ...(isWhole ? [] : ['--quick']))
      const { faults, broken } = json()
      expect([broken, code, stderr]).toEqual([[], 0, expect.stringContaining('No promise was broken')])
      expect(faults).toBeGreaterThanOrEqual(isWhole ? 10_000 : 500)
    },
    HALF_AN_HOUR,
  )
})

describe('a bot that is broken on purpose', () => {
  const once = `const seen = new Set<string>()
  .use((ctx, next) => (seen.has(ctx.tweet.id) ? undefined : seen.add(ctx.tweet.id) && next()))`.split('\n')

  test(
    'is found out, and the saved test fails until it is mended',
    async () => {
      const cwd = await project('packages/cli/templates/text')
      const bot = join(cwd, 'bot.ts')
      const sound = await readFile(bot, 'utf8')
      await writeFile(bot, sound.replace('/** Rolls', `${once[0]}\n$&`).replace('defineBot()', `$&\n${once[1]}`))
      const ran = await proves(cwd, '--quick', '--seed', '1', '--save', 'test')
      expect([ran.code, ran.json()]).toEqual([
        1,
        expect.objectContaining({ seed: 1, broken: [expect.objectContaining({ rule: 'a-reply-in-the-end' })] }),
      ])
      expect(ran.stderr).toMatch(/To repeat this: .* prove bot\.ts --quick --seed 1\n$/)

      const [saved = ''] = (await readdir(join(cwd, 'test'))).filter((name) => name.startsWith('prove-'))
      const tested = () => spawnSync(process.execPath, ['--test', join('test', saved)], { cwd, encoding: 'utf8' })
      const failing = tested()
      expect([failing.status, failing.stdout]).toEqual([1, expect.stringContaining('a-reply-in-the-end')])
      await writeFile(bot, sound)
      expect(tested().status).toBe(0)
    },
    HALF_AN_HOUR,
  )

  test('and a test of a created project finds nothing in it as it was made', async () => {
    const cwd = await project('packages/cli/templates/image')
    await cp(join(root, 'packages/cli/templates/shared/test'), join(cwd, 'test'), { recursive: true })
    const { status, stdout } = spawnSync(process.execPath, ['--test', 'test/prove.test.js'], { cwd, encoding: 'utf8' })
    expect([status, stdout]).toEqual([0, expect.stringMatching(/pass 1\b/)])
  })
})
