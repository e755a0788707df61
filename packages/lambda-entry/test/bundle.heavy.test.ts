import { spawnSync } from 'node:child_process'
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals'
import { BotFileError, bundleBot } from '../src/bundle/bundle-bot.js'
import { FUNCTIONS } from '../src/functions.js'
import { botOf, PHOTO } from './stack-templates.js'

let folder: string
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'hexbird-bundle-bot-'))
})
afterEach(() => rmSync(folder, { recursive: true }))

/** Bundles a bot of this source. */
function bundled(source: string) {
  const bot = join(folder, 'bot.ts')
  writeFileSync(bot, source)
  return bundleBot(bot, join(folder, 'functions'))
}

describe('a bot is bundled', () => {
  test.each([
    ['photos', PHOTO, { jobs: true, jobsInJobs: false, photos: true, labeler: true }],
    ['words', botOf('text'), { jobs: false, jobsInJobs: false, photos: false, labeler: false }],
    ['jobs', botOf('jobs'), { jobs: true, jobsInJobs: true, photos: false, labeler: false }],
    ['a labeler of its own', botOf('own-labeler'), { jobs: true, jobsInJobs: false, photos: true, labeler: false }],
  ])('with what one of %s needs, read from its definition', (_, bot, needs) => {
    expect(bundleBot(bot, folder)).toEqual({ needs, folder })
    expect(readdirSync(folder).sort()).toEqual(['bot.json', ...Object.keys(FUNCTIONS)].sort())
    for (const name of Object.keys(FUNCTIONS)) expect(readdirSync(join(folder, name))).toContain('index.mjs')
  })

  test('into those functions alone that need it', () => {
    bundleBot(botOf('text'), folder)
    const has = (name: string) =>
      readdirSync(join(folder, name)).some((file) =>
        readFileSync(join(folder, name, file), 'utf8').includes('You rolled'),
      )
    expect(Object.keys(FUNCTIONS).filter(has).sort()).toEqual(['admin', 'images', 'sweep', 'tweets'])
  })

  test('and what was in the folder before is gone', () => {
    writeFileSync(join(folder, 'old.mjs'), '')
    bundleBot(botOf('text'), folder)
    expect(readdirSync(folder)).not.toContain('old.mjs')
  })
})

describe('a bot that cannot be deployed is refused in words: its file, its line, its message', () => {
  test.each([
    [
      'throws',
      'const a = 1\n\nthrow new Error("No words today.")\nexport default a',
      /bot\.ts cannot be loaded:\n.*bot\.ts:3:7: No words today\.$/,
    ],
    ['is no TypeScript', 'export default {', /bot\.ts cannot be loaded:\n[\s\S]*end of file/],
    ['imports what is not there', 'import "./nowhere.js"\nexport default 1', /Could not resolve "\.\/nowhere\.js"/],
    [
      'has no default export',
      'export const bot = 1',
      /bot\.ts has no default export\. A bot file has `export default defineBot\(\)…` in it\.$/,
    ],
    [
      'exports something else',
      'export default 42',
      /bot\.ts does not export a bot that can be deployed: This is not a bot\./,
    ],
    ['exits the process', 'process.exit(0)', /bot\.ts exits the process that loads it\.$/],
  ])('one that %s', (_, source, message) => {
    let error: unknown
    try {
      bundled(source)
    } catch (thrown) {
      error = thrown
    }
    expect(error).toBeInstanceOf(BotFileError)
    expect((error as Error).message).toMatch(message)
    expect((error as Error).message).not.toMatch(/^\s+at |functions\/bot\.mjs/m)
  })

  test('one that is not there', () => {
    expect(() => bundleBot(join(folder, 'bot.ts'), join(folder, 'functions'))).toThrow(/bot\.ts cannot be loaded:\n/)
  })
})

describe('an app of the CDK', () => {
  const run = (code: string) => {
    const { status, stdout, stderr } = spawnSync(process.execPath, ['--input-type=module', '-e', code], {
      cwd: fileURLToPath(new URL('..', import.meta.url)),
      encoding: 'utf8',
      env: { ...process.env, CDK_OUTDIR: join(folder, 'cdk.out') },
    })
    return { status, stdout, stderr }
  }
  const app = (options: object) =>
    run(`import { synthesize } from '@hexbird/lambda-entry/stack'\nsynthesize(${JSON.stringify(options)})`)

  test('writes the templates of all stages', () => {
    expect(app({ bot: 'test/bots/text.ts', stages: 'stages.json' })).toMatchObject({ status: 0, stderr: '' })
    const files = readdirSync(join(folder, 'cdk.out'))
    for (const stage of ['staging', 'production']) expect(files).toContain(`hexbird-${stage}.template.json`)
  })

  test.each([
    [{ bot: 'test/bots/none.ts' }, 'test/bots/none.ts cannot be loaded:'],
    [{ bot: 'bot.ts', stages: 'nowhere.json' }, 'nowhere.json cannot be read:'],
  ])('with %j says what is wrong, without a stack trace, and fails', (options, message) => {
    const { status, stderr } = app(options)
    expect(stderr).toContain(message)
    expect(stderr).not.toMatch(/^\s+at /m)
    expect(status).toBe(2)
  })
})
