import { mkdtemp } from 'node:fs/promises'
import { join } from 'node:path'
import { openStore } from '@hexbird/adapters-sqlite'
import { tweetOfJobKey } from '@hexbird/core/adapter'
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals'
import { becomes, type Place, placeOnLocalX } from './on-local-x.js'

let place: Place
beforeEach(async () => {
  place = await placeOnLocalX()
})
afterEach(() => place.close())

const AWAY =
  /^hexbird: Nothing was deleted\. X does not answer at http:\/\/127\.0\.0\.1:9: ECONNREFUSED\. To start .+\n$/

describe('a bot of hexbird run', () => {
  test('posts nothing while it is paused, and answers what came meanwhile when it is resumed', async () => {
    const running = place.run()
    await running.shows(/The bot is running/)
    const paused = await place.hexbird(['pause', 'we look into it', '--json'])
    expect(paused.json()).toMatchObject({ stopped: { reason: 'Paused by an operator: we look into it' } })
    await running.shows(
      /"level":"warn","message":"Posting is stopped, and no mentions are listed\. To resume: \S.* resume --store hexbird\.sqlite"/,
    )
    await place.until('a local X that was told of the pause', async () => (await place.bot()).paused === true)
    const id = await place.tweet('alice')
    expect((await place.hexbird(['resume', '--store', 'hexbird.sqlite', '--json'])).json()).toMatchObject({
      stopped: null,
    })
    await becomes(running, [id], 'replied')
    expect(await place.replies([id])).toEqual([1])
  })

  test('forgets a person by their name, and everybody if it is paused, whether it runs or not', async () => {
    const running = place.run()
    await becomes(running, [await place.tweet('alice')], 'replied')
    // The file of settings says that its keys are of a local X.
    const forgotten = await place.hexbird(['forget', '@Alice', '--json'], { HEXBIRD_LOCAL_X: '' })
    expect(forgotten.json()).toMatchObject({ atX: { kind: 'no-account' } })
    const away = await place.hexbird(['forget', '@Alice'], { HEXBIRD_LOCAL_X: 'http://127.0.0.1:9' })
    expect([away.code, away.stderr]).toEqual([1, expect.stringMatching(AWAY)])
    running.child.kill('SIGTERM')
    await running.ended
    const tooEarly = await place.hexbird(['purge', '--yes-purge', 'local'])
    expect([tooEarly.code, tooEarly.stderr]).toEqual([2, expect.stringContaining('Pause the bot first')])
    await place.hexbird(['pause'])
    expect((await place.hexbird(['purge', '--yes-purge', 'local', '--json'])).json()).toMatchObject({ purged: true })
  })
})

test('to forget somebody removes what waits of theirs, and leaves what waits of others', async () => {
  const running = place.run()
  await running.shows(/The bot is running/)
  // Whether X has made a reply is unknown, so its job waits for a lease.
  await place.set({ cutAfterPost: 2 })
  const ids = await Promise.all([place.tweet('alice'), place.tweet('bob', 'bird')])
  await becomes(running, ids, 'deferred')
  running.child.kill('SIGKILL')
  await running.ended
  const waiting = () => {
    const store = openStore(join(place.folder, 'hexbird.sqlite'), { shared: true })
    try {
      return store
        .queue<string>('jobs')
        .waiting(10)
        .map(({ item }) => tweetOfJobKey(item)?.firstId)
    } finally {
      store.close()
    }
  }
  expect(new Set(waiting())).toEqual(new Set(ids))
  expect((await place.hexbird(['forget', '@alice'])).code).toBe(0)
  expect(waiting()).toEqual(ids.slice(1))
})

describe('which bot is meant', () => {
  test('has to be said where one of hexbird dev runs too', async () => {
    const running = place.run()
    await running.shows(/The bot is running/)
    const dev = place.start(['dev'])
    const [, port = ''] = await dev.shows(/local X {3}http:\S+:(\d+)/)
    await dev.shows(/Ctrl-C/)
    const unclear = await place.hexbird(['pause'])
    expect([unclear.code, unclear.stderr]).toEqual([2, expect.stringContaining('--store hexbird.sqlite')])
    // `hexbird dev` is never billed.
    expect((await place.hexbird(['billed', '0.50', '--json'])).json()).toMatchObject({ limit: 5 })
    const paused = await place.hexbird(['pause', '--port', port])
    expect([paused.code, paused.stdout]).toEqual([0, expect.stringContaining(` resume --port ${port}`)])
  })

  test('is the one of this folder, if hexbird dev runs elsewhere', async () => {
    await place.run().shows(/The bot is running/)
    const elsewhere = await mkdtemp(join(place.folder, 'other-'))
    await place.start(['dev'], {}, elsewhere).shows(/Ctrl-C/)
    expect((await place.hexbird(['pause'])).code).toBe(0)
  })

  test('is a mistake where there is no such store, and none is made', async () => {
    const ran = await place.hexbird(['pause', '--store', 'none.sqlite'])
    expect([ran.code, ran.stderr]).toEqual([2, expect.stringContaining('There is no store none.sqlite')])
    const again = await place.hexbird(['pause', '--store', join(place.folder, 'none.sqlite')])
    expect(again.code).toBe(2)
  })
})
