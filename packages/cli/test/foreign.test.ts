import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { agentTo } from '@hexbird/adapters-x'
import { answer, type Script, startScripted } from '@hexbird/testkit/scripted-server'
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals'
import { fileMistake, problemOf } from '../src/file-problem.js'
import { foreignLines } from '../src/foreign.js'
import { loadRules } from '../src/local/rules-file.js'
import { startLocalBot } from '../src/local-bot.js'
import { chosen } from '../src/operate/choice.js'
import { Endpoint } from '../src/operate/endpoint.js'
import type { Step } from '../src/operate/rotate/record.js'
import { take } from '../src/operate/rotate/walk.js'
import { readSettings } from '../src/operate/settings.js'
import { createProgram, run } from '../src/program.js'
import { fakeTerminal } from './fake-terminal.js'
import { FORGED, HOSTILE } from './hostile.js'

let folder: string
const open: { close(): unknown }[] = []
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'hexbird-'))
})
afterEach(async () => {
  for (const one of open.splice(0)) await one.close()
  await rm(folder, { recursive: true })
})

const file = async (name: string, content: string) => {
  const path = join(folder, name)
  await writeFile(path, content)
  return path
}
const messageOf = async (act: () => unknown): Promise<string> => {
  try {
    await act()
  } catch (error) {
    return (error as Error).message
  }
  throw new Error('Nothing was thrown.')
}
const IDS = { a: '1815800000000000001', b: '1815800000000000002' }

describe('a message shows on one line, and harmlessly, what stands in', () => {
  test.each<[string, RegExp, () => Promise<string>]>([
    [
      'rules that are no JSON',
      /is not JSON/,
      async () => {
        const path = await file('rules.json', `${HOSTILE} {`)
        return messageOf(() => loadRules(path))
      },
    ],
    [
      'the keys of rules',
      /matches: /,
      async () => {
        const path = await file('rules.json', JSON.stringify({ texts: { '\u202e': {} } }))
        return messageOf(() => loadRules(path))
      },
    ],
    ["an operating system's error", /evil/, async () => problemOf(new Error(HOSTILE))],
    [
      'the name of a file',
      /no such file/,
      async () =>
        fileMistake(Object.assign(new Error('ENOENT'), { code: 'ENOENT', syscall: 'open', path: HOSTILE }))?.message ??
        '',
    ],
    [
      "the addresses of X's webhooks",
      /several webhooks/,
      () => {
        const webhooks = Object.values(IDS).map((id) => ({ id, url: HOSTILE, valid: true }))
        return messageOf(() => chosen(webhooks, undefined, undefined))
      },
    ],
    [
      'the address of a webhook in the settings',
      /cannot be the address of a webhook/,
      () => messageOf(() => new Endpoint(HOSTILE, undefined, IDS.a)),
    ],
    [
      'a name that a local X does not take',
      /is no username/,
      () => messageOf(() => startLocalBot({ localX: { bot: { id: IDS.a, username: HOSTILE } } })),
    ],
  ])('%s', async (_, about, make) => {
    const message = await make()
    expect(message).toMatch(about)
    expect(message).not.toMatch(FORGED)
  })

  test('an error that nobody foresaw, and where it happened', async () => {
    const { terminal, shown } = fakeTerminal()
    const program = createProgram(terminal)
    program.command('fail').action(() => Promise.reject(new Error(HOSTILE)))
    expect(await run(program, ['fail'], terminal)).toBe(1)
    expect(shown.stderr).toMatch(/^Error: evil↵hexbird: all is well.*\n {4}at .*foreign\.test/)
    expect(shown.stderr).not.toMatch(FORGED)
  })
})

describe('what X says is shown on one line, and harmlessly', () => {
  /** A step of a rotation, at an X that answers so. */
  async function stepped(step: Step, script: Script) {
    const server = await startScripted(script)
    const agent = agentTo({ port: server.port })
    open.push(server, { close: () => agent.destroy() })
    const settings = await readSettings(
      await file(
        '.env',
        ['CONSUMER_KEY', 'CONSUMER_SECRET', 'BEARER_TOKEN'].map((name) => `HEXBIRD_${name}=something`).join('\n'),
      ),
      {},
    )
    const rotation = { v: 1, step, webhookId: IDS.a, salt: '', old: '' } as const
    const x = { agent, local: undefined, browserUrl: (page: string) => page }
    return take(rotation, { settings, x, now: Date.now(), keepBearerToken: async () => {} })
  }

  test('when it refuses the keys of an app', async () => {
    const result = await stepped('bearer', answer(401, { errors: [{ code: 32, message: HOSTILE }] }))
    expect(result).toMatchObject({ kind: 'wait', found: expect.stringContaining('evil') })
    expect(JSON.stringify(result)).not.toMatch(/\\u001b|\u202e|\\n/)
  })

  test('when it names a job', async () => {
    const result = await stepped('replay', answer(200, { data: { job_id: HOSTILE } }))
    expect(result).toMatchObject({ kind: 'done', said: expect.stringContaining('evil') })
    expect(JSON.stringify(result)).not.toMatch(/\\u001b|\u202e|\\n/)
  })
})

test('lines of others stay lines, and are indented', () => {
  expect(foreignLines('a\r\nb\rc\n\n\x1b[31md')).toBe('  a\n  b↵c\n\n  \ufffd[31md')
})
