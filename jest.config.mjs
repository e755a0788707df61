/** Tests run on the sources; what users install (each package's dist) has tests of its own that say so. */
export default {
  testMatch: ['packages/*', 'scripts', 'torture'].map((folder) => `<rootDir>/${folder}/test/**/*.test.ts`),
  // No test waits for time to pass; a slow machine is no fault.
  testTimeout: 120_000,
  // As ES modules, what a test file loads is never let go: a worker that has grown makes room for a new one.
  maxWorkers: 2,
  workerIdleMemoryLimit: '1GB',
  extensionsToTreatAsEsm: ['.ts'],
  moduleNameMapper: {
    '^@hexbird/core/(contracts|testing)$': '<rootDir>/packages/core/src/$1/index.ts',
    '^@hexbird/http/challenge$': '<rootDir>/packages/http/src/challenge.ts',
    '^@hexbird/adapters-vision/([^/]+)$': '<rootDir>/packages/adapters-vision/src/$1/index.ts',
    '^@hexbird/adapters-aws/([^/]+)$': '<rootDir>/packages/adapters-aws/src/$1.ts',
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
