/** The rooms of core, and which others each may import. The constructors at the root may import all but the last two. */
const CORE = {
  util: [],
  domain: ['util'],
  ports: ['domain'],
  policy: ['domain', 'ports', 'util'],
  reply: ['domain', 'policy', 'util'],
  webhook: ['domain', 'policy', 'reply', 'util'],
  'sign-in': ['policy'],
  bot: ['domain', 'policy', 'reply', 'util'],
  'use-cases': ['bot', 'domain', 'ports', 'policy', 'reply', 'webhook', 'sign-in', 'util'],
  contracts: ['domain', 'ports', 'policy', 'webhook', 'testing', 'util'],
  testing: ['domain', 'util'],
}

/** The same of the local X, where everything there is on it is `world.ts`. What is beside that file may import all. */
const LOCAL_X = {
  util: [],
  state: ['util'],
  auth: ['state', 'util'],
  webhooks: ['auth', 'state', 'util'],
  'world.ts': ['webhooks', 'auth', 'state', 'util'],
  api: ['world.ts', 'webhooks', 'auth', 'state', 'util'],
  oauth: ['api', 'world.ts', 'auth', 'state', 'util'],
  page: ['world.ts'],
  control: ['page', 'api', 'world.ts', 'webhooks', 'state', 'util'],
}

function rulesOfRooms(name, rooms) {
  const src = `^packages/${name}/src/`
  return Object.entries(rooms).map(([room, others]) => ({
    name: `${name}-room-${room}`,
    severity: 'error',
    comment: `${name}/src/${room} imports ${others.length > 0 ? `only ${others.join(', ')}` : 'no other room'}: what it needs of a room above it belongs to its caller.`,
    from: { path: `${src}${room}(/|$)` },
    to: { path: src, pathNot: `${src}(${[room, ...others].join('|')})(/|$)` },
  }))
}

