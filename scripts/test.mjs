// Runs the tests: `npm test`. With --heavy, as in `npm run test:all`, it adds the heavy tests, and more cases per
// property.
const at = process.argv.indexOf('--heavy')
if (at >= 0) {
  process.argv.splice(at, 1)
  process.env.HEXBIRD_TESTS = 'all'
}
await import('../node_modules/jest/bin/jest.js')
