import { expect, test } from '@jest/globals'
import { addressOfX } from '../../src/operate/x.js'
import { remedyFor } from '../../src/run/remedy.js'

const atX = { store: 'my.sqlite', file: 'my.env', x: addressOfX('') }
const onLocalX = { ...atX, x: addressOfX('http://127.0.0.1:4000') }

test.each([
  ['stopped', atX, / resume --store my\.sqlite$/],
  ['unauthorized', atX, / doctor$/],
  ['unauthorized', onLocalX, /start the bot again/],
  ['unreachable', onLocalX, / local-x --port 4000 --env my\.env$/],
  ['unreachable', atX, /^$/],
  ['rate-limited', onLocalX, /^$/],
])('a bot that is %s says what to type, if waiting is not enough (%#)', (reason, plan, remedy) => {
  expect(remedyFor(reason, plan)).toMatch(remedy)
})
