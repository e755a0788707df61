// What the site has, where it comes from, and in which order it is read. A page of docs/ that no section names is shown
// under "Understand".
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'

const root = new URL('../', import.meta.url)

/** @typedef {{ source: string, page: string, text: string }} Page a file of the repository, and the page made of it */

/** The sections of the sidebar: `[source, text]`; the text where the page's own heading is too long for a sidebar. */
const SECTIONS = [
  [
    'Start',
    [
      ['docs/start.md', 'Get started in a minute'],
      ['docs/your-own-bot.md', 'Build your own bot'],
      ['docs/test-your-rules.md', 'Test your rules offline'],
      ['docs/what-it-sees.md', 'What the detector sees'],
    ],
  ],
  [
    'Run it for real',
    [
      ['docs/run.md', 'Run it on one machine'],
      ['docs/small-server.md', 'Run it on a small server'],
      ['docs/deploy.md', 'Deploy to AWS'],
      ['docs/sign-in.md', 'Sign-in'],
      ['docs/operate.md', 'Operate'],
      ['docs/status.md', 'The status page'],
      ['docs/costs.md', 'What it costs'],
      ['docs/commands.md', 'The command'],
      ['docs/x-in-2026.md', "X's rules in 2026"],
      ['docs/migrate.md', 'From the tutorials'],
    ],
  ],
  [
    'Understand',
    [
      ['docs/how-it-works.md', 'How it works'],
      ['ARCHITECTURE.md', 'Architecture'],
      ['docs/promises.md', 'Promises'],
      ['docs/performance.md', 'Performance'],
      ['docs/mutation.md', 'Mutation testing'],
      ['SECURITY.md', 'Security'],
      ['CONTRIBUTING.md', 'Contributing'],
    ],
  ],
]

const isThere = ([source]) => existsSync(new URL(source, root))
const inFolder = (folder) =>
  readdirSync(new URL(folder, root))
    .filter((name) => name.endsWith('.md'))
    .sort()
    .map((name) => `${folder}${name}`)

/** The first heading of a Markdown file, without its signs. */
export const headingOf = (source) =>
  /^# (.+)$/m.exec(readFileSync(new URL(source, root), 'utf8'))?.[1].replaceAll('`', '') ?? source

const pageOf = (source) => source.replace(/^docs\//, '').toLowerCase()

/** @returns {{ text: string, pages: Page[] }[]} */
export function sections() {
  const named = new Set(SECTIONS.flatMap(([, pages]) => pages.map(([source]) => source)))
  const others = inFolder('docs/').filter((source) => !named.has(source))
  const all = SECTIONS.map(([text, pages]) => ({
    text,
    pages: [...pages.filter(isThere), ...(text === 'Understand' ? others.map((source) => [source]) : [])],
  }))
  all.push({ text: 'Decisions', pages: inFolder('docs/decisions/').map((source) => [source]) })
  return all.map(({ text, pages }) => ({
    text,
    pages: pages.map(([source, short]) => ({ source, page: pageOf(source), text: short ?? headingOf(source) })),
  }))
}

/** The entries that users import, by the page that documents each. */
export const ENTRIES = [
  ['core', '@hexbird/core', 'core/src/index.ts'],
  ['core-adapter', '@hexbird/core/adapter', 'core/src/adapter/index.ts'],
  ['core-host', '@hexbird/core/host', 'core/src/host/index.ts'],
  ['core-contracts', '@hexbird/core/contracts', 'core/src/contracts/index.ts'],
  ['core-testing', '@hexbird/core/testing', 'core/src/testing/index.ts'],
  ['core-util', '@hexbird/core/util', 'core/src/util/index.ts'],
  ['adapters-memory', '@hexbird/adapters-memory', 'adapters-memory/src/index.ts'],
  ['adapters-sqlite', '@hexbird/adapters-sqlite', 'adapters-sqlite/src/index.ts'],
  ['adapters-vision-detector', '@hexbird/adapters-vision/detector', 'adapters-vision/src/detector/index.ts'],
  ['adapters-vision-openai', '@hexbird/adapters-vision/openai', 'adapters-vision/src/openai/index.ts'],
  ['adapters-x', '@hexbird/adapters-x', 'adapters-x/src/index.ts'],
  ['adapters-aws', '@hexbird/adapters-aws', 'adapters-aws/src/index.ts'],
  ['http', '@hexbird/http', 'http/src/index.ts'],
  ['runner', '@hexbird/runner', 'runner/src/index.ts'],
  ['secret-box', '@hexbird/secret-box', 'secret-box/src/index.ts'],
  ['local-x', '@hexbird/local-x', 'local-x/src/index.ts'],
  ['cli', '@hexbird/cli', 'cli/src/index.ts'],
].map(([page, name, source]) => ({ page, name, source: fileURLToPath(new URL(`packages/${source}`, root)) }))
