import { readFile, rm, stat, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { WEBHOOK_PATH } from '@hexbird/http'
import { freePort } from '@hexbird/testkit/free-port'
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals'
import { becomes, type Place, placeOnLocalX, sample } from './on-local-x.js'

let place: Place
beforeEach(async () => {
  place = await placeOnLocalX()
})
afterEach(() => place.close())

/** What `run` needs for each ingress, once X knows where to deliver. */
async function ingressArgs(ingress: string): Promise<{ args: string[]; subscribe: () => Promise<void> }> {
  if (ingress === 'poll') return { args: [], subscribe: async () => {} }
  if (ingress === 'stream') {
    // Asked every ten minutes: what comes sooner comes by the stream.
    return { args: ['--ingress', ingress, '--every', '600'], subscribe: () => succeeds(['subscribe', '--stream']) }
  }
  const port = String(await freePort())
  return {
    args: ['--ingress', ingress, '--port', port],
    async subscribe() {
      const env = { HEXBIRD_WEBHOOK_URL: `http://127.0.0.1:${port}${WEBHOOK_PATH}` }
      for (const words of [['webhook', 'register'], ['subscribe']]) await succeeds(words, env)
    },
  }
}

async function succeeds(words: readonly string[], env = {}): Promise<void> {
  const { code, stderr } = await place.hexbird(words, env)
  expect([words, stderr, code]).toEqual([words, expect.anything(), 0])
}

test('a stream without a subscription is warned of, and one with a subscription is not', async () => {
  const warning = /The stream has no subscription for mentions.*Run `hexbird (subscribe --stream --x \S+)`/
  const first = place.run(['--ingress', 'stream'])
  const [, advised = ''] = await first.shows(warning)
  first.child.kill('SIGTERM')
  await first.ended
  await succeeds(advised.split(' '), { HEXBIRD_LOCAL_X: '' })
  const second = place.run(['--ingress', 'stream'])
  const ids = [await place.tweet('alice')]
  await becomes(second, ids, 'replied')
  second.child.kill('SIGTERM')
  expect((await second.ended).stdout).not.toMatch(warning)
})

test('a webhook that X does not know is warned of', async () => {
  const running = place.run(['--ingress', 'webhook', '--port', String(await freePort())])
  const setup = `setup --x ${place.url} --ingress webhook --webhook-url <url>`
  await running.shows(new RegExp(`X delivers no mentions to the webhook\\. Run .hexbird ${setup}`))
})

test('people can sign in at a local X before anybody has tweeted', async () => {
  const people = (await (await fetch(`${place.url}/_local/people`)).json()) as readonly { readonly username: string }[]
  expect(people.map(({ username }) => username)).toEqual(['hexbird', 'alice', 'bob'])
})

describe.each(['poll', 'stream', 'webhook'])('hexbird run by %s', (ingress) => {
  test('answers a photo that is tweeted at a local X, and ends on a signal', async () => {
    const { args, subscribe } = await ingressArgs(ingress)
    const running = place.run(args)
    await running.shows(/The bot is running/)
    await subscribe()
    const ran = await place.hexbird(['tweet', '--port', new URL(place.url).port, '--photo', sample, '--wait', '--json'])
    expect(ran.json()).toMatchObject({ outcome: 'replied', reply: expect.stringContaining('Dog') })
    running.child.kill('SIGTERM')
    const { code, stdout, stderr } = await running.ended
    expect([code, stderr]).toEqual([0, ''])
    const settings = await readFile(join(place.folder, '.env'), 'utf8')
    const secrets = [...settings.matchAll(/^\w+(?:SECRET|TOKEN)=(.+)$/gm)].map(([, secret]) => secret)
    expect(secrets).toHaveLength(4)
    for (const secret of secrets) expect(stdout).not.toContain(secret)
  })

  test('loses and doubles nothing when it is killed while X takes its replies', async () => {
    const { args, subscribe } = await ingressArgs(ingress)
    const first = place.run(args)
    await first.shows(/The bot is running/)
    await subscribe()
    // X makes each tweet so much later than it was asked: mostly after the process has died.
    await place.set({ slowApiMs: 3000 })
    // Each of something else: X takes the same words for a duplicate, which takes minutes to tell from a first try.
    const ids = await Promise.all([
      place.tweet('alice', 'dog'),
      place.tweet('bob', 'bird'),
      place.tweet('carol', 'plant'),
    ])
    await place.recorded(ids, 'claimed', 'settled')
    first.child.kill('SIGKILL')
    await first.ended
    // X answers it after all that the first process has asked for.
    const answered = fetch(`${place.url}/2/users/me`)
    await place.set({ slowApiMs: 0 })
    ids.push(await place.tweet('dave', 'nothing'))

    // By then what the first one had in hand is given out again: that it has died nobody can tell it. The second one
    // looks for the replies before X makes them, after, or in between.
    const later = 'const real = Date.now; Date.now = () => real() + 200_000'
    const second = place.run(args, { NODE_OPTIONS: `--import=data:text/javascript,${encodeURIComponent(later)}` })
    await place.recorded(ids, 'settled')
    second.child.kill('SIGTERM')
    expect((await second.ended).code).toBe(0)
    await answered
    expect(await place.replies(ids)).toEqual([1, 1, 1, 1])
  })
})

describe('hexbird run', () => {
  test('answers nothing twice whose store is lost', async () => {
    const first = place.run()
    await first.shows(/The bot is running/)
    const ids = [await place.tweet('alice')]
    await becomes(first, ids, 'replied')
    first.child.kill('SIGTERM')
    await first.ended
    for (const end of ['', '-wal', '-shm']) await rm(join(place.folder, `hexbird.sqlite${end}`), { force: true })
    const second = place.run()
    await second.shows(/The store had lost replies.*"replies":1/)
    // What was spent before is not known, so today's money counts as spent.
    await second.shows(/Today's budget for listing mentions is used up/)
    expect(await place.replies(ids)).toEqual([1])
    const billed = await place.hexbird(['billed', '0.50', '--json'])
    expect(billed.json()).toMatchObject({ spent: expect.any(Number), limit: 5 })
    expect(billed.json().spent).toBeLessThan(1)
    // As if X had not been asked for minutes because of the money.
    second.child.kill('SIGTERM')
    await second.ended
    const third = place.run()
    const more = await place.tweet('bob', 'bird')
    await becomes(third, [more], 'replied')
    expect(await place.replies([...ids, more])).toEqual([1, 1])
  })

  test('serves its status page and metrics to whoever has the token', async () => {
    const token = 'a-token-of-more-than-32-characters'
    const running = place.run([], { HEXBIRD_STATUS_PORT: '0', HEXBIRD_STATUS_TOKEN: token })
    const [, url = ''] = await running.shows(/"status":"([^"]+)"/)
    await becomes(running, [await place.tweet('alice')], 'replied')
    const metrics = new URL('/metrics', url)
    expect((await fetch(metrics)).status).toBe(401)
    const text = await (await fetch(metrics, { headers: { authorization: `Bearer ${token}` } })).text()
    expect(text).toMatch(/outcome="replied"\} 1/)
    expect((await fetch(url)).status).toBe(401)
  })

  test('spends no more than its settings allow, and tells what they allow', async () => {
    const token = 'a-token-of-more-than-32-characters'
    const limits = { HEXBIRD_LIMIT_PER_DAY: '3', HEXBIRD_LIMIT_PER_AUTHOR_PER_DAY: '0.001' }
    const running = place.run([], { HEXBIRD_STATUS_PORT: '0', HEXBIRD_STATUS_TOKEN: token, ...limits })
    const [, url = ''] = await running.shows(/"status":"([^"]+)"/)
    await running.shows(new RegExp(`"tweet":"${await place.tweet('alice')}".*"reason":"over-budget"`))
    const headers = { authorization: `Bearer ${token}` }
    const text = await (await fetch(new URL('/metrics', url), { headers })).text()
    const sumOf = (name: string) =>
      Number(new RegExp(`hexbird_budget_${name}_dollars\\{share="day"\\} (\\S+)`).exec(text)?.[1])
    expect(sumOf('spent') + sumOf('left')).toBeCloseTo(3)
  })

  test('a paused one that is started again serves its status page, and works seconds after it is resumed', async () => {
    const first = place.run()
    await first.shows(/The bot is running/)
    await succeeds(['pause', '--store', 'hexbird.sqlite'])
    first.child.kill('SIGTERM')
    await first.ended
    const [port, token] = [String(await freePort()), 'a-token-of-more-than-32-characters']
    const again = place.run([], { HEXBIRD_STATUS_PORT: port, HEXBIRD_STATUS_TOKEN: token })
    await again.shows(/The bot has started, but posting is stopped/)
    const headers = { authorization: `Bearer ${token}` }
    const metrics = await (await fetch(`http://127.0.0.1:${port}/metrics`, { headers })).text()
    expect(metrics).toMatch(/^hexbird_stopped 1$/m)
    await succeeds(['resume', '--store', 'hexbird.sqlite'])
    await again.shows(/The bot is running/)
  })

  test('a second one on the same file ends with a message', async () => {
    const first = place.run()
    await first.shows(/The bot is running/)
    const second = await place.run().ended
    expect(second.stderr).toMatch(/hexbird\.sqlite is in use by another run/)
    expect([second.code, second.stdout]).toEqual([2, ''])
  })

  test('a second one with the same file and the same port is told of the file', async () => {
    const { args } = await ingressArgs('webhook')
    const first = place.run(args)
    await first.shows(/The bot is running/)
    const second = await place.run(args).ended
    expect(second.stderr).toMatch(/^hexbird: \S*hexbird\.sqlite is in use by another run\. Stop that one first\.\n$/)
    expect([second.code, second.stdout]).toEqual([2, ''])
  })

  test("another bot's store is refused with a message that says so", async () => {
    const first = place.run()
    await first.shows(/The bot is running/)
    first.child.kill('SIGTERM')
    await first.ended
    const other = await place.run([], { HEXBIRD_ACCESS_TOKEN: '42-token' }).ended
    expect(other.stderr).toMatch(/hexbird\.sqlite belongs to the bot with the id \d+, but these keys belong to 42/)
    expect(other.code).toBe(2)
  })

  test('keys that X does not take are told at once, if X has to be asked for the name', async () => {
    const settings = (await readFile(join(place.folder, '.env'), 'utf8')).replace(/^HEXBIRD_BOT_USERNAME=.*\n/m, '')
    await writeFile(join(place.folder, '.env'), settings)
    const right = place.run()
    await right.shows(/"bot":"@hexbird"/)
    right.child.kill('SIGTERM')
    await right.ended
    const wrong = await place.run([], { HEXBIRD_ACCESS_SECRET: 'wrong' }).ended
    expect(wrong.stderr).toMatch(/X does not accept these keys/)
    expect(wrong.code).toBe(2)
  })

  test('a port that is in use is named', async () => {
    const ran = await place.run(['--port', new URL(place.url).port]).ended
    expect(ran.stderr).toMatch(/^hexbird: 127\.0\.0\.1:\d+ is already in use\. Pass --port to choose another port\.\n$/)
    expect(ran.code).toBe(2)
  })

  test('it says at once what the keys, the rules and the labeler lack', async () => {
    const ran = await place.run(['--settings', '/dev/null', '--rules', 'none.json', '--labeler', 'openai']).ended
    for (const fault of ['HEXBIRD_CONSUMER_KEY', 'none.json', 'HEXBIRD_VISION_URL']) expect(ran.stderr).toContain(fault)
    expect(ran.code).toBe(2)
  })
})

