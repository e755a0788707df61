import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { hexbird } from '@hexbird/testkit/hexbird'
import { answer, startScripted } from '@hexbird/testkit/scripted-server'
import { describe, expect, test } from '@jest/globals'
import { FORGED, HOSTILE } from './hostile.js'

describe('the command shows on one line, and harmlessly, what stands in', () => {
  test.each<[string, RegExp, string]>([
    ['that throws', /cannot be loaded/, `throw new Error(${JSON.stringify(HOSTILE)})`],
    ['that writes', /cannot be loaded/, `console.error(${JSON.stringify(HOSTILE)})\nprocess.exit(1)`],
    ['that exports more than data', /something that is not plain data/, `export default { a: () => \`${HOSTILE}\` }`],
  ])('a module of rules %s', async (_, about, code) => {
    const folder = await mkdtemp(join(tmpdir(), 'hexbird-'))
    const rules = join(folder, 'rules.mjs')
    await writeFile(rules, code)
    const ran = await hexbird(['dev', '--once', '--rules', rules])
    await rm(folder, { recursive: true })
    expect(ran).toMatchObject({ code: 2, stderr: expect.stringMatching(about) })
    expect(ran.stderr).toContain('hexbird: all is well')
    expect(ran.stderr).not.toMatch(FORGED)
  })

  test('the subscriptions that X lists', async () => {
    const ID = '1815800000000000002'
    const subscription = { subscription_id: ID, event_type: HOSTILE, webhook_id: HOSTILE }
    const server = await startScripted((response, request) =>
      answer(
        200,
        request.url.includes('activity') ? { data: [subscription] } : { data: [], meta: { result_count: 0 } },
      )(response, request),
    )
    const env = { HEXBIRD_LOCAL_X: `http://127.0.0.1:${server.port}`, HEXBIRD_BEARER_TOKEN: 'something' }
    const ran = await hexbird(['subscriptions'], env)
    await server.close()
    expect(ran).toMatchObject({ code: 0, stdout: expect.stringContaining(`${ID}  x-activity  evil`) })
    expect(ran.stdout).not.toMatch(FORGED)
  })
})
