import { execFile, spawnSync } from 'node:child_process'
import { existsSync } from 'node:fs'
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals'

// The Dockerfile's steps are run by the check of what users install, in scripts/check-examples.mjs.
const template = fileURLToPath(new URL('../templates/shared/', import.meta.url))
const read = (name: string) => readFile(join(template, name), 'utf8')

let folder: string
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'hexbird-'))
})
afterEach(() => rm(folder, { recursive: true }))

describe('the unit for systemd', () => {
  const hasTool = spawnSync('systemd-analyze', ['--version']).status === 0
  const name = 'is one that systemd takes without a word'
  const run = hasTool ? test : test.skip

  /** What systemd says of it, under the name of a bot, with the Node of this machine. */
  async function verified(change: (unit: string) => string): Promise<string> {
    const unit = (await read('deploy/bot.service')).replace('/usr/bin/node', process.execPath)
    const path = join(folder, 'my-bot.service')
    await writeFile(path, change(unit))
    const { stdout, stderr } = await promisify(execFile)('systemd-analyze', ['verify', path]).catch(
      (error: unknown) => error as { readonly stdout: string; readonly stderr: string },
    )
    return stdout + stderr
  }

  run(hasTool ? name : `${name} (skipped: no systemd-analyze)`, async () => {
    expect(await verified((unit) => unit)).toBe('')
    expect(await verified((unit) => unit.replace('on-failure', 'sometimes'))).toContain('sometimes')
  })

  test('starts the command that is there, waits between starts, and not for ever', async () => {
    const unit = await read('deploy/bot.service')
    expect(unit).toContain('node node_modules/@hexbird/cli/dist/main.js run bot.ts')
    expect(existsSync(fileURLToPath(new URL('../src/main.ts', import.meta.url)))).toBe(true)
    expect(unit).toMatch(/^RestartSec=1min$/m)
    expect(unit).toMatch(/^StartLimitBurst=5$/m)
    expect(unit).toMatch(/^RestartPreventExitStatus=2$/m)
  })
})

describe('the container', () => {
  test('gets no secret, no store and no module of another machine', async () => {
    const ignored = (await read('.dockerignore')).trim().split('\n')
    expect(ignored).toEqual(expect.arrayContaining(['.env*', '*.sqlite*', 'data', 'node_modules']))
    expect(await read('gitignore')).toMatch(/^\.env\*$/m)
  })

  test('mounts what the project has', async () => {
    const mounted = [...(await read('compose.web.yaml')).matchAll(/\.\/(\S+?):/g)].map(([, path]) => path ?? '')
    expect(mounted).toEqual(['deploy/Caddyfile'])
    for (const path of mounted) expect(existsSync(join(template, path))).toBe(true)
  })

  test('keeps its store on a volume', async () => {
    const [dockerfile, compose] = [await read('Dockerfile'), await read('compose.yaml')]
    const [, volume = ''] = /^VOLUME (\S+)$/m.exec(dockerfile) ?? []
    const [, workdir = ''] = /^WORKDIR (\S+)$/m.exec(dockerfile) ?? []
    const [, store = ''] = /HEXBIRD_STORE=(\S+)/.exec(dockerfile) ?? []
    expect(join(workdir, store).startsWith(`${volume}/`)).toBe(true)
    expect(compose).toContain(`- data:${volume}\n`)
  })
})
