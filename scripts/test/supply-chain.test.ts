import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { describe, expect, test } from '@jest/globals'

const root = fileURLToPath(new URL('../../', import.meta.url))
const textOf = (path: string) => readFileSync(join(root, path), 'utf8')
const workflows = readdirSync(join(root, '.github/workflows')).map((name) => `.github/workflows/${name}`)

/** What may be written by a job, and nothing else: who publishes has to prove which workflow it is. */
const MAY_WRITE = ['id-token']

/** What a workflow gets wrong, line by line. */
function faultsOf(workflow: string): readonly string[] {
  const lines = workflow.split('\n')
  const faults = lines.flatMap((line, index) => {
    const uses = /^\s*(?:- )?uses:\s*(.*)$/.exec(line)?.[1]
    if (uses !== undefined && !/^[\w.-]+\/[\w./-]+@[0-9a-f]{40} # v\d+\.\d+\.\d+$/.test(uses)) {
      return [`${uses}: pin it to the 40 digits of a commit, with its version behind a #`]
    }
    if (
      uses?.startsWith('actions/checkout@') &&
      !/persist-credentials: false/.test(lines.slice(index, index + 4).join())
    ) {
      return ['actions/checkout: set persist-credentials to false, for no step needs them']
    }
    const written = /^\s+([\w-]+): write(-all)?\b/.exec(line)?.[1]
    if (written !== undefined && !MAY_WRITE.includes(written)) return [`${written}: write is more than a job needs`]
    if (/pull_request_target|workflow_run/.test(line))
      return [`${line.trim()} runs what strangers wrote with our rights`]
    return /\$\{\{\s*(github\.event|github\.head_ref)/.test(line)
      ? [`${line.trim()} puts what strangers write into a command`]
      : []
  })
  const isRead = /^permissions:\n {2}contents: read\n(?! )/m.test(workflow)
  return isRead ? faults : [...faults, 'permissions: grant contents: read to all of it, and more where it is needed']
}

describe('the workflows', () => {
  test('are there', () => {
    expect(workflows.length).toBeGreaterThanOrEqual(2)
  })

  test.each(workflows)('%s pins every action, and may do what it needs and no more', (path) => {
    expect(faultsOf(textOf(path))).toEqual([])
  })

  const sound = textOf('.github/workflows/ci.yml')
  test.each([
    ['a tag', sound.replace(/@[0-9a-f]{40} # v5\.0\.0/, '@v5')],
    ['a commit cut short', sound.replace(/@[0-9a-f]{40}/, '@08c6903')],
    ['a commit without its version', sound.replace(/ # v5\.0\.0/, '')],
    ['credentials that stay', sound.replace('persist-credentials: false', 'persist-credentials: true')],
    ['no permissions', sound.replace(/^permissions:\n {2}contents: read\n/m, '')],
    ['permissions for all', sound.replace('contents: read', 'contents: write')],
    ['strangers with our rights', sound.replace('pull_request:', 'pull_request_target:')],
    ['strangers in a command', sound.replace('npm run sbom', 'echo ${{ github.event.pull_request.title }}')],
  ])('%s is noticed', (_, workflow) => {
    expect(workflow).not.toBe(sound)
    expect(faultsOf(workflow).length).toBeGreaterThan(0)
  })
})

describe('the release', () => {
  const release = textOf('.github/workflows/release.yml')

  test('can be published by one job alone, which runs nothing of the project and installs nothing', () => {
    expect(publishingFaults(release)).toEqual([])
  })

  test('publishes every package that is published, and no other', () => {
    const [, list = ''] = /^ {6}PACKAGES: >-\n((?: {8}\S+\n)+)/m.exec(release) ?? []
    const manifests = readdirSync(join(root, 'packages')).map((name) =>
      JSON.parse(textOf(`packages/${name}/package.json`)),
    )
    const published = manifests.filter((each) => !each.private).map((each) => each.name as string)
    expect(list.trim().split(/\s+/).sort()).toEqual(published.sort())
  })

  test('publishes what the tests ran on: tarballs are checked by name and sum before the first is published', () => {
    const { publish = '' } = jobsOf(release)
    const [check, put] = ['sha256sum --check --strict', 'npm publish'].map((command) => publish.indexOf(command))
    expect(check).toBeGreaterThan(0)
    expect(put).toBeGreaterThan(check ?? 0)
    expect(publish).toMatch(/npm publish .*--provenance .*--ignore-scripts/)
    expect(publish).toContain('SUMS: ${{ needs.build.outputs.sums }}')
  })

  const evil = (step: string) => release.replace('      - name: Verify the tarballs', `${step}\n$&`)
  test.each([
    ['a step that installs', evil('      - run: npm ci')],
    ['a step that runs what the project brings', evil('      - run: npx changeset publish')],
    ['a checkout beside the right to publish', evil('      - uses: actions/checkout@v5')],
    [
      'the right to publish where the tests run',
      release.replace('    timeout-minutes: 90\n', '$&    permissions:\n      id-token: write\n'),
    ],
    ['scripts of a tarball', release.replace(' --ignore-scripts', '')],
  ])('%s is noticed', (_, workflow) => {
    expect(workflow).not.toBe(release)
    expect(publishingFaults(workflow).length).toBeGreaterThan(0)
  })
})

/** The jobs of a workflow, each as its lines. */
function jobsOf(workflow: string): Readonly<Record<string, string>> {
  const [, jobs = ''] = workflow.split(/^jobs:\n/m)
  const parts = jobs.split(/^ {2}([\w-]+):\n/m).slice(1)
  return Object.fromEntries(parts.flatMap((name, index) => (index % 2 === 0 ? [[name, parts[index + 1] ?? '']] : [])))
}

/** What whoever can publish may do besides. */
const PUBLISHING =
  /^(set -euo pipefail|cd tarballs|printf |diff |<\(for |for |file=|version=|if npm view |echo |else$|fi$|done$|npm publish \S+ --provenance --access public --ignore-scripts$)/

function publishingFaults(workflow: string): readonly string[] {
  const may = Object.entries(jobsOf(workflow)).filter(([, job]) => job.includes('id-token: write'))
  const everywhere = /^ {2}id-token: write/m.test(workflow) ? ['every job may publish'] : []
  const several = may.length === 1 ? [] : [`${may.length} jobs may publish`]
  const steps = may.flatMap(([name, job]) => {
    const uses = [...job.matchAll(/uses: ([^@\s]+)/g)].map(([, action = '']) => action)
    const commands = [...job.matchAll(/^ {6}(?: {2}|- )run: (\|\n(?: {10}.*\n)+|.+)/gm)].flatMap(([, run = '']) =>
      run.replace(/^\|\n/, '').split('\n'),
    )
    return [
      ...uses.filter((action) => !['actions/setup-node', 'actions/download-artifact'].includes(action)),
      ...commands.map((line) => line.trim()).filter((line) => line !== '' && !PUBLISHING.test(line)),
    ].map((what) => `${name}, which may publish, runs ${what}`)
  })
  return [...everywhere, ...several, ...steps]
}

describe('what is installed', () => {
  const lock = textOf('pnpm-lock.yaml')

  test('comes from the registry, and is what it was when it was locked', () => {
    const resolutions = [...lock.matchAll(/^ {4}resolution: (.*)$/gm)].map(([, how = '']) => how)
    expect(resolutions.length).toBeGreaterThan(500)
    expect(resolutions.filter((how) => !/^\{integrity: sha512-[\w+/]{86}==\}$/.test(how))).toEqual([])
  })

  test('runs no script of its own but the one that was looked at', () => {
    const settings = textOf('pnpm-workspace.yaml')
    expect(settings).toMatch(/^strictDepBuilds: true$/m)
    const [, list = ''] = /^allowBuilds:\n((?: {2}.*\n)+)/m.exec(settings) ?? []
    expect(list.split('\n').filter((line) => line.endsWith(': true'))).toEqual(['  esbuild: true'])
  })

  test('has one exact version of everything', () => {
    const [, catalog = ''] = /^catalog:\n((?: {2}.*\n?)+)/m.exec(textOf('pnpm-workspace.yaml')) ?? []
    const loose = catalog
      .split('\n')
      .filter((line) => line.trim() !== '' && !/^ {2}#/.test(line))
      .filter((line) => !/: (npm:[@\w/-]+@)?\d+\.\d+\.\d+(-[\w.]+)?$/.test(line))
    expect(loose).toEqual([])
  })
})
