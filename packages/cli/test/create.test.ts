import { mkdir, mkdtemp, readdir, readFile, rm, symlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join, relative } from 'node:path'
import { afterAll, afterEach, beforeAll, describe, expect, test } from '@jest/globals'
import { create as makeProject } from '../src/create.js'
import { createProgram, run } from '../src/program.js'
import { UsageError } from '../src/usage-error.js'
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

/** What every project has. */
const SHARED = [
  '.dockerignore',
  '.gitignore',
  'Dockerfile',
  'README.md',
  'bot.ts',
  'compose.web.yaml',
  'compose.yaml',
  join('deploy', 'Caddyfile'),
  join('deploy', 'bot.service'),
  'package.json',
  join('test', 'prove.test.js'),
  'tsconfig.json',
]

describe('create', () => {
  test('makes a project, with the name of its folder and packages of the version of the command', async () => {
    const { code, result, stderr } = await create('my-bot', '--no-install')
    expect([code, result]).toEqual([0, { name: 'my-bot', folder: join(folder, 'my-bot'), installed: false }])
    expect(stderr).toMatch(/Created my-bot.*npm install\n {2}npm test\n {2}npm start\n/s)
    const { name, scripts, dependencies, devDependencies } = await manifestIn('my-bot')
    const range = `^${await version()}`
    expect([name, dependencies]).toEqual(['my-bot', { '@hexbird/cli': range, '@hexbird/core': range }])
    expect(Object.keys(devDependencies ?? {})).toEqual(['@hexbird/prove', '@types/node', 'fast-check'])
    expect(scripts).toEqual({
      start: 'hexbird dev bot.ts --name my_bot',
      bot: 'hexbird run bot.ts',
      test: 'node --test',
      prove: 'hexbird prove bot.ts',
    })
  })

  test.each([
    ['photo', [join('photos', 'bird.jpg'), 'rules.js', join('test', 'rules.test.js'), join('test', 'story.test.js')]],
    ['text', [join('test', 'bot.test.js')]],
    ['image', ['chart.ts', join('test', 'bot.test.js')]],
  ])('makes a bot of the kind %s', async (template, own) => {
    expect((await create(template, '--no-install', '--template', template)).code).toBe(0)
    const entries = await readdir(join(folder, template), { recursive: true, withFileTypes: true })
    const files = entries.filter((entry) => entry.isFile()).map(({ parentPath, name }) => join(parentPath, name))
    expect(files.map((file) => relative(join(folder, template), file)).sort()).toEqual([...SHARED, ...own].sort())
  })

  test.each([
    ['dice', 'dice'],
    ['a-bot-with-a-long-name', 'a_bot_with_a_lo'],
    ['42', 'hexbird'],
  ])('names the bot after the folder %s, as far as X allows', async (dir, bot) => {
    expect((await create(dir, '--no-install', '--template', 'text')).code).toBe(0)
    expect((await manifestIn(dir)).scripts?.start).toBe(`hexbird dev bot.ts --name ${bot}`)
    expect(await readFile(join(folder, dir, 'README.md'), 'utf8')).toContain(`--text "@${bot} roll 2d20"`)
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
    expect(dependencies).toEqual({ '@hexbird/core': core, '@hexbird/cli': core.replace('hexbird-core', 'hexbird-cli') })
    expect(Object.keys(overrides ?? {}).sort()).toEqual(['@hexbird/cli', '@hexbird/core', '@hexbird/local-x'])
    expect(overrides).toMatchObject({ '@hexbird/core': core })
  })
})

