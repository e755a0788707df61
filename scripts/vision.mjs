// Labels photos that the model was not trained on, and counts the results: npm run vision. The table goes into
// docs/what-it-sees.md. The photos come from two Debian packages, which are downloaded and unpacked, not installed.
// scripts/vision-photos.json lists the photos, with their SHA-256 and what each one shows.
import { spawnSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { Detector } from '../packages/adapters-vision/dist/detector/detector.js'
import { kindsOf, labelsOf, thingsOf } from '../packages/adapters-vision/dist/detector/labels.js'
import { animalRules } from '../packages/core/dist/index.js'

const pathOf = (path) => fileURLToPath(new URL(`../${path}`, import.meta.url))
const cache = pathOf('node_modules/.cache/hexbird-vision/')
const page = pathOf('docs/what-it-sees.md')
const list = JSON.parse(readFileSync(new URL('vision-photos.json', import.meta.url), 'utf8'))
const { maxLabels: max, minConfidence } = animalRules

const NAMED = ['right', 'right class only', 'wrong', 'silent']
const UNNAMED = ['right class', 'wrong name, right class', 'wrong', 'silent']
const NONE = ['no animal', 'an animal']
const HEADS = {
  named: ['animals that the model can name', NAMED],
  unnamed: ['animals that the model cannot name', UNNAMED],
  none: ['no animal in the photo', NONE],
}

const photos = Object.entries(list).flatMap(([name, { folder, ...groups }]) => {
  const root = unpacked(name)
  return Object.entries(groups).flatMap(([group, kinds]) =>
    Object.entries(kinds).flatMap(([is, files]) =>
      Object.entries(files).map(([file, sum]) => ({
        group,
        is,
        file,
        bytes: checked(`${root}/${folder}${file}`, sum),
      })),
    ),
  )
})

const detector = new Detector({
  folder: pathOf('packages/adapters-vision/model'),
  program: pathOf('packages/adapters-vision/dist/detector/model-process.js'),
  idleMs: 60_000,
  timeoutMs: 60_000,
})
const seen = []
for (const photo of photos) {
  const { kind, scores, fromAfar, detail } = await detector.see(photo.bytes)
  if (kind === 'unreadable') throw new Error(`${photo.file}: ${detail}`)
  seen.push({ ...photo, scores, fromAfar })
}
await detector.close()

const plain = counted(kindsOf)
const careful = counted(thingsOf)
writeTable()
const { named, none } = careful
const share = named.counts.right / named.total
console.log(`Animals it can name: ${named.counts.right} of ${named.total} right, ${named.counts.wrong} wrong.`)
process.exitCode = share >= 57 / 62 && named.counts.wrong <= 1 && none.counts['an animal'] === 0 ? 0 : 1

/** Returns the folder where a Debian package is unpacked. */
function unpacked(name) {
  const folder = `${cache}${name}`
  if (existsSync(folder)) return folder
  mkdirSync(cache, { recursive: true })
  run('apt-get', ['download', name])
  const file = readdirSync(cache).find((file) => file.startsWith(`${name}_`) && file.endsWith('.deb'))
  run('dpkg-deb', ['-x', file, name])
  return folder
}

function run(program, args) {
  const { status, error } = spawnSync(program, args, { cwd: cache, stdio: ['ignore', 2, 2] })
  if (error || status !== 0) throw error ?? new Error(`${program} ${args.join(' ')} ended with ${status}.`)
}

function checked(path, sum) {
  const bytes = readFileSync(path)
  if (createHash('sha256').update(bytes).digest('hex') === sum) return bytes
  throw new Error(`${path} is not the photo that scripts/vision-photos.json names: another version of the package?`)
}

function counted(things) {
  const groups = Object.fromEntries(Object.keys(HEADS).map((group) => [group, { total: 0, counts: {}, files: {} }]))
  for (const { group, is, file, scores, fromAfar } of seen) {
    const [animal] = labelsOf(things(scores, fromAfar), { max, minConfidence }).filter(isAnimal)
    const outcome = { named: ofNamed, unnamed: ofUnnamed, none: ofNone }[group](is, animal)
    const counts = groups[group]
    counts.total += 1
    for (const each of HEADS[group][1]) counts.counts[each] ??= 0
    counts.counts[outcome] += 1
    counts.files[outcome] = [...(counts.files[outcome] ?? []), `${nameOf(file)}${animal ? ` (${animal.name})` : ''}`]
  }
  return groups
}

function isAnimal({ parents }) {
  return parents.includes('Animal')
}

function nameOf(file) {
  return file
    .replace(/^.*\//, '')
    .replace(/\.\w+$/, '')
    .replaceAll('_', ' ')
}

function ofNamed(is, animal) {
  if (!animal) return 'silent'
  if (animal.name === is) return 'right'
  return animal.name === 'Mammal' && is !== 'Bird' ? 'right class only' : 'wrong'
}

function ofUnnamed(is, animal) {
  if (!animal) return 'silent'
  if (animal.name === is) return 'right class'
  return is === 'Mammal' && animal.parents.includes('Mammal') ? 'wrong name, right class' : 'wrong'
}

function ofNone(_, animal) {
  return animal ? 'an animal' : 'no animal'
}

function writeTable() {
  const lines = Object.entries(HEADS).flatMap(([group, [title, outcomes]]) => [
    `| ${careful[group].total} photos: ${title} | ${outcomes.join(' | ')} |`,
    `|---|${outcomes.map(() => '--:').join('|')}|`,
    ...[
      ['model', plain],
      ['**labeler**', careful],
    ].map(([row, of]) => `| ${row} | ${outcomes.map((outcome) => of[group].counts[outcome]).join(' | ')} |`),
    '',
  ])
  const files = (group, outcome) => (careful[group].files[outcome] ?? ['none']).join(', ')
  const text = [
    `As of ${new Date().toISOString().slice(0, 10)}.`,
    '',
    ...lines,
    'These are the file names of the photos that the labeler got wrong or in which it missed a known animal. Its answers are in parentheses.',
    '',
    `- Known animals, not labeled: ${files('named', 'silent')}.`,
    `- Known animals, wrong name: ${files('named', 'wrong')}.`,
    `- Unknown animals, wrong class: ${files('unnamed', 'wrong')}.`,
    `- Unknown animals, named as another mammal: ${files('unnamed', 'wrong name, right class')}.`,
    `- No animal, but labeled as one: ${files('none', 'an animal')}.`,
  ].join('\n')
  const old = readFileSync(page, 'utf8')
  const [before, after] = [old.split('<!-- figures -->')[0], old.split('<!-- /figures -->')[1]]
  writeFileSync(page, `${before}<!-- figures -->\n${text}\n<!-- /figures -->${after}`)
  console.log(text)
}
