// Type-checks every code block in Markdown and docstrings against the built packages, and runs it. Its output must match
// the `text` block after it, or the comment under its `console.log`.
//
// A block that needs something only its reader has declares it in a comment, which readers of the page don't see:
//   <!-- given: declare const inbox: import('@hexbird/core/adapter').Inbox -->
// Such a block is type-checked with that declaration, and not run. `<!-- not run: why -->` does the same without one. All
// others run in the folder of their page. A block with a name, as in ```js rules.js, becomes that file: the page's other
// blocks may import it, and a `sh` block with a single `node` or `npx hexbird` command may run it, in the page's order. In
// the expected output, `…` stands for text that varies. `<!-- ends with 1 -->` before a command is its exit code.
import { spawnSync } from 'node:child_process'
import { copyFileSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { dirname, join, relative } from 'node:path'
import { fileURLToPath } from 'node:url'

const root = fileURLToPath(new URL('../', import.meta.url))
const cache = fileURLToPath(new URL('.cache/examples/', import.meta.url))
/** A code block. In docstrings, lines are matched without their ` * `. */
const BLOCK =
  /(?:<!-- (given|not run): ((?:(?!-->)[\s\S])*?) -->\n+)?^```(?:ts|js)(?: (\S+))?\n([\s\S]*?)^```$(?:\n+^```text\n([\s\S]*?)^```$)?/gm
const COMMAND =
  /(?:<!-- ends with (\d) -->\n+)?^```sh\n(node|npx hexbird) (.*)\n```$(?:\n+^```text\n([\s\S]*?)^```$)?/gm
const HEXBIRD = join(root, 'packages/cli/dist/main.js')
const PATIENCE = 60_000

const texts = [...markdownFiles(), ...sources()]
const examples = texts.flatMap(([path, text]) => examplesIn(path, text))
const commands = texts.flatMap(([path, text]) => commandsIn(path, text))
rmSync(cache, { recursive: true, force: true })
for (const { file, given, code } of examples) {
  mkdirSync(dirname(file), { recursive: true })
  writeFileSync(file, `${given}\n${code}\nexport {}\n`)
}
writeFileSync(
  join(cache, 'tsconfig.json'),
  JSON.stringify({
    extends: '../../../tsconfig.base.json',
    compilerOptions: {
      ...{ composite: false, declaration: false, declarationMap: false, sourceMap: false },
      ...{ allowJs: true, checkJs: true, noUnusedLocals: false, lib: ['es2023', 'dom'] },
      ...{ rootDir: '.', outDir: 'run', tsBuildInfoFile: null },
    },
    include: ['.'],
    exclude: ['run'],
  }),
)
const tsc = join(root, 'node_modules/typescript7/bin/tsc')
const { status, stdout } = spawnSync(process.execPath, [tsc, '-p', cache, '--pretty', 'false'], { encoding: 'utf8' })
const faults = status === 0 ? [] : placed(stdout)
// The command loads a bot's TypeScript source.
for (const { file } of examples.filter(({ runs, file }) => !runs && file.endsWith('.ts'))) {
  const beside = join(cache, 'run', relative(cache, file))
  mkdirSync(dirname(beside), { recursive: true })
  copyFileSync(file, beside)
}

const toRun = faults.length > 0 ? [] : [...examples.filter(({ runs }) => runs), ...commands]
faults.push(...toRun.flatMap(faultsOf))
for (const fault of faults) console.error(fault)
console.log(`${examples.length} examples type-checked, ${toRun.length} blocks run, ${faults.length} errors.`)
process.exitCode = faults.length === 0 ? 0 : 1

function* markdownFiles() {
  const folders = ['', 'docs/', 'docs/decisions/', ...inside('packages/'), ...inside('examples/')]
  for (const folder of folders) {
    for (const name of names(folder)) if (name.endsWith('.md')) yield [folder + name, read(folder + name)]
  }
}

function* sources() {
  for (const folder of inside('packages/')) {
    for (const name of readdirSync(join(root, folder, 'src'), { recursive: true, encoding: 'utf8' })) {
      if (!name.endsWith('.ts')) continue
      const path = `${folder}src/${name}`
      const text = read(path)
      if (text.includes(' * ```ts')) yield [path, text.replace(/^ *\* ?/gm, '')]
    }
  }
}

function examplesIn(path, text) {
  const folder = join(cache, slugOf(path))
  return [...text.matchAll(BLOCK)].map(({ index, 1: how, 2: given, 3: name, 4: code, 5: printed }) => {
    const line = text.slice(0, index).split('\n').length
    return {
      place: `${path}:${line}`,
      cwd: join(root, dirname(path)),
      file: join(folder, name ?? `line-${line}.ts`),
      given: how === 'given' ? given.replaceAll('\n', ' ') : '',
      code,
      runs: how === undefined && name === undefined,
      args: [join(cache, 'run', slugOf(path), `line-${line}.js`)],
      expected: printed ?? saidIn(code),
    }
  })
}

/** Commands that use a page's own files. On a page without named files, commands aren't meant for the reader's project. */
function commandsIn(path, text) {
  if (!examples.some(({ file, runs }) => !runs && dirname(file) === join(cache, slugOf(path)))) return []
  return [...text.matchAll(COMMAND)].map(({ index, 1: code = '0', 2: program, 3: line, 4: expected }) => {
    const words = [...line.matchAll(/"([^"]*)"|(\S+)/g)].map(([, quoted, plain]) => quoted ?? plain)
    return {
      place: `${path}:${text.slice(0, index).split('\n').length}`,
      cwd: join(cache, 'run', slugOf(path)),
      args: program === 'node' ? words : [HEXBIRD, ...words],
      expected,
      endsWith: Number(code),
    }
  })
}

function slugOf(path) {
  return path.replaceAll(/[/.]/g, '_')
}

/** The expected output, from comments directly under a `console.log`. */
function saidIn(code) {
  const lines = code.split('\n')
  const said = lines.filter((line, at) => line.startsWith('// ') && lines[at - 1]?.startsWith('console.log('))
  return said.length > 0 ? `${said.map((line) => line.slice(3)).join('\n')}\n` : undefined
}

function faultsOf({ place, cwd, args, expected, endsWith = 0 }) {
  const { status, stdout, stderr } = spawnSync(process.execPath, args, { cwd, timeout: PATIENCE, encoding: 'utf8' })
  if (status !== endsWith) return [`${place}: exited with ${status}\n${stdout}${stderr}`]
  if (expected === undefined || isAs(expected, stdout)) return []
  return [`${place}: printed\n${stdout}instead of\n${expected}`]
}

function isAs(expected, printed) {
  const parts = expected.split('…').map((part) => part.replace(/[.*+?^${}()|[\]\\]/g, '\\$&'))
  return new RegExp(`^${parts.join('.*')}$`).test(printed)
}

/** The compiler's errors, prefixed with their place on the page. */
function placed(output) {
  return output
    .split('\n')
    .filter(Boolean)
    .map((line) => {
      const at = /^(.+?)\((\d+),\d+\): (.*)$/.exec(line)
      const example = at && examples.find(({ file }) => file.endsWith(at[1].replace(/^.*\.cache\/examples\//, '')))
      return example ? `${example.place} (line ${at[2] - 1} of the block): ${at[3]}` : line
    })
}

function inside(folder) {
  return names(folder)
    .map((name) => `${folder}${name}/`)
    .filter((path) => names(path).length > 0)
}

function names(folder) {
  try {
    return readdirSync(join(root, folder)).sort()
  } catch {
    return []
  }
}

function read(path) {
  return readFileSync(join(root, path), 'utf8')
}
