// Checks each published package as users get it: runs publint and are-the-types-wrong on the tarball, and looks for the
// metadata that every package needs. The last line is `N passed, N failed`.
import { readFileSync } from 'node:fs'
import { checkPackage, createPackageFromTarballData } from '@arethetypeswrong/core'
import { publint } from 'publint'
import { formatMessage } from 'publint/utils'
import { packed } from './packed.mjs'

/** CommonJS and the oldest resolution can't load an ES module. That's expected (the `esm-only` profile of attw). */
const NOT_FOR_US = ['node10', 'node16-cjs']

let failed = 0
const tarballs = packed()
for (const [name, tarball] of tarballs) {
  const bytes = readFileSync(tarball)
  const faults = [...(await linted(bytes)), ...(await wrongTypes(bytes)), ...lacks(bytes)]
  console.log(`${faults.length === 0 ? 'ok    ' : 'FAILED'} ${name}`)
  for (const fault of faults) console.log(`         ${fault}`)
  if (faults.length > 0) failed++
}
console.log(`${tarballs.size - failed} passed, ${failed} failed`)
process.exitCode = failed === 0 ? 0 : 1

async function linted(tarball) {
  const { messages, pkg } = await publint({ pack: { tarball: arrayBufferOf(tarball) }, strict: true })
  return messages.map((message) => `publint: ${formatMessage(message, pkg, { color: false })}`)
}

async function wrongTypes(tarball) {
  const result = await checkPackage(createPackageFromTarballData(new Uint8Array(tarball)))
  if (!result.types) return ['attw: has no types']
  return result.problems
    .filter(({ resolutionKind }) => !NOT_FOR_US.includes(resolutionKind))
    .map(
      ({ kind, entrypoint, resolutionKind, ...at }) =>
        `attw: ${kind} ${JSON.stringify({ entrypoint, resolutionKind, ...at })}`,
    )
}

/** Requirements that publint doesn't check: metadata that npm shows or enforces. */
function lacks(tarball) {
  const pkg = createPackageFromTarballData(new Uint8Array(tarball))
  const folder = `/node_modules/${pkg.packageName}`
  const manifest = JSON.parse(pkg.readFile(`${folder}/package.json`))
  const files = pkg.listFiles().map((path) => path.slice(folder.length + 1))
  const wanted = {
    'a README': files.includes('README.md'),
    'the licence': files.includes('LICENSE') && manifest.license === 'MIT',
    'a description': manifest.description?.length > 0,
    'keywords for search': manifest.keywords?.includes('hexbird'),
    'engines as in the workspace': manifest.engines?.node === '>=20.11',
    'its sources, for source maps and readers': files.some((path) => path.startsWith('src/')),
    'no leftovers of the build': !files.some((path) => path.endsWith('.tsbuildinfo')),
    sideEffects: manifest.sideEffects !== undefined,
    provenance: manifest.publishConfig?.provenance === true && manifest.publishConfig.access === 'public',
    'exact versions': Object.values(manifest.dependencies ?? {}).every((version) => /^\d/.test(version)),
  }
  return Object.entries(wanted).flatMap(([what, there]) => (there ? [] : [`lacks ${what}`]))
}

function arrayBufferOf(buffer) {
  return buffer.buffer.slice(buffer.byteOffset, buffer.byteOffset + buffer.byteLength)
}
