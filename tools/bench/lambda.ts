import { readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import type * as Harness from '../smoke/fixture.js'

/** AWS's runtime client under Node 24, and the services that functions call. */
export interface Lambda {
  /** The executable of Lambda's Node version. */
  readonly node: string
  readonly fixture: Harness.Fixture
  /** Milliseconds from the start of the process to the first answer. @throws Error if the answer is wrong */
  coldStart(taskRoot: string, first: () => Promise<Harness.FirstEvent>): Promise<number>
  /** The bundle's files that are loaded before the first answer. */
  filesRead(taskRoot: string, first: () => Promise<Harness.FirstEvent>): Promise<FilesRead>
  close(): Promise<void>
}

export interface FilesRead {
  /** Their names in the bundle's folder. */
  readonly files: readonly string[]
  readonly bytes: number
  /** The SDK clients among them, by AWS's service names. */
  readonly clients: readonly string[]
}

/** What runs functions. It resolves its imports from its own package, so it was bundled there. */
export const harness = async (root: URL): Promise<typeof Harness> =>
  await import(new URL('tools/smoke/dist/fixture.mjs', root).href)

export async function startLambdas(root: URL, scratch: string): Promise<Lambda> {
  const { installRuntime, startLambda, startFixture } = await harness(root)
  const runtime = await installRuntime(root)
  const fixture = await startFixture(root)
  const preload = fileURLToPath(new URL('tools/testkit/src/lambda-preload.cjs', root))

  async function run(taskRoot: string, { event, isAnswered }: Harness.FirstEvent, extra: Extra = {}): Promise<number> {
    const lines: string[] = []
    const environment = { ...fixture.environment, ...extra.environment }
    const onLine = (line: string) => void lines.push(line)
    const name = taskRoot.split('/').at(-1) ?? ''
    const host = await startLambda({
      ...runtime,
      name,
      taskRoot,
      preload: extra.preload ?? preload,
      environment,
      onLine,
    })
    try {
      const began = performance.now()
      const result = await host.invoke(event)
      const time = performance.now() - began
      if (!isAnswered(result)) throw new Error(`${name} answers ${JSON.stringify(result)}:\n${lines.join('\n')}`)
      return time
    } finally {
      await host.close()
    }
  }

  return {
    node: runtime.node,
    fixture,
    coldStart: async (taskRoot, first) => run(taskRoot, await first()),
    async filesRead(taskRoot, first) {
      const log = `${scratch}/reads.txt`
      writeFileSync(log, '')
      await run(taskRoot, await first(), {
        preload: fileURLToPath(new URL('tools/bench/log-reads.cjs', root)),
        environment: { HEXBIRD_PRELOAD: preload, HEXBIRD_READS: log },
      })
      const files = [...new Set(readFileSync(log, 'utf8').split('\n'))].filter((file) =>
        file.startsWith(`${taskRoot}/`),
      )
      rmSync(log)
      return {
        files: files.map((file) => file.slice(taskRoot.length + 1)),
        bytes: files.reduce((sum, file) => sum + statSync(file).size, 0),
        clients: [...new Set(files.flatMap((file) => clientsIn(readFileSync(file, 'utf8'))))].sort(),
      }
    },
    close: () => fixture.close(),
  }
}

interface Extra {
  readonly preload?: string
  readonly environment?: Readonly<Record<string, string>>
}

/** Each SDK client has its service's name as a default in its configuration. */
const clientsIn = (source: string): readonly string[] =>
  [...source.matchAll(/serviceId:\w+\?\.serviceId\?\?"([^"]+)"/g)].map(([, service = '']) => service)
