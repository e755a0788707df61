// Lists what is shipped, as CycloneDX 1.6 in JSON under .cache/sbom: npm run sbom.
//   functions.cdx.json   the packages in the bundles for Lambda, after tree shaking
//   packages.cdx.json    the packages installed with the published packages, and which package needs them
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { basename, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { cyclonedxEsbuildPlugin } from '@cyclonedx/cyclonedx-esbuild'
import { Contrib, Enums, Models, Serialize, Spec, Validation } from '@cyclonedx/cyclonedx-library'
import { build } from 'esbuild'
import { AS_DEPLOYED, entryOf } from '../packages/lambda-entry/dist/bundle/index.js'
import { FUNCTIONS } from '../packages/lambda-entry/dist/index.js'
import { BOT } from './bundle.mjs'
import { pnpm } from './pnpm.mjs'

const root = fileURLToPath(new URL('../', import.meta.url))
const folder = `${root}.cache/sbom`
rmSync(folder, { recursive: true, force: true })
mkdirSync(folder, { recursive: true })

await ofFunctions(`${folder}/functions.cdx.json`)
await ofPackages(`${folder}/packages.cdx.json`)

async function ofFunctions(outputFile) {
  const options = { specVersion: '1.6', outputFile, outputReproducible: true, validate: true }
  const entries = Object.keys(FUNCTIONS).map((name) => `${folder}/entries/${name}.js`)
  mkdirSync(`${folder}/entries`)
  for (const entry of entries) writeFileSync(entry, entryOf(basename(entry, '.js'), BOT))
  await build({
    ...AS_DEPLOYED,
    plugins: [...AS_DEPLOYED.plugins, cyclonedxEsbuildPlugin(options)],
    entryPoints: entries,
    absWorkingDir: root,
    outdir: `${folder}/build`,
    metafile: true,
  })
  for (const made of ['build', 'entries']) rmSync(`${folder}/${made}`, { recursive: true })
  say('the functions', outputFile)
}

async function ofPackages(outputFile) {
  const { status, stdout, stderr } = pnpm(
    ['list', '--filter', './packages/*', '--prod', '--depth', 'Infinity', '--json'],
    { stdio: 'pipe' },
  )
  if (status !== 0) throw new Error(stderr || stdout)
  const published = JSON.parse(stdout).filter((one) => !one.private)
  const bom = new Models.Bom()
  bom.metadata.component = new Models.Component(Enums.ComponentType.Application, 'hexbird')
  const builder = new Contrib.FromNodePackageJson.Builders.ComponentBuilder(
    new Contrib.FromNodePackageJson.Factories.ExternalReferenceFactory(),
    new Contrib.License.Factories.LicenseFactory(),
  )
  const known = new Map()
  for (const each of published) bom.metadata.component.dependencies.add(componentOf(each).bomRef)
  for (const each of published) enter(each)

  const serializer = new Serialize.JsonSerializer(new Serialize.JSON.Normalize.Factory(Spec.Spec1dot6))
  const text = serializer.serialize(bom, { sortLists: true, space: 2 })
  const wrong = await new Validation.JsonStrictValidator(Spec.Version.v1dot6).validate(text)
  if (wrong !== null) throw new Error(`The file is not valid CycloneDX: ${JSON.stringify(wrong)}`)
  writeFileSync(outputFile, `${text}\n`)
  say('the packages', outputFile)

  /** Adds a package and all its dependencies. A folder stands for one package, even if several depend on it. */
  function enter({ dependencies = {}, ...each }) {
    const component = componentOf(each)
    for (const [name, below] of Object.entries(dependencies)) {
      component.dependencies.add(componentOf({ name, ...below }).bomRef)
      enter({ name, ...below })
    }
  }

  function componentOf({ path, name, version }) {
    const there = known.get(path)
    if (there) return there
    const file = join(path, 'package.json')
    // A package for another platform isn't installed here, so only its name and version are known.
    const json = existsSync(file) ? JSON.parse(readFileSync(file, 'utf8')) : { name, version }
    const component = builder.makeComponent(json, Enums.ComponentType.Library)
    if (!component) throw new Error(`${path} has no name.`)
    component.purl = `pkg:npm/${json.name.replace('@', '%40')}@${json.version}`
    component.bomRef.value = component.purl
    known.set(path, component)
    bom.components.add(component)
    return component
  }
}

function say(what, path) {
  const { components } = JSON.parse(readFileSync(path, 'utf8'))
  console.log(`${what}: ${components.length} components, in ${path.slice(root.length)}`)
}
