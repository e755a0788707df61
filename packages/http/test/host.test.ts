import { expect, test } from '@jest/globals'
import { Hono } from 'hono'
import { createHost } from '../src/index.js'

const app = (name: string) => new Hono().all('*', (context) => context.text(`${name} ${JSON.stringify(context.env)}`))
const said = async (response: Response | Promise<Response>) => {
  const { status, text } = await Promise.resolve(response).then(async (one) => ({
    status: one.status,
    text: await one.text(),
  }))
  return `${status} ${text}`
}
const at = (path: string) => new Request(`https://bot.example${path}`)

test.each([
  ['/twitter/webhook/handleapi?crc_token=a', '200 webhook {"ip":1}'],
  ['/twitter/webhook/handleapi/more', '200 pages {"ip":1}'],
  ['/', '200 pages {"ip":1}'],
  ['/health', '200 ok'],
  ['/health/', '200 pages {"ip":1}'],
])('%s is answered %s', async (path, answer) => {
  const serve = createHost({ webhook: app('webhook'), signIn: app('pages'), isOpen: () => true })
  expect(await said(serve(at(path), { ip: 1 }))).toBe(answer)
})

test('the webhook may be elsewhere', async () => {
  const serve = createHost({ webhook: app('webhook'), webhookPath: '/x', signIn: app('pages'), isOpen: () => true })
  expect(await said(serve(at('/x'), {}))).toBe('200 webhook {}')
  expect(await said(serve(at('/twitter/webhook/handleapi'), {}))).toBe('200 pages {}')
})

test('what is closing answers nobody, and nothing that it says is kept', async () => {
  const serve = createHost({ webhook: app('webhook'), isOpen: () => false })
  for (const path of ['/health', '/twitter/webhook/handleapi']) expect(await said(serve(at(path)))).toBe('503 closing')
  expect((await serve(at('/health'))).headers.get('cache-control')).toBe('no-store')
})

test('a host of nothing is healthy, and has no pages', async () => {
  const serve = createHost({ isOpen: () => true })
  expect([await said(serve(at('/health'))), await said(serve(at('/')))]).toEqual(['200 ok', '404 Nothing here.'])
})
