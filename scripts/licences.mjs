// Lists the licenses of everything that is installed or deployed with hexbird: npm run licences.
// It fails for a license that nobody has reviewed.
import { pnpm } from './pnpm.mjs'

/** Licenses that only require their text to be included. */
const ALLOWED = ['0BSD', 'Apache-2.0', 'BSD-2-Clause', 'BSD-3-Clause', 'BlueOak-1.0.0', 'ISC', 'MIT', 'MIT-0']

/** Packages that were reviewed one by one. */
const LOOKED_AT = {
  // The name ends with the platform.
  '@img/sharp-libvips': [
    'LGPL-3.0-or-later',
    'sharp loads it as a library of its own, which anybody may replace, and it comes unchanged, in a package of its own.',
  ],
  exifreader: ['MPL-2.0', 'Changes to its files would have to be published. It is unchanged, and only reads keywords.'],
  'twitter-text': [
    'Apache-2.0',
    'The license is in its LICENSE file, not in its package.json. Only the local X uses it.',
  ],
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
    `${isFine ? '' : 'NOT REVIEWED: '}${name} ${versions.join(', ')}: ${licence}${because ? `. ${because}` : ''}`,
  )
}
console.log(`${ofAll.length} packages, ${failed} with a licence that nobody has looked at`)
process.exitCode = failed === 0 ? 0 : 1
