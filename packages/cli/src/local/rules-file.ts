import { fork } from 'node:child_process'
import { once } from 'node:events'
import { dirname, extname, resolve } from 'node:path'
import { fileURLToPath, pathToFileURL } from 'node:url'
import { isDeepStrictEqual } from 'node:util'
import type { ReplyRules } from '@hexbird/core'
import { checkRules, RulesError } from '@hexbird/core'
import { foreign, foreignLines } from '../foreign.js'
import { UsageError } from '../usage-error.js'
import { watchFolders } from '../watch-folders.js'
import { readUserFile } from './user-file.js'

/** So long a module may take to load, in milliseconds. */
const PATIENCE = 10_000

const MODULES = ['.mjs', '.js', '.mts', '.ts']

/**
 * Rules from a person's own file: a module that exports them as `rules` or by default, or JSON.
 *
 * @throws UsageError that says what is wrong with it
 */
export async function loadRules(path: string): Promise<ReplyRules> {
  const loaded = extname(path) === '.json' ? await fromJson(path) : await fromModule(path)
  try {
    return checkRules(loaded)
  } catch (cause) {
    if (!(cause instanceof RulesError)) throw cause
    const faults = cause.faults.map((fault) => `\n- ${foreign(fault)}`)
    throw new UsageError(`${path}: the reply rules cannot be used. Correct this:${faults.join('')}`, { cause })
  }
}

/** What became of a changed file. */
type Reloaded =
  | { readonly kind: 'changed'; readonly rules: ReplyRules }
  /** The rules before stay. */
  | { readonly kind: 'broken'; readonly problem: string }

/**
 * Loads the rules anew whenever a file in their folder changes, for they may be made of several. Tells only of what is
 * new: other rules than the last, or another problem.
 *
 * Gives a function that ends it.
 */
export function watchRules(path: string, first: ReplyRules, tell: (reloaded: Reloaded) => void): () => void {
  let last: Reloaded = { kind: 'changed', rules: first }
  const folders = [dirname(resolve(path))]
  return watchFolders({
    path,
    folders,
    counts: (name) => [...MODULES, '.json'].includes(extname(name)),
    async reload() {
      const reloaded = await loadRules(path).then(
        (rules): Reloaded => ({ kind: 'changed', rules }),
        (error: unknown): Reloaded => ({
          kind: 'broken',
          problem: error instanceof UsageError ? error.message : foreign(String(error)),
        }),
      )
      if (!isDeepStrictEqual(reloaded, last)) {
        last = reloaded
        tell(reloaded)
      }
      return folders
    },
    onBroken: (problem) => tell({ kind: 'broken', problem }),
  })
}

async function fromJson(path: string): Promise<unknown> {
  const text = new TextDecoder().decode(await readUserFile(path))
  try {
    return JSON.parse(text)
  } catch (cause) {
    throw new UsageError(`${path} is not JSON: ${foreign((cause as Error).message)}`, { cause })
  }
}

/**
 * In a process of its own, so that the module and all that it imports are read anew, and that one which never ends can be
 * stopped. Rules are data and pass between processes.
 */
async function fromModule(path: string): Promise<unknown> {
  const extension = extname(path)
  if (!MODULES.includes(extension))
    throw new UsageError(`${path} cannot hold rules. Write them as a module (${MODULES.join(', ')}) or as .json.`)
  if (extension.endsWith('ts') && !Reflect.get(process.features, 'typescript')) {
    const instead = 'Use Node 22.18 or later, or write the rules as .mjs or .json.'
    throw new UsageError(`${path}: Node ${process.versions.node} does not read TypeScript. ${instead}`)
  }
  await readUserFile(path)
  const child = fork(
    fileURLToPath(new URL('./rules-process.js', import.meta.url)),
    [pathToFileURL(resolve(path)).href],
    {
      serialization: 'advanced',
      execArgv: [],
      stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
      timeout: PATIENCE,
      killSignal: 'SIGKILL',
    },
  )
  let written = ''
  for (const stream of [child.stdout, child.stderr]) stream?.setEncoding('utf8').on('data', (text) => (written += text))
  let said: Said | undefined
  child.once('message', (message) => {
    said = message as Said
  })
  const [code, signal] = (await once(child, 'close')) as [number | null, NodeJS.Signals | null]
  if (said && 'rules' in said) return said.rules
  throw new UsageError(`${path} ${said ? foreign(said.problem) : whyNot(code, signal, written)}`)
}

/** What the process that loads a module says of it. */
export type Said = { readonly rules: unknown } | { readonly problem: string }

/** Node's own code for a module that waits when there is nothing left to wait for. */
const UNSETTLED = 13

function whyNot(code: number | null, signal: NodeJS.Signals | null, written: string): string {
  if (code === UNSETTLED) return 'cannot be loaded: its top-level `await` never finishes.'
  if (signal) return `did not load within ${PATIENCE / 1000} seconds.`
  // Where it happened is in what the person wrote; the frames of Node and of this command do not help.
  const lines = written.split('\n').filter((line) => !/^ {4}at .*(node:|rules-process)|^Node\.js v/.test(line))
  return `cannot be loaded:\n${foreignLines(lines.join('\n').trim() || 'It ended before it exported anything.')}`
}
