import { readdirSync } from 'node:fs'
import { fileURLToPath } from 'node:url'

const root = fileURLToPath(new URL('.', import.meta.url))
const within = (folder) => readdirSync(`${root}${folder}`).map((name) => `${folder}/${name}`)
const folders = [...within('packages'), ...within('tools'), 'scripts']

/** `npm run test:all` sets it; who names a heavy file wants it too. */
const isAll = process.env.HEXBIRD_TESTS === 'all' || process.argv.some((word) => word.includes('.heavy'))

/** Tests run on the sources; what users install (each package's dist) has tests of its own that say so. */
export default {
  testMatch: [
    ...folders.map((folder) => `<rootDir>/${folder}/test/**/*.test.ts`),
    ...(isAll ? [] : ['!**/*.heavy.test.ts']),
  ],
  reporters: ['default', ['<rootDir>/scripts/test-reporter.mjs', { folders, isAll }]],
  cacheDirectory: '<rootDir>/.cache/jest',
  // No test waits for time to pass; a slow machine is no fault.
  testTimeout: 120_000,
  // Jest never frees the ES modules that a test file loads. A worker that holds a gigabyte of them spends as long again on
  // collecting garbage, so it is replaced well before.
  maxWorkers: 2,
  // Freeing that memory takes a worker on a busy machine longer than half a second, after which Jest would report a leak.
  workerGracefulExitTimeout: 30_000,
  workerIdleMemoryLimit: '300MB',
  extensionsToTreatAsEsm: ['.ts'],
  moduleNameMapper: {
    '^@hexbird/core/(adapter|contracts|host|testing|util)$': '<rootDir>/packages/core/src/$1/index.ts',
    '^@hexbird/testkit/(.+)$': '<rootDir>/tools/testkit/src/$1.ts',
    '^@hexbird/lambda-entry/(bundle|deployment|stack)$': '<rootDir>/packages/lambda-entry/src/$1/index.ts',
    '^@hexbird/prove/harness$': '<rootDir>/packages/prove/src/harness/index.ts',
    '^@hexbird/http/challenge$': '<rootDir>/packages/http/src/challenge.ts',
    '^@hexbird/adapters-vision/([^/]+)$': '<rootDir>/packages/adapters-vision/src/$1/index.ts',
    '^@hexbird/adapters-aws/tables$': '<rootDir>/packages/adapters-aws/src/dynamo/tables.ts',
    '^@hexbird/adapters-aws/messages$': '<rootDir>/packages/adapters-aws/src/sqs/messages.ts',
    '^@hexbird/adapters-aws/([^/]+)$': '<rootDir>/packages/adapters-aws/src/$1/index.ts',
    '^@hexbird/([^/]+)$': '<rootDir>/packages/$1/src/index.ts',
    '^(\\.{1,2}/.*)\\.js$': '$1',
  },
  transform: {
    '^.+\\.ts$': [
      '@swc/jest',
      {
        jsc: { target: 'es2023', parser: { syntax: 'typescript', decorators: true } },
        module: { type: 'es6' },
        sourceMaps: 'inline',
      },
    ],
  },
}
