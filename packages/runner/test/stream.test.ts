import { agentTo, XActivityStream, XWebhooks } from '@hexbird/adapters-x'
import { FakeTime } from '@hexbird/testkit/fake-time'
import { runs } from '@hexbird/testkit/runs'
import { afterEach, expect, test } from '@jest/globals'
import { endAll, onLocalX } from './fixture.js'

afterEach(endAll)

const LIMITS = { perDay: 1e9, perAuthorPerDay: 1e9, sweepPerDay: 1e9, repliesPerConversation: 8 }

/** A bot on the local X that hears of mentions by the stream alone. */
async function onStream() {
  const made = await onLocalX()
  const { x, ports, clock } = made
  const agent = agentTo({ port: x.port })
  const time = new FakeTime(clock.now())
  const counts = { connected: 0, ended: 0, skipped: 0 }
  let wait = 0
  const stream = new XActivityStream({
    bearerToken: x.credentials.bearerToken,
    inbox: ports.inbox,
    agent,
    ...time.forQueue(),
    onEvent(event) {
      if (event.kind === 'connected') counts.connected += 1
      if (event.kind === 'line-skipped') counts.skipped += 1
      if (event.kind !== 'cut' && event.kind !== 'silent') return
      counts.ended += 1
      wait = event.retryInMs
    },
  })
  const running = made.start({ services: [stream, { close: () => agent.destroy() }], limits: LIMITS })
  const webhooks = new XWebhooks({ bearerToken: x.credentials.bearerToken, userCredentials: x.credentials, agent })
  await webhooks.subscribe({ dialect: 'x-activity', botId: x.bot.id })
  const until = async (isSo: () => boolean) => {
    while (!isSo()) await time.pass(0)
  }
  return { ...made, running, stream, time, counts, until, reconnect: () => time.pass(wait) }
}

test('a mention that comes by the stream gets one reply', async () => {
  const { stream, counts, until, asks, replies, running } = await onStream()
  stream.start()
  await until(() => counts.connected === 1)
  const { id } = await asks()
  await until(() => replies(id).length > 0)
  await running.idle()
  expect(replies(id)).toEqual([expect.stringMatching(/Dog/)])
})

test('each of 500 mentions gets one reply although the line ends at each of them', async () => {
  const { x, clock, stream, time, counts, until, reconnect, replies, running } = await onStream()
  const ways = [
    () => x.set({ cutStream: 1 }),
    () => x.set({ disconnectStream: 1 }),
    () => x.set({ cutStream: 1, duplicate: true }),
    () => x.set({ streamSilent: true }),
    () => {
      x.set({ drop: 1 })
      x.stream.write('{"data":{"event_type":"post.mention.create","tag":"')
      x.stream.cut()
    },
  ]
  stream.start()
  const ids: string[] = []
  for (let at = 0; at < runs(500); at++) {
    await until(() => counts.connected === at + 1)
    ways[at % ways.length]?.()
    ids.push((await x.tweet({ as: `asker${at}`, text: `@hexbird and this, number ${at}?` })).id)
    if (x.switches().streamSilent) await time.pass(45_000)
    await until(() => counts.ended === at + 1)
    x.set({ streamSilent: false, duplicate: false, drop: 0 })
    clock.advance(60_000)
    await reconnect()
  }
  await until(() => ids.every((id) => replies(id).length > 0))
  await running.idle()
  expect(ids.filter((id) => replies(id).length !== 1)).toEqual([])
  expect(counts).toMatchObject({ ended: ids.length, skipped: 0 })
}, 300_000)
