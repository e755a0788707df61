// Lists the licences of all that hexbird brings along where it is installed or deployed: npm run licences.
// One that nobody has looked at fails it.
import { pnpm } from './pnpm.mjs'

/** Ask for no more than that their text goes along. */
const ALLOWED = ['0BSD', 'Apache-2.0', 'BSD-2-Clause', 'BSD-3-Clause', 'BlueOak-1.0.0', 'ISC', 'MIT', 'MIT-0']

/** Looked at one by one. */
const LOOKED_AT = {
  // The name ends with the platform.
  '@img/sharp-libvips': [
    'LGPL-3.0-or-later',
    'sharp loads it as a library of its own, which anybody may replace, and it comes unchanged, in a package of its own.',
  ],
  exifreader: [
    'MPL-2.0',
    'Changes to its own files would have to be published. It is used as it is, and only to read keywords.',
  ],
  'twitter-text': ['Apache-2.0', 'By its LICENSE file; its package.json does not say. The local X alone uses it.'],
}

const { status, stdout, stderr } = pnpm(['licenses', 'list', '--prod', '--json'], { stdio: 'pipe' })
if (status !== 0) {
  console.error(stderr || stdout)
  process.exit(1)
}
let failed = 0
const ofAll = Object.values(JSON.parse(stdout)).flat()
for (const { name, versions, license } of ofAll.toSorted((a, b) => a.name.localeCompare(b.name))) {
  const [licence, because] = LOOKED_AT[name.replace(/(sharp-libvips)-.*/, '$1')] ?? [license]
  const isFine = ALLOWED.includes(licence) || because !== undefined
  if (!isFine) failed += 1
  console.log(
    `${isFine ? '' : 'NOT LOOKED AT: '}${name} ${versions.join(', ')}: ${licence}${because ? `. ${because}` : ''}`,
  )
}
console.log(`${ofAll.length} packages, ${failed} with a licence that nobody has looked at`)
process.exitCode = failed === 0 ? 0 : 1
