import { existsSync } from 'node:fs'
import { copyFile, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { ownVersion, readManifest, TEMPLATES_FOLDER, writeManifest } from '../manifest.js'
import type { Terminal } from '../terminal.js'
import { UsageError } from '../usage-error.js'

type Entries = Readonly<Record<string, string>>

/** As much of a package.json as matters here. */
interface Manifest {
  readonly scripts?: Entries
  readonly dependencies?: Entries
  readonly devDependencies?: Entries
  readonly overrides?: Readonly<Record<string, unknown>>
}

type AwsManifest = Required<Pick<Manifest, 'scripts' | 'devDependencies'>>

const template = new URL('aws/', TEMPLATES_FOLDER)
const FILES = ['app.ts', 'cdk.json', 'stages.json']
const IGNORED = 'cdk.out/'

/** The `add` command: adds what a deployment to AWS takes to the project in a folder. */
export async function addToProject(terminal: Terminal, folder = '.'): Promise<void> {
  if (!existsSync(join(folder, 'package.json'))) {
    throw new UsageError(
      "There is no package.json in this folder. Change to your bot's folder, or create a bot: npx hexbird create my-bot --aws",
    )
  }
  if (!existsSync(join(folder, 'bot.ts'))) {
    throw new UsageError(
      "There is no bot.ts in this folder, and app.ts deploys that file. Change to your bot's folder.",
    )
  }
  if (await isSetUp(folder)) {
    terminal.say(`This project is already set up for AWS. ${NEXT}`)
    terminal.result({ added: [] })
    return
  }
  await addAws(folder)
  terminal.say(
    `This project can now be deployed to AWS. ${NEXT}\nBefore you deploy, enter the id and the name of your bot on X in stages.json.\n`,
  )
  terminal.result({ added: FILES })
}

const NEXT = 'Next:\n\n  npm install\n  npm run synth\n'

/** Whether `addAws` has been here. Its files and the versions of packages may have changed since. */
async function isSetUp(folder: string): Promise<boolean> {
  const { scripts, devDependencies } = await readManifest<Manifest>(join(folder, 'package.json'))
  const ours = await readManifest<AwsManifest>(new URL('package.json', template))
  return (
    FILES.every((file) => existsSync(join(folder, file))) &&
    Object.entries(ours.scripts).every(([name, script]) => scripts?.[name] === script) &&
    Object.keys(ours.devDependencies).every((name) => devDependencies?.[name] !== undefined)
  )
}

/**
 * Writes stages, app and settings of the CDK into a project, and adds scripts and packages to its package.json.
 *
 * @throws UsageError that names everything that is in the way; then nothing was changed
 */
export async function addAws(folder: string): Promise<void> {
  const path = join(folder, 'package.json')
  const manifest = await readManifest<Manifest>(path)
  const { scripts, devDependencies } = await readManifest<AwsManifest>(new URL('package.json', template))
  const version = await ownVersion()
  const packages = Object.fromEntries(
    // An override is where the project has our packages from that are not published.
    Object.entries(devDependencies).map(([name, spec]) => {
      const override = manifest.overrides?.[name]
      const own = typeof override === 'string' ? override : `^${version}`
      return [name, name.startsWith('@hexbird/') ? own : spec]
    }),
  )
  const inTheWay = [
    ...FILES.filter((file) => existsSync(join(folder, file))).map(
      (file) => `${file} already exists. Rename it, or move it away.`,
    ),
    ...different(manifest.scripts, scripts).map(
      ([name, theirs]) => `package.json already has a script "${name}": ${theirs}. Rename it.`,
    ),
    ...different({ ...manifest.devDependencies, ...manifest.dependencies }, packages).map(
      ([name, theirs, ours]) => `package.json has ${name} ${theirs}. Change that to ${ours}, or remove it.`,
    ),
  ]
  if (inTheWay.length > 0) {
    throw new UsageError(
      [
        'Nothing was changed, because of these conflicts:',
        ...inTheWay.map((each) => `- ${each}`),
        'Then run again: npx hexbird add aws',
      ].join('\n'),
    )
  }
  for (const file of FILES) await copyFile(fileURLToPath(new URL(file, template)), join(folder, file))
  await writeManifest(path, {
    ...manifest,
    scripts: { ...manifest.scripts, ...scripts },
    devDependencies: sorted({ ...manifest.devDependencies, ...packages }),
  })
  await ignore(join(folder, '.gitignore'))
}

/** Which of `ours` the project has otherwise, with both. */
const different = (theirs: Entries = {}, ours: Entries): readonly (readonly [string, string, string])[] =>
  Object.entries(ours).flatMap(([name, own]) => {
    const other = theirs[name]
    return other === undefined || other === own ? [] : [[name, other, own] as const]
  })

/** As npm writes them. */
const sorted = (entries: Entries): Entries =>
  Object.fromEntries(Object.entries(entries).sort(([a], [b]) => a.localeCompare(b, 'en')))

async function ignore(path: string): Promise<void> {
  const text = existsSync(path) ? await readFile(path, 'utf8') : ''
  if (text.split(/\r?\n/).includes(IGNORED)) return
  await writeFile(path, `${text}${text === '' || text.endsWith('\n') ? '' : '\n'}${IGNORED}\n`)
}