/** The architecture, as rules. Each says in a sentence what a newcomer needs to know. */
module.exports = {
  forbidden: [
    ...rulesOfRooms('core', CORE),
    ...rulesOfRooms('local-x', LOCAL_X),
    {
      name: 'core-is-pure',
      severity: 'error',
      comment: 'Core runs anywhere: it imports only itself. What it needs of the world is a port; write an adapter.',
      from: { path: '^packages/core/src/', pathNot: '^packages/core/src/(webhook|sign-in|contracts|testing)/' },
      to: { pathNot: '^packages/core/src/' },
    },
    {
      name: 'crypto-in-two-folders-alone',
      severity: 'error',
      comment:
        'Only signatures and sign-ins need cryptography: core/src/webhook and core/src/sign-in may import node:crypto, and nothing else.',
      from: { path: '^packages/core/src/(webhook|sign-in)/' },
      to: { pathNot: ['^packages/core/src/', '^(node:)?crypto$'] },
    },
    {
      name: 'contracts-need-fast-check-alone',
      severity: 'error',
      comment: 'Contracts and arbitraries are for tests: they may import fast-check, and no test runner.',
      from: { path: '^packages/core/src/(contracts|testing)/' },
      to: { pathNot: ['^packages/core/src/', 'node_modules/.*fast-check/'] },
    },
    {
      name: 'contracts-never-in-production',
      severity: 'error',
      comment: 'Contracts and arbitraries are imported by tests. Production code that needs one has a port too few.',
      from: { path: '^packages/[^/]+/src/', pathNot: '^packages/core/src/(contracts|testing)/' },
      to: { path: '^packages/core/(src|dist)/(contracts|testing)/' },
    },
    {
      name: 'adapters-do-not-know-each-other',
      severity: 'error',
      comment:
        'An adapter knows core and its own technology. What two adapters share is a port, or a helper of one of them.',
      from: { path: '^packages/(adapters-[^/]+)/src/' },
      to: { path: '^packages/(adapters-[^/]+|http|runner|cli|local-x|lambda-entry)/', pathNot: '^packages/$1/' },
    },
    {
      name: 'aws-services-do-not-know-each-other',
      severity: 'error',
      comment:
        'Each folder of adapters-aws is one AWS service and a sub-path of its own, so that you load only what you use. What two services share is a file beside the folders.',
      from: { path: '^packages/adapters-aws/src/([^/]+)/' },
      to: { path: '^packages/adapters-aws/src/([^/]+/|index)', pathNot: '^packages/adapters-aws/src/$1/' },
    },
    {
      name: 'http-knows-core-alone',
      severity: 'error',
      comment:
        'The web apps are given a bot, an inbox and settings; which adapters those are is for the wiring to know.',
      from: { path: '^packages/http/src/' },
      to: { path: '^packages/(?!core/|http/)' },
    },
    {
      name: 'runner-knows-core-and-http',
      severity: 'error',
      comment: 'The runner gets its ports from its caller, who chooses the adapters.',
      from: { path: '^packages/runner/src/' },
      to: { path: '^packages/(?!core/|http/|runner/)' },
    },
    {
      name: 'prove-knows-no-host',
      severity: 'error',
      comment:
        'A bot is proven in memory, on a local X. What runs it for real, and where, is not known here; the command and the torture bring what they need.',
      from: { path: '^packages/prove/src/' },
      to: { path: '^packages/(?!core/|adapters-memory/|adapters-x/|http/|local-x/|prove/)' },
    },
    {
      name: 'local-x-knows-none-of-us',
      severity: 'error',
      comment: 'The local X measures and signs with its own code, so that one mistake cannot pass on both sides.',
      from: { path: '^packages/local-x/src/' },
      to: { path: '^packages/(?!local-x/)' },
    },
    {
      name: 'inversify-in-one-file',
      severity: 'error',
      comment: 'Wiring is one file, and only that file knows the container.',
      from: { pathNot: '^packages/lambda-entry/src/container\\.ts$' },
      to: { path: 'node_modules/.*(inversify|reflect-metadata)/' },
    },
    {
      name: 'cdk-in-the-stack-alone',
      severity: 'error',
      comment:
        'Only lambda-entry/src/stack imports the CDK: what runs on Lambda and what a command that deploys decides must not load it.',
      from: { path: '^packages/[^/]+/src/', pathNot: '^packages/lambda-entry/src/stack/' },
      to: { path: ['node_modules/.*(aws-cdk-lib|cdk-nag|constructs)/', '^packages/lambda-entry/src/stack/'] },
    },
    {
      name: 'packages-do-not-know-the-tools',
      severity: 'error',
      comment:
        'What is in tools is private, and tries or measures the packages: nothing that is published or deployed needs it.',
      from: { path: '^packages/[^/]+/src/' },
      to: { path: '^tools/' },
    },
    {
      name: 'tests-share-the-testkit-alone',
      severity: 'error',
      comment: 'A helper that the tests of two packages need is in tools/testkit.',
      from: { path: '^packages/([^/]+)/test/' },
      to: { path: '^packages/(?!$1/)[^/]+/test/' },
    },
    {
      name: 'no-cycles',
      severity: 'error',
      comment: 'A cycle is two files that are one. Move what both need into a third.',
      from: {},
      to: { circular: true, dependencyTypesNot: ['type-only'] },
    },
    {
      name: 'declared-packages-alone',
      severity: 'error',
      comment: 'A package declares what it imports, in dependencies or peerDependencies: users install nothing else.',
      from: { path: '^packages/[^/]+/src/' },
      to: { dependencyTypes: ['npm-dev', 'npm-no-pkg', 'npm-unknown'], dependencyTypesNot: ['npm-peer'] },
    },
    {
      name: 'everything-resolves',
      severity: 'error',
      comment: 'The import leads nowhere.',
      from: {},
      to: { couldNotResolve: true, dependencyTypesNot: ['core'] },
    },
  ],
  options: {
    doNotFollow: { path: 'node_modules|/dist/' },
    tsPreCompilationDeps: true,
    enhancedResolveOptions: { exportsFields: ['exports'], conditionNames: ['import', 'types', 'node', 'default'] },
  },
}
