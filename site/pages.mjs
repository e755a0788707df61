// The pages of the site, their sources, and their order. Pages of docs/ that aren't listed here go under "Understand".
import { existsSync, readdirSync, readFileSync } from 'node:fs'

const root = new URL('../', import.meta.url)

/** @typedef {{ source: string, page: string, text: string }} Page a file of the repository, and its page on the site */

/** The sections of the sidebar: `[source, text]`. The text replaces the page's own heading, which may be too long. */
const SECTIONS = [
  [
    'Tutorials',
    [
      ['docs/start.md', 'Get started in a minute'],
      ['docs/your-own-bot.md', 'Build your own bot'],
      ['docs/prove.md', 'Prove your bot'],
      ['docs/run.md', 'Run it on one machine'],
      ['docs/deploy.md', 'Deploy to AWS'],
      ['docs/sign-in.md', 'Sign-in'],
    ],
  ],
  [
    'Guides',
    [
      ['docs/test-your-rules.md', 'Test your rules offline'],
      ['docs/small-server.md', 'Run it on a small server'],
      ['docs/status.md', 'The status page'],
      ['docs/operate.md', 'Operate'],
      ['docs/migrate.md', 'Migrate from the tutorials'],
    ],
  ],
  [
    'Reference',
    [
      ['docs/commands.md', 'Commands'],
      ['docs/costs.md', 'What it costs'],
      ['docs/x-in-2026.md', "X's rules in 2026"],
      ['docs/what-it-sees.md', 'What the detector sees'],
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

/** The first heading of a Markdown file, without markup. */
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

/**
 * The entry points that users import: page, name, source, and what each is for. The entry points of core are large, so
 * they are split into topics, with a page each.
 */
export const ENTRIES = [
  [
    'core-bots',
    '@hexbird/core',
    'site/topics/core-bots.ts',
    'Define a bot, and what its handlers get.',
    'Bots and handlers',
  ],
  [
    'core-replies',
    '@hexbird/core',
    'site/topics/core-replies.ts',
    'Write safe replies, and answer photos by rules.',
    'Replies and photos',
  ],
  [
    'core-limits',
    '@hexbird/core',
    'site/topics/core-limits.ts',
    "The bot's spending limits, and X's prices and rules.",
    "Limits and X's rules",
  ],
  [
    'core-deliveries',
    '@hexbird/core',
    'site/topics/core-deliveries.ts',
    'Verify and decode what X delivers.',
    'Deliveries and tweets',
  ],
  [
    'core-ports',
    '@hexbird/core/adapter',
    'site/topics/core-ports.ts',
    'The interfaces that adapters implement.',
    'Ports',
  ],
  [
    'core-stored',
    '@hexbird/core/adapter',
    'site/topics/core-stored.ts',
    'The rows, jobs and messages that adapters store.',
    'Stored data',
  ],
  [
    'core-checks',
    '@hexbird/core/adapter',
    'site/topics/core-checks.ts',
    "Checks of photos, links and X's answers that adapters share.",
    'Checks for adapters',
  ],
  [
    'core-sign-in',
    '@hexbird/core/host',
    'site/topics/core-sign-in.ts',
    'Sign in with X, without the pages.',
    'Sign-in',
  ],
  [
    'core-operating',
    '@hexbird/core/host',
    'site/topics/core-operating.ts',
    'Sweep, catch up, pause and resume a running bot.',
    'Sweeps and operation',
  ],
  [
    'core-contracts',
    '@hexbird/core/contracts',
    'packages/core/src/contracts/index.ts',
    'Test cases that every adapter of a port must pass.',
  ],
  [
    'core-testing',
    '@hexbird/core/testing',
    'packages/core/src/testing/index.ts',
    'Arbitraries for fast-check: tweets, labels, and deliveries.',
  ],
  [
    'core-util',
    '@hexbird/core/util',
    'packages/core/src/util/index.ts',
    'Small helpers that the other packages share.',
  ],
  [
    'adapters-memory',
    '@hexbird/adapters-memory',
    'packages/adapters-memory/src/index.ts',
    'Every port in memory, for tests and for trying a bot.',
  ],
  [
    'adapters-sqlite',
    '@hexbird/adapters-sqlite',
    'packages/adapters-sqlite/src/index.ts',
    'Every store, and a durable queue, in one SQLite file.',
  ],
  [
    'adapters-vision-detector',
    '@hexbird/adapters-vision/detector',
    'packages/adapters-vision/src/detector/index.ts',
    'Labels photos with a model on your machine.',
  ],
  [
    'adapters-vision-openai',
    '@hexbird/adapters-vision/openai',
    'packages/adapters-vision/src/openai/index.ts',
    "Labels photos with any server that has OpenAI's API.",
  ],
  [
    'adapters-x',
    '@hexbird/adapters-x',
    'packages/adapters-x/src/index.ts',
    'Calls X: replies, lookups, photos, sign-in, webhooks, and the stream.',
  ],
  [
    'adapters-aws',
    '@hexbird/adapters-aws',
    'packages/adapters-aws/src/index.ts',
    'Ports on DynamoDB, S3, SQS and Rekognition.',
  ],
  [
    'http',
    '@hexbird/http',
    'packages/http/src/index.ts',
    'The webhook, the sign-in pages, and the status page as web apps.',
  ],
  ['runner', '@hexbird/runner', 'packages/runner/src/index.ts', 'Runs a bot in one process.'],
  [
    'lambda-entry',
    '@hexbird/lambda-entry',
    'packages/lambda-entry/src/index.ts',
    'The Lambda functions of a bot, and the names of their settings.',
  ],
  [
    'lambda-entry-bundle',
    '@hexbird/lambda-entry/bundle',
    'packages/lambda-entry/src/bundle/index.ts',
    'Bundles a bot into Lambda functions, for use without the CDK.',
  ],
  [
    'lambda-entry-deployment',
    '@hexbird/lambda-entry/deployment',
    'packages/lambda-entry/src/deployment/index.ts',
    'Checks settings and secrets before a deployment, and registers the webhook after it.',
  ],
  [
    'lambda-entry-stack',
    '@hexbird/lambda-entry/stack',
    'packages/lambda-entry/src/stack/index.ts',
    'A CDK construct that deploys a bot and only what it uses.',
  ],
  ['prove', '@hexbird/prove', 'packages/prove/src/index.ts', 'Tests a bot with faults, crashes and hostile people.'],
  ['secret-box', '@hexbird/secret-box', 'packages/secret-box/src/index.ts', 'Encrypts stored secrets.'],
  ['local-x', '@hexbird/local-x', 'packages/local-x/src/index.ts', 'A simulator of X, for development and tests.'],
  ['cli', '@hexbird/cli', 'packages/cli/src/index.ts', 'Loads or starts a bot in your own tests.'],
].map(([page, name, source, about, topic]) => ({ page, name, source, about, topic }))

/** The page that lists the topics of core. */
export const CORE = {
  page: 'core',
  name: '@hexbird/core',
  about: 'Define a bot, write its rules, implement its ports, and run it.',
}
