// The pages of the site, their sources, and their order. Pages of docs/ that aren't listed here go under "Understand".
import { existsSync, readdirSync, readFileSync } from 'node:fs'

const root = new URL('../', import.meta.url)

/** @typedef {{ source: string, page: string, text: string }} Page a file of the repository, and its page on the site */

/** The sections of the sidebar: each page's source and text, which replaces the page's own heading: it may be too long. */
const SECTIONS = {
  Tutorials: {
    'docs/start.md': 'Get started in a minute',
    'docs/your-own-bot.md': 'Build your own bot',
    'docs/prove.md': 'Prove your bot',
    'docs/run.md': 'Run it on one machine',
    'docs/deploy.md': 'Deploy to AWS',
    'docs/sign-in.md': 'Sign-in',
  },
  Guides: {
    'docs/test-your-rules.md': 'Test your rules offline',
    'docs/small-server.md': 'Run it on a small server',
    'docs/status.md': 'The status page',
    'docs/operate.md': 'Operate',
    'docs/migrate.md': 'Migrate from the tutorials',
  },
  Reference: {
    'docs/commands.md': 'Commands',
    'docs/costs.md': 'What it costs',
    'docs/x-in-2026.md': "X's rules in 2026",
    'docs/what-it-sees.md': 'What the detector sees',
  },
  Understand: {
    'docs/how-it-works.md': 'How it works',
    'ARCHITECTURE.md': 'Architecture',
    'docs/promises.md': 'Promises',
    'docs/performance.md': 'Performance',
    'docs/mutation.md': 'Mutation testing',
    'SECURITY.md': 'Security',
    'CONTRIBUTING.md': 'Contributing',
  },
}

const isThere = (source) => existsSync(new URL(source, root))
const inFolder = (folder) =>
  readdirSync(new URL(folder, root))
    .filter((name) => name.endsWith('.md'))
    .sort()
    .map((name) => `${folder}${name}`)

/** The first heading of a Markdown file, without markup. */
export const headingOf = (source) =>
  /^# (.+)$/m.exec(readFileSync(new URL(source, root), 'utf8'))?.[1].replaceAll('`', '') ?? source

const pageOf = (source) => source.replace(/^docs\//, '').toLowerCase()

/** @returns {{ text: string, pages: Page[] }[]} */
export function sections() {
  const texts = Object.assign({}, ...Object.values(SECTIONS))
  const others = inFolder('docs/').filter((source) => !(source in texts))
  const all = Object.entries(SECTIONS).map(([text, pages]) => [text, Object.keys(pages).filter(isThere)])
  all.find(([text]) => text === 'Understand')[1].push(...others)
  return [...all, ['Decisions', inFolder('docs/decisions/')]].map(([text, sources]) => ({
    text,
    pages: sources.map((source) => ({ source, page: pageOf(source), text: texts[source] ?? headingOf(source) })),
  }))
}

/** The topics of core's entry points, which are too large for one page: page, name, what it is for, and title. */
const TOPICS = [
  ['core-bots', '@hexbird/core', 'Define a bot, and what its handlers get.', 'Bots and handlers'],
  ['core-replies', '@hexbird/core', 'Write safe replies, and answer photos by rules.', 'Replies and photos'],
  ['core-limits', '@hexbird/core', "The bot's spending limits, and X's prices and rules.", "Limits and X's rules"],
  ['core-deliveries', '@hexbird/core', 'Verify and decode what X delivers.', 'Deliveries and tweets'],
  ['core-ports', '@hexbird/core/adapter', 'The interfaces that adapters implement.', 'Ports'],
  ['core-stored', '@hexbird/core/adapter', 'The rows, jobs and messages that adapters store.', 'Stored data'],
  [
    'core-checks',
    '@hexbird/core/adapter',
    "Checks of photos, links and X's answers that adapters share.",
    'Checks for adapters',
  ],
  ['core-sign-in', '@hexbird/core/host', 'Sign in with X, without the pages.', 'Sign-in'],
  ['core-operating', '@hexbird/core/host', 'Sweep, catch up, pause and resume a running bot.', 'Sweeps and operation'],
]

/** The other entry points, each on a page of its own: name, and what it is for. */
const WHOLE = {
  'core/contracts': 'Test cases that every adapter of a port must pass.',
  'core/testing': 'Arbitraries for fast-check: tweets, labels, and deliveries.',
  'core/util': 'Small helpers that the other packages share.',
  'adapters-memory': 'Every port in memory, for tests and for trying a bot.',
  'adapters-sqlite': 'Every store, and a durable queue, in one SQLite file.',
  'adapters-vision/detector': 'Labels photos with a model on your machine.',
  'adapters-vision/openai': "Labels photos with any server that has OpenAI's API.",
  'adapters-x': 'Calls X: replies, lookups, photos, sign-in, webhooks, and the stream.',
  'adapters-aws': 'Ports on DynamoDB, S3, SQS and Rekognition.',
  http: 'The webhook, the sign-in pages, and the status page as web apps.',
  runner: 'Runs a bot in one process.',
  'lambda-entry': 'The Lambda functions of a bot, and the names of their settings.',
  'lambda-entry/bundle': 'Bundles a bot into Lambda functions, for use without the CDK.',
  'lambda-entry/deployment': 'Checks settings and secrets before a deployment, and registers the webhook after it.',
  'lambda-entry/stack': 'A CDK construct that deploys a bot and only what it uses.',
  prove: 'Tests a bot with faults, crashes and hostile people.',
  'secret-box': 'Encrypts stored secrets.',
  'local-x': 'A simulator of X, for development and tests.',
  cli: 'Loads or starts a bot in your own tests.',
}

/** The entry points that users import: page, name, source, what each is for, and the title of a topic. */
export const ENTRIES = [
  ...TOPICS.map(([page, name, about, topic]) => ({ page, name, source: `site/topics/${page}.ts`, about, topic })),
  ...Object.entries(WHOLE).map(([entry, about]) => {
    const [folder, part] = entry.split('/')
    const source = `packages/${folder}/src/${part ? `${part}/` : ''}index.ts`
    return { page: entry.replace('/', '-'), name: `@hexbird/${entry}`, source, about, topic: undefined }
  }),
]

/** The page that lists the topics of core. */
export const CORE = {
  page: 'core',
  name: '@hexbird/core',
  about: 'Define a bot, write its rules, implement its ports, and run it.',
}
