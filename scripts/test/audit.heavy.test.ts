import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { describe, expect, test } from '@jest/globals'

const root = fileURLToPath(new URL('../../', import.meta.url))

describe('the audit', () => {
  const ID = 'GHSA-aaaa-bbbb-cccc'
  const found = {
    actions: [],
    muted: [],
    metadata: { vulnerabilities: { info: 0, low: 0, moderate: 0, high: 1, critical: 0 }, dependencies: 1 },
    advisories: {
      1: {
        id: 1,
        github_advisory_id: ID,
        module_name: 'left-pad',
        severity: 'high',
        title: 'It pads to the right',
        findings: [{ version: '1.0.0', paths: ['packages__cli>left-pad'] }],
        vulnerable_versions: '<2.0.0',
        patched_versions: '>=2.0.0',
        overview: '',
        recommendation: '',
        url: '',
        cwe: [],
        cves: [],
        access: 'public',
      },
    },
  }

  /** What it prints, and its exit code, where the registry answers like this. */
  async function audited(status: number, answer: unknown, explained: unknown = {}, ...args: string[]) {
    const registry = createServer((request, response) => {
      request.resume().on('end', () => {
        response.writeHead(status, { 'content-type': 'application/json' })
        response.end(JSON.stringify(answer))
      })
    })
    await new Promise<void>((resolve) => registry.listen(0, '127.0.0.1', resolve))
    const folder = mkdtempSync(join(tmpdir(), 'hexbird-audit-'))
    const file = join(folder, 'explained.json')
    writeFileSync(file, JSON.stringify(explained))
    try {
      const url = `http://127.0.0.1:${(registry.address() as AddressInfo).port}/`
      const all = [join(root, 'scripts/audit.mjs'), '--registry', url, '--explained', file, ...args]
      const child = spawn(process.execPath, all, { stdio: ['ignore', 'pipe', 'inherit'] })
      let stdout = ''
      child.stdout.setEncoding('utf8').on('data', (text: string) => {
        stdout += text
      })
      const [code] = (await once(child, 'close')) as [number | null]
      return { code, stdout }
    } finally {
      registry.close()
      rmSync(folder, { recursive: true })
    }
  }

  test('fails for every finding without an explanation, or with an expired one', async () => {
    const explained = (until: string) => ({ [ID]: { because: 'Nothing is padded.', until } })
    const [bad, fine, late] = await Promise.all([
      audited(200, found),
      audited(200, found, explained('9999-12-31')),
      audited(200, found, explained('2020-01-01')),
    ])
    expect([bad, fine, late].map(({ code }) => code)).toEqual([1, 0, 1])
    expect(bad.stdout).toContain(`FOUND     high left-pad ${ID}: It pads to the right`)
    expect(fine.stdout).toContain('Nothing is padded.')
    expect(late.stdout).toContain('expired on 2020-01-01')
  })

  test('says so where the registry does not answer, and fails where an answer is wanted', async () => {
    const { code, stdout } = await audited(405, {}, {}, '--strict')
    expect(stdout).toMatch(/^The packages were not checked: the registry did not answer\. .*405/)
    expect(code).toBe(1)
  })
})
