// Runs the tests: `npm test`. With --heavy, as in `npm run test:all`, the heavy ones too, and each property at length.
const at = process.argv.indexOf('--heavy')
if (at >= 0) {
  process.argv.splice(at, 1)
  process.env.HEXBIRD_TESTS = 'all'
}
await import('../node_modules/jest/bin/jest.js')
