// Makes the site: `node site/build.mjs [folder]`, by default site/dist. Its pages come from docs/, from the root, and from
// the docstrings of the packages; what they become on the way is in site/content.
import { spawnSync } from 'node:child_process'
import { copyFileSync, cpSync, existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { dirname, join, posix, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import { CORE, ENTRIES, sections } from './pages.mjs'
import { reference } from './reference.mjs'

const root = fileURLToPath(new URL('../', import.meta.url))
const site = fileURLToPath(new URL('.', import.meta.url))
const content = join(site, 'content')
const out = resolve(process.argv[2] ?? join(site, 'dist'))

const pages = new Map(sections().flatMap(({ pages }) => pages.map(({ source, page }) => [source, page])))
const home = { 'site/home.md': 'index.md', 'README.md': 'index.md' }
const pageOf = (source) => pages.get(source) ?? home[source]

rmSync(content, { recursive: true, force: true })
cpSync(join(site, 'public'), join(content, 'public'), { recursive: true })
copyFileSync(join(root, 'docs/local-x.png'), join(content, 'public/local-x.png'))
for (const [source, page] of [...pages, ['site/home.md', 'index.md']]) {
  write(page, leading(source, readFileSync(join(root, source), 'utf8')))
}
if (!(await reference(join(content, 'api')))) fail('The API reference has faults: see above.')
nameEntries()

const { bin } = createRequire(import.meta.url)('@rspress/core/package.json')
const rspress = join(site, 'node_modules/@rspress/core', typeof bin === 'string' ? bin : bin.rspress)
const { status, stdout, stderr } = spawnSync(process.execPath, [rspress, 'build'], {
  cwd: site,
  env: { ...process.env, HEXBIRD_SITE: out, NO_COLOR: '1' },
  encoding: 'utf8',
})
if (status !== 0) fail(faultsIn(`${stdout}${stderr}`))
console.log(`The site is in ${out}: ${pages.size + 1} pages, and the reference of ${ENTRIES.length} entries.`)

/**
 * Markdown whose links lead to pages of the site. Pictures come along; a file that is no page is named, not linked, for
 * the site has no copy of it.
 */
function leading(source, markdown) {
  return markdown
    .split(/^(```[\s\S]*?^```)/m)
    .map((part) => (part.startsWith('```') ? part : part.replace(/(!?)\[((?:\\.|[^\]\\])*)\]\(([^)\s]+)\)/g, link)))
    .join('')

  function link(whole, picture, text, target) {
    if (/^(?:[a-z]+:|#|\/)/.test(target)) return whole
    const [path, anchor] = target.split('#')
    const file = posix.join(posix.dirname(source), path)
    const page = pageOf(file)
    if (page) return `[${text}](/${page.replace(/\.md$/, '')}${anchor ? `#${anchor}` : ''})`
    if (!existsSync(join(root, file))) fail(`${source}: ${target} is not there.`)
    if (!picture) return text
    const copy = file.replace(/^docs\//, '')
    mkdirSync(dirname(join(content, copy)), { recursive: true })
    copyFileSync(join(root, file), join(content, copy))
    return `![${text}](${posix.relative(posix.dirname(pageOf(source)), copy).replace(/^(?!\.)/, './')})`
  }
}

/** A page of the reference is headed by what users import; a heading has the id that links lead to, and names a thing. */
function nameEntries() {
  for (const { page, name, topic } of ENTRIES) {
    const path = `api/${page}.md`
    const markdown = readFileSync(join(content, path), 'utf8')
    write(
      path,
      markdown
        .replace(/^# .*$/m, topic ? `# ${topic}\n\nFrom \`${name}\`.` : `# ${name}`)
        .replace(/^<a id="([^"]+)"><\/a>\n\n(#+ .*)$/gm, '$2 {#$1}')
        .replace(
          /^####+ (Parameters|Returns|Throws|See|Extends|Overrides|Inherited from|Implements|Implementation of)$/gm,
          '**$1**',
        ),
    )
  }
  const topics = ENTRIES.filter(({ topic }) => topic)
  const list = [CORE, ...ENTRIES.filter(({ topic }) => !topic)].map(({ page, name }) => `- [\`${name}\`](/api/${page})`)
  write(
    'api/index.md',
    `# API reference\n\nWhat each package exports, made from its docstrings.\n\n${list.join('\n')}\n`,
  )
  const table = topics.map(({ page, name, topic }) => `| [${topic}](/api/${page}) | \`${name}\` |`)
  const words =
    'What core has, by topic. An author needs the first three; adapters and hosts have entries of their own.'
  write(
    `api/${CORE.page}.md`,
    `# ${CORE.name}\n\n${words}\n\n| Topic | Import from |\n|---|---|\n${table.join('\n')}\n`,
  )
}

/** Dead links, where there are some: what else the build says then is about its own insides. */
function faultsIn(output) {
  const dead = output.split('\n').filter((line) => /Dead \w+ found|"\[\.\.\]\(/.test(line))
  return dead.length > 0 ? [...new Set(dead)].join('\n') : output
}

function write(path, text) {
  const file = join(content, path)
  mkdirSync(dirname(file), { recursive: true })
  writeFileSync(file, text)
}

function fail(message) {
  console.error(message)
  process.exit(1)
}
