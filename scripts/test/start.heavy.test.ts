import { spawnSync } from 'node:child_process'
import { copyFileSync, existsSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, expect, test } from '@jest/globals'

const root = fileURLToPath(new URL('../../', import.meta.url))

let clone: string
beforeAll(() => {
  clone = mkdtempSync(join(tmpdir(), 'hexbird-start-'))
  const { stdout } = spawnSync('git', ['ls-files', '-z', '--cached', '--others', '--exclude-standard'], {
    cwd: root,
    encoding: 'utf8',
  })
  for (const path of stdout.split('\0').filter((path) => path !== '' && existsSync(join(root, path)))) {
    mkdirSync(dirname(join(clone, path)), { recursive: true })
    copyFileSync(join(root, path), join(clone, path))
  }
})
afterAll(() => rmSync(clone, { recursive: true }))

test('in a clone that is new, npm start brings what it needs, and a photo is answered', () => {
  const words = ['start', '--silent', '--', '--once', '--photo', 'packages/local-x/samples/photos/dog.jpg']
  const { status, stdout, stderr } = spawnSync('npm', words, { cwd: clone, encoding: 'utf8' })
  expect([status, status === 0 ? '' : stderr]).toEqual([0, ''])
  expect(JSON.parse(stdout.trim().split('\n').at(-1) ?? '')).toMatchObject({
    outcome: 'replied',
    labels: ['Dog'],
  })
})
