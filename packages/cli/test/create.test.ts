import { spawnSync } from 'node:child_process'
import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'
import { createProgram, run } from '../src/program.js'
import { fakeTerminal } from './fake-terminal.js'

// That the project works is for the check of what users install: it installs one from tarballs, and runs it.
let folder: string
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'hexbird-create-'))
})
afterAll(() => rm(folder, { recursive: true }))

async function create(dir: string, ...options: string[]) {
  const { terminal, shown } = fakeTerminal()
  const args = ['create', join(folder, dir), '--json', ...options]
  const code = await run(createProgram(terminal), args, terminal)
  return { code, result: JSON.parse(shown.stdout) as unknown, stderr: shown.stderr }
}
const manifestIn = async (dir: string) =>
  JSON.parse(await readFile(join(folder, dir, 'package.json'), 'utf8')) as Record<string, Record<string, string>>
const version = async () =>
  (JSON.parse(await readFile(new URL('../package.json', import.meta.url), 'utf8')) as { version: string }).version

describe('create', () => {
  test('makes a project, with the name of its folder and packages of the version of the command', async () => {
    const { code, result, stderr } = await create('my-bot', '--no-install')
    expect([code, result]).toEqual([0, { name: 'my-bot', folder: join(folder, 'my-bot'), installed: false }])
    expect(stderr).toMatch(/my-bot is there.*npm install\n {2}npm test\n {2}npm start\n/s)
    const { name, dependencies, devDependencies } = await manifestIn('my-bot')
    expect([name, dependencies]).toEqual(['my-bot', { '@hexbird/core': `^${await version()}` }])
    expect(devDependencies?.['@hexbird/cli']).toBe(`^${await version()}`)
    const files = await readdir(join(folder, 'my-bot'), { recursive: true })
    expect(files.filter((file) => file.includes('.')).sort()).toEqual([
      '.gitignore',
      'README.md',
      'jsconfig.json',
      'package.json',
      join('photos', 'bird.jpg'),
      'rules.js',
      join('test', 'rules.test.js'),
      join('test', 'story.test.js'),
    ])
  })

  test('takes an empty folder, and one with an empty repository', async () => {
    await mkdir(join(folder, 'repository/.git'), { recursive: true })
    expect((await create('repository', '--no-install')).code).toBe(0)
  })

  test('takes packed packages, however deep they are needed', async () => {
    const packed = join(folder, 'packed')
    await mkdir(packed)
    for (const name of ['core', 'cli', 'local-x']) await writeFile(join(packed, `hexbird-${name}-1.2.3-beta.1.tgz`), '')
    expect((await create('from-packed', '--no-install', '--packages', packed)).code).toBe(0)
    const core = `file:${join(packed, 'hexbird-core-1.2.3-beta.1.tgz')}`
    const { dependencies, overrides } = await manifestIn('from-packed')
    expect(dependencies).toEqual({ '@hexbird/core': core })
    expect(Object.keys(overrides ?? {}).sort()).toEqual(['@hexbird/cli', '@hexbird/core', '@hexbird/local-x'])
    expect(overrides).toMatchObject({ '@hexbird/core': core })
  })
})

test('a project whose packages npm cannot bring is there all the same, and that is said', async () => {
  // As it is built, in a process without an npm.
  const main = fileURLToPath(new URL('../dist/main.js', import.meta.url))
  const args = [main, 'create', join(folder, 'without-npm')]
  const { status, stderr } = spawnSync(process.execPath, args, { env: { PATH: folder }, encoding: 'utf8' })
  expect(stderr).toMatch(
    /The project is there, and npm install did not succeed\. Run it in .*without-npm: spawn npm ENOENT/,
  )
  expect(status).toBe(1)
  expect((await manifestIn('without-npm')).name).toBe('without-npm')
})

describe('create refuses, in one line', () => {
  const refused = async (dir: string, what: RegExp, ...options: string[]) => {
    const before = await readdir(folder, { recursive: true })
    const { code, stderr } = await create(dir, ...options)
    expect(stderr).toMatch(what)
    expect(stderr.trim().split('\n')).toHaveLength(1)
    expect([code, await readdir(folder, { recursive: true })]).toEqual([2, before])
  }

  test('a folder that is not empty, and leaves it as it is', async () => {
    await mkdir(join(folder, 'used'))
    await writeFile(join(folder, 'used/notes.txt'), 'mine')
    await refused('used', /used is not empty\. Choose a new folder/)
  })

  test('a file', async () => {
    await writeFile(join(folder, 'a-file'), '')
    await refused('a-file', /a-file cannot be used: it is a file\./)
  })

  test.each(['My Bot', '.bot', 'node_modules', 'http'])('%j, which npm takes for no name', (name) =>
    refused(name, /npm would not take ".*": .*\. Choose another name\./),
  )

  test('a folder without packed packages', () =>
    refused('bot', /has no packed packages of hexbird/, '--packages', tmpdir()))

  test('packed packages from nowhere', () =>
    refused('bot', /nowhere cannot be read: /, '--packages', join(folder, 'nowhere')))
})
