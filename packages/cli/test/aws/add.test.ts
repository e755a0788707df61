import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals'
import { addToProject } from '../../src/aws/add.js'
import { createProgram, run } from '../../src/program.js'
import { fakeTerminal } from '../fake-terminal.js'

let folder: string
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'hexbird-add-'))
})
afterEach(() => rm(folder, { recursive: true }))

const read = (name: string) => readFile(join(folder, name), 'utf8')
const manifest = async () => JSON.parse(await read('package.json')) as Record<string, Record<string, string>>
const version = async () =>
  (JSON.parse(await readFile(new URL('../../package.json', import.meta.url), 'utf8')) as { version: string }).version

/** A project with a bot. */
async function project(package_: object = {}) {
  await writeFile(join(folder, 'package.json'), JSON.stringify(package_))
  await writeFile(join(folder, 'bot.ts'), 'export default defineBot()')
}
async function add() {
  const { terminal, shown } = fakeTerminal()
  terminal.json = true
  await addToProject(terminal, folder)
  return shown
}

describe('add aws', () => {
  test('adds stages, an app, scripts and packages, and keeps what is there', async () => {
    await project({ name: 'mine', scripts: { test: 'node --test' }, devDependencies: { typescript: '7.0.2' } })
    await writeFile(join(folder, '.gitignore'), 'node_modules/')
    const { stderr, stdout } = await add()
    expect(stderr).toContain('npm install\n  npm run synth')
    expect(JSON.parse(stdout)).toEqual({ added: ['app.ts', 'cdk.json', 'stages.json'] })
    const { name, scripts, devDependencies } = await manifest()
    expect([name, scripts]).toEqual([
      'mine',
      { test: 'node --test', synth: 'hexbird synth', deploy: 'hexbird deploy', logs: 'hexbird logs' },
    ])
    expect(devDependencies).toMatchObject({ '@hexbird/lambda-entry': `^${await version()}`, typescript: '7.0.2' })
    expect(Object.keys(devDependencies ?? {})).toEqual(Object.keys(devDependencies ?? {}).sort())
    expect(await read('.gitignore')).toBe('node_modules/\ncdk.out/\n')
  })

  test('changes nothing in a project that is already set up, and says what is next', async () => {
    await project()
    await add()
    await writeFile(join(folder, 'stages.json'), '{}')
    const before = await read('package.json')
    const { stderr, stdout } = await add()
    expect(stderr).toBe('This project is already set up for AWS. Next:\n\n  npm install\n  npm run synth\n\n')
    expect(JSON.parse(stdout)).toEqual({ added: [] })
    expect([await read('package.json'), await read('stages.json')]).toEqual([before, '{}'])
  })

  test('makes two stages that are nobody’s yet, one of which has the webhook', async () => {
    await project()
    await add()
    const { staging, production } = JSON.parse(await read('stages.json')) as Record<string, unknown>
    expect(staging).toEqual({ botId: '0', botUsername: 'your_bot', webhookStage: true, webhookConcurrency: 0 })
    expect(production).toEqual({ botId: '0', botUsername: 'your_bot', webhookStage: false, webhookConcurrency: 0 })
  })

  test('takes packages that are not published from where the project has the others', async () => {
    await project({ overrides: { '@hexbird/lambda-entry': 'file:/packed/hexbird-lambda-entry-0.0.0.tgz' } })
    await add()
    expect((await manifest()).devDependencies).toMatchObject({
      '@hexbird/lambda-entry': 'file:/packed/hexbird-lambda-entry-0.0.0.tgz',
    })
  })

  test('names everything that is in the way, and changes nothing', async () => {
    await project({ scripts: { deploy: 'sls deploy' }, dependencies: { 'aws-cdk-lib': '^2.100.0' } })
    for (const file of ['app.ts', 'stages.json']) await writeFile(join(folder, file), 'mine')
    const [before, entries] = [await read('package.json'), await readdir(folder)]
    await expect(add()).rejects.toThrow(
      [
        'Nothing was changed, because of these conflicts:',
        '- app.ts already exists. Rename it, or move it away.',
        '- stages.json already exists. Rename it, or move it away.',
        '- package.json already has a script "deploy": sls deploy. Rename it.',
        '- package.json has aws-cdk-lib ^2.100.0. Change that to 2.276.0, or remove it.',
        'Then run again: npx hexbird add aws',
      ].join('\n'),
    )
    expect([await read('package.json'), await readdir(folder)]).toEqual([before, entries])
    expect([await read('app.ts'), await read('stages.json')]).toEqual(['mine', 'mine'])
  })

  test('outside of a project says how to make one', async () => {
    await expect(add()).rejects.toThrow('npx hexbird create my-bot --aws')
    await project()
    await rm(join(folder, 'bot.ts'))
    await expect(add()).rejects.toThrow('There is no bot.ts in this folder')
  })

  test('says that a package.json is not JSON', async () => {
    await project()
    await writeFile(join(folder, 'package.json'), '{')
    await expect(add()).rejects.toThrow(/package\.json is not JSON\. Correct it: /)
  })

  test('knows nothing else to add', async () => {
    const { terminal, shown } = fakeTerminal()
    expect(await run(createProgram(terminal), ['add', 'azure'], terminal)).toBe(2)
    expect(shown.stderr).toContain('Allowed choices are aws.')
  })
})

test('create --aws makes a project that is set up for AWS', async () => {
  const { terminal } = fakeTerminal()
  const created = join(folder, 'my-bot')
  const args = ['create', created, '--template', 'text', '--aws', '--no-install']
  expect(await run(createProgram(terminal), args, terminal)).toBe(0)
  folder = join(folder, 'my-bot')
  try {
    expect(await readdir(folder)).toEqual(expect.arrayContaining(['app.ts', 'bot.ts', 'cdk.json', 'stages.json']))
    const { scripts, devDependencies } = await manifest()
    expect(scripts).toMatchObject({ start: 'hexbird dev bot.ts --name my_bot', deploy: 'hexbird deploy' })
    expect(devDependencies).toMatchObject({ '@hexbird/lambda-entry': `^${await version()}` })
    expect((await read('.gitignore')).split('\n')).toEqual(expect.arrayContaining(['.env*', 'cdk.out/']))
  } finally {
    folder = join(folder, '..')
  }
})
