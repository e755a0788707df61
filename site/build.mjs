// Builds the site: `node site/build.mjs [folder]`, by default into site/dist. Its pages come from docs/, the root, and the
// docstrings of the packages. The generated Markdown is in site/content.
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
write('index.md', leading('site/home.md', readFileSync(join(root, 'site/home.md'), 'utf8')))
for (const [source, page] of pages) {
  const markdown = readFileSync(join(root, source), 'utf8')
  write(page, `---\ndescription: ${JSON.stringify(summaryOf(markdown))}\n---\n\n${leading(source, markdown)}`)
}
if (!(await reference(join(content, 'api')))) fail('The API reference has the errors above. Fix them and build again.')
nameEntries()

const { bin } = createRequire(import.meta.url)('@rspress/core/package.json')
const rspress = join(site, 'node_modules/@rspress/core', typeof bin === 'string' ? bin : bin.rspress)
const { status, stdout, stderr } = spawnSync(process.execPath, [rspress, 'build'], {
  cwd: site,
  env: { ...process.env, HEXBIRD_SITE: out, NO_COLOR: '1' },
  encoding: 'utf8',
})
if (status !== 0) fail(faultsIn(`${stdout}${stderr}`))
if (!process.env.HEXBIRD_SITE_ORIGIN) {
  console.log(
    'Links in llms.txt are relative. To make them absolute, set HEXBIRD_SITE_ORIGIN, such as https://docs.example.',
  )
}
console.log(`The site is in ${out}: ${pages.size + 1} pages, and the reference of ${ENTRIES.length} entries.`)

/**
 * Points links at the site's pages, and copies pictures. A link to a source names its page of the reference as its title:
 * `[startBot](../packages/runner/src/start-bot.ts "/api/runner")`. Any other link to a file that has no page becomes plain
 * text, because the site has no copy of it.
 */
function leading(source, markdown) {
  return markdown
    .split(/^(```[\s\S]*?^```)/m)
    .map((part) =>
      part.startsWith('```')
        ? part
        : part.replace(/(!?)\[((?:\\.|[^\]\\])*)\]\(([^)\s]+)(?: "(\/api\/[^"]+)")?\)/g, link),
    )
    .join('')

  function link(whole, picture, text, target, reference) {
    if (/^(?:[a-z]+:|#|\/)/.test(target)) return whole
    const [path, anchor] = target.split('#')
    const file = posix.join(posix.dirname(source), path)
    const page = pageOf(file)
    if (page) return `[${text}](/${page.replace(/\.md$/, '')}${anchor ? `#${anchor}` : ''})`
    if (!existsSync(join(root, file))) fail(`${source}: the link target ${target} doesn't exist.`)
    if (!picture) return reference ? `[${text}](${reference})` : text
    const copy = file.replace(/^docs\//, '')
    mkdirSync(dirname(join(content, copy)), { recursive: true })
    copyFileSync(join(root, file), join(content, copy))
    return `![${text}](${posix.relative(posix.dirname(pageOf(source)), copy).replace(/^(?!\.)/, './')})`
  }
}

/** The first sentences of a page's first paragraph, for search engines and llms.txt. */
function summaryOf(markdown) {
  const [, paragraph = ''] = /^# .+\n+((?:[^\n#`|!<-].*\n|`[^`].*\n)+)/m.exec(markdown) ?? []
  const text = paragraph
    .replace(/\[((?:\\.|[^\]\\])*)\]\([^)]*\)/g, '$1')
    .replaceAll('**', '')
    .replace(/\s+/g, ' ')
    .trim()
  const sentences = text.match(/.+?[.?!](?= |$)/g) ?? [text]
  return sentences.slice(0, 2).join('')
}

/** Titles each page of the reference with its import or topic, and turns TypeDoc's anchors into heading ids. */
function nameEntries() {
  for (const { page, name, about, topic } of ENTRIES) {
    const path = `api/${page}.md`
    const markdown = readFileSync(join(content, path), 'utf8')
    write(
      path,
      markdown
        .replace(/^# .*$/m, topic ? `# ${topic}\n\nImport from \`${name}\`.` : `# ${name}\n\n${about}`)
        .replace(/^<a id="([^"]+)"><\/a>\n\n(#+ .*)$/gm, '$2 {#$1}')
        .replace(
          /^####+ (Parameters|Returns|Throws|See|Extends|Overrides|Inherited from|Implements|Implementation of)$/gm,
          '**$1**',
        ),
    )
  }
  const topics = ENTRIES.filter(({ topic }) => topic)
  const list = [CORE, ...ENTRIES.filter(({ topic }) => !topic)]
    .map(({ page, name, about }) => `| [\`${name}\`](/api/${page}) | ${about} |`)
    .join('\n')
  write(
    'api/index.md',
    `# API reference\n\nEverything that the packages export, with examples.\n\n| Import | What it is for |\n|---|---|\n${list}\n`,
  )
  const table = topics
    .map(({ page, name, about, topic }) => `| [${topic}](/api/${page}) | \`${name}\` | ${about} |`)
    .join('\n')
  const readers =
    'Bot authors need the first three topics. `/adapter` is for adapters, and `/host` for programs that run a bot.'
  write(
    `api/${CORE.page}.md`,
    `# ${CORE.name}\n\n${CORE.about} ${readers}\n\n| Topic | Import from | What it is for |\n|---|---|---|\n${table}\n`,
  )
}

/** The dead links, if there are any: the rest of the output is then about the build's internals. */
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
