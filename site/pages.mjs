// What the site has, where it comes from, and in which order it is read. A page of docs/ that no section names is shown
// under "Understand".
import { existsSync, readdirSync, readFileSync } from 'node:fs'

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

/** The entries that users import, by the page that documents each; core has so much that it is told by topic. */
export const ENTRIES = [
  ['core-bots', '@hexbird/core', 'site/topics/core-bots.ts', 'Bots and handlers'],
  ['core-replies', '@hexbird/core', 'site/topics/core-replies.ts', 'Replies and photos'],
  ['core-limits', '@hexbird/core', 'site/topics/core-limits.ts', "Limits and X's rules"],
  ['core-deliveries', '@hexbird/core', 'site/topics/core-deliveries.ts', 'Deliveries and tweets'],
  ['core-ports', '@hexbird/core/adapter', 'site/topics/core-ports.ts', 'Ports'],
  ['core-stored', '@hexbird/core/adapter', 'site/topics/core-stored.ts', 'What is stored'],
  ['core-checks', '@hexbird/core/adapter', 'site/topics/core-checks.ts', 'Checks that adapters share'],
  ['core-sign-in', '@hexbird/core/host', 'site/topics/core-sign-in.ts', 'Sign-in'],
  ['core-operating', '@hexbird/core/host', 'site/topics/core-operating.ts', 'Sweeps and operating'],
  ['core-contracts', '@hexbird/core/contracts', 'packages/core/src/contracts/index.ts'],
  ['core-testing', '@hexbird/core/testing', 'packages/core/src/testing/index.ts'],
  ['core-util', '@hexbird/core/util', 'packages/core/src/util/index.ts'],
  ['adapters-memory', '@hexbird/adapters-memory', 'packages/adapters-memory/src/index.ts'],
  ['adapters-sqlite', '@hexbird/adapters-sqlite', 'packages/adapters-sqlite/src/index.ts'],
  ['adapters-vision-detector', '@hexbird/adapters-vision/detector', 'packages/adapters-vision/src/detector/index.ts'],
  ['adapters-vision-openai', '@hexbird/adapters-vision/openai', 'packages/adapters-vision/src/openai/index.ts'],
  ['adapters-x', '@hexbird/adapters-x', 'packages/adapters-x/src/index.ts'],
  ['adapters-aws', '@hexbird/adapters-aws', 'packages/adapters-aws/src/index.ts'],
  ['http', '@hexbird/http', 'packages/http/src/index.ts'],
  ['runner', '@hexbird/runner', 'packages/runner/src/index.ts'],
  ['secret-box', '@hexbird/secret-box', 'packages/secret-box/src/index.ts'],
  ['local-x', '@hexbird/local-x', 'packages/local-x/src/index.ts'],
  ['cli', '@hexbird/cli', 'packages/cli/src/index.ts'],
].map(([page, name, source, topic]) => ({ page, name, source, topic }))

/** The page that lists the topics of core. */
export const CORE = { page: 'core', name: '@hexbird/core' }
