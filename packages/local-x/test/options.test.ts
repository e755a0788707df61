import { afterEach, expect, test } from '@jest/globals'
import { type LocalX, type LocalXOptions, startLocalX } from '../src/index.js'
import { APP_DEFAULTS } from '../src/state/app.js'

let x: LocalX
afterEach(() => x.close())

test('an option or a switch that is undefined is the default', async () => {
  const none = Object.fromEntries(Object.keys(APP_DEFAULTS).map((name) => [name, undefined])) as LocalXOptions
  x = await startLocalX(none)
  const before = x.switches()
  const unset = Object.fromEntries(Object.keys(before).map((name) => [name, undefined]))
  expect(x.set(unset)).toEqual(before)
  // A webhook quota that was taken away would be an error.
  const registered = await fetch(`${x.url}/2/webhooks`, {
    method: 'POST',
    headers: { authorization: `Bearer ${x.credentials.bearerToken}`, 'content-type': 'application/json' },
    body: JSON.stringify({ url: 'https://bot.example/webhook' }),
  })
  expect(registered.status).toBeLessThan(500)
})