describe('create where npm install fails', () => {
  const path = process.env.PATH
  afterEach(() => {
    process.env.PATH = path
  })
  const { terminal, shown } = fakeTerminal()
  /** An npm that makes a half of what it should, and then says this. */
  async function npmSays(said: string) {
    const bin = await mkdtemp(join(folder, 'bin-'))
    await writeFile(join(bin, 'npm'), `#!/bin/sh\n/bin/mkdir node_modules; echo "${said}" >&2; exit 1\n`, {
      mode: 0o755,
    })
    process.env.PATH = bin
  }
  const failing = (dir: string) => makeProject(join(folder, dir), { install: true, template: 'photo' }, terminal, false)

  test('leaves nothing, so that it can be tried again', async () => {
    await npmSays('npm error network')
    await expect(failing('failed')).rejects.toThrow(/so nothing was created\. Try again.*\n.*npm error network/)
    expect(await readdir(folder)).not.toContain('failed')
    expect((await create('failed', '--no-install')).code).toBe(0)
  })

  test('leaves an empty folder and its repository as they were', async () => {
    await npmSays('npm error network')
    await mkdir(join(folder, 'failed-repository/.git'), { recursive: true })
    await expect(failing('failed-repository')).rejects.toThrow(UsageError)
    expect(await readdir(join(folder, 'failed-repository'))).toEqual(['.git'])
  })

  test('says that there is no network', async () => {
    await npmSays('npm error network request to https://registry.example failed, reason: getaddrinfo EAI_AGAIN')
    await expect(failing('offline')).rejects.toThrow('No network: npm cannot reach its registry. Check')
    expect(await readdir(folder)).not.toContain('offline')
  })

  test('says that the packages are not published, and what to type instead', async () => {
    await npmSays('npm error code E404\nnpm error 404 Not Found - GET https://registry.example/@hexbird/core')
    await expect(failing('unpublished')).rejects.toThrow(
      /not published yet.*npm run hexbird -- create <dir>\..*pass --packages <folder>\./,
    )
  })

  test('says where there is no npm', async () => {
    process.env.PATH = folder
    await expect(failing('without-npm')).rejects.toThrow(
      /npm was not found\. Install Node with npm, or pass --no-install\. Nothing was created/,
    )
    expect(await readdir(folder)).not.toContain('without-npm')
  })

  test('says so before that in a clone, and packs what is not published', async () => {
    const clone = join(folder, 'clone')
    await mkdir(join(clone, 'scripts'), { recursive: true })
    await mkdir(join(clone, 'tarballs'))
    for (const name of ['core', 'cli']) await writeFile(join(clone, `tarballs/hexbird-${name}-0.0.0.tgz`), '')
    await writeFile(join(clone, 'scripts/packed.mjs'), `console.log(${JSON.stringify(join(clone, 'tarballs'))})`)
    const bin = await mkdtemp(join(folder, 'bin-'))
    await writeFile(join(bin, 'npm'), '#!/bin/sh\n', { mode: 0o755 })
    process.env.PATH = bin
    expect(await makeProject(join(folder, 'from-clone'), { install: true, template: 'photo' }, terminal, clone)).toBe(0)
    expect(shown.stderr).toMatch(/not published yet: building and packing the ones in this clone/)
    const { dependencies } = await manifestIn('from-clone')
    const tarball = (name: string) => `file:${join(clone, `tarballs/hexbird-${name}-0.0.0.tgz`)}`
    expect(dependencies).toEqual({ '@hexbird/core': tarball('core'), '@hexbird/cli': tarball('cli') })
  })
})

describe('create through a link', () => {
  test('makes the project in the empty folder that the link leads to', async () => {
    await mkdir(join(folder, 'real-empty'))
    await symlink(join(folder, 'real-empty'), join(folder, 'linked'))
    expect((await create('linked', '--no-install')).code).toBe(0)
    expect((await manifestIn('real-empty')).name).toBe('linked')
  })
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

  test('a link that leads nowhere, or in a circle', async () => {
    await symlink(join(folder, 'nothing'), join(folder, 'dangling'))
    await symlink(join(folder, 'circle'), join(folder, 'circle'))
    await refused('dangling', /dangling cannot be used: it is a broken link\. Remove it/, '--no-install')
    await refused('circle', /circle cannot be used: its symbolic links form a loop/, '--no-install')
  })

  test('a file', async () => {
    await writeFile(join(folder, 'a-file'), '')
    await refused('a-file', /a-file cannot be used: part of the path is a file\./)
  })

  test.each(['My Bot', '.bot', 'node_modules', 'http'])('%j, which npm takes for no name', (name) =>
    refused(name, /npm does not accept ".*": .*\. Choose another name\./),
  )

  test('a folder without packed packages', () =>
    refused(
      'bot',
      /has no packed hexbird packages\. Name the folder that holds the \.tgz files, or pack them/,
      '--packages',
      tmpdir(),
    ))

  test('a kind of bot that there is not', async () => {
    const { code, stderr } = await create('bot', '--template', 'video')
    expect([code, stderr]).toEqual([2, expect.stringMatching(/Allowed choices are photo, text, image/)])
  })

  test('packed packages from nowhere', () =>
    refused('bot', /nowhere cannot be read: /, '--packages', join(folder, 'nowhere')))
})