describe('hexbird local-x', () => {
  test('writes its keys for their owner alone, and its next start keeps the bot', async () => {
    const path = join(place.folder, '.env')
    const tokenOf = async () => /^HEXBIRD_ACCESS_TOKEN=(\d+)-/m.exec(await readFile(path, 'utf8'))?.[1]
    const before = await tokenOf()
    expect((await stat(path)).mode & 0o777).toBe(0o600)
    const own = '# mine\nHEXBIRD_STATUS_PORT=9000\n'
    await writeFile(path, `${await readFile(path, 'utf8')}${own}`)
    const { child, shows, ended } = place.start(['local-x', '--env', '.env'])
    await shows(/Ctrl-C/)
    expect([await tokenOf(), (await stat(path)).mode & 0o777]).toEqual([before, 0o600])
    const written = await readFile(path, 'utf8')
    expect([written.endsWith(own), written.match(/HEXBIRD_CONSUMER_KEY/g)]).toEqual([true, ['HEXBIRD_CONSUMER_KEY']])
    child.kill('SIGINT')
    expect((await ended).code).toBe(0)
  })

  test('does not write over the keys of another bot', async () => {
    await writeFile(join(place.folder, 'real.env'), 'HEXBIRD_ACCESS_TOKEN=42-real\n')
    const ran = await place.hexbird(['local-x', '--env', 'real.env'])
    expect(ran.stderr).toMatch(/real\.env was not written by this command/)
    expect(ran.code).toBe(2)
    expect(await readFile(join(place.folder, 'real.env'), 'utf8')).toBe('HEXBIRD_ACCESS_TOKEN=42-real\n')
  })
})
