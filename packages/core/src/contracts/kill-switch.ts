import fc from 'fast-check'
import type { KillSwitch, KillSwitchState, XCall } from '../ports/kill-switch.js'
import { type Contract, expectEqual, expectTrue, tries } from './case.js'

/** The contract of `KillSwitch`. */
export const killSwitchContract: Contract<KillSwitch> = [
  {
    name: 'at first posting is allowed, nothing is waited for and nothing was refused',
    async check(make) {
      const killSwitch = await make()
      expectEqual(await stateOf(killSwitch), NOTHING, 'the state')
    },
  },
  {
    name: 'a tripped kill switch says why and since when, every time',
    async check(make) {
      const killSwitch = await make()
      await killSwitch.trip('X says 326: é 日本語 🐦 "locked"\n', NOW)
      const stopped = { reason: 'X says 326: é 日本語 🐦 "locked"\n', since: NOW }
      expectEqual(await stateOf(killSwitch), { ...NOTHING, stopped }, 'the state')
      expectEqual(await stateOf(killSwitch), { ...NOTHING, stopped }, 'the state asked again')
    },
  },
  {
    name: 'a kill switch tripped without words is tripped',
    async check(make) {
      const killSwitch = await make()
      await killSwitch.trip('', 0)
      expectEqual((await killSwitch.state()).stopped, { reason: '', since: 0 }, 'what is stopped')
    },
  },
  {
    name: 'the first reason is kept until the reset',
    async check(make) {
      const killSwitch = await make()
      await killSwitch.trip('first', NOW)
      await killSwitch.trip('second', NOW + 1)
      await killSwitch.trip('from a clock behind', NOW - 1)
      expectEqual((await killSwitch.state()).stopped, { reason: 'first', since: NOW }, 'what is stopped')
    },
  },
  {
    name: 'after the reset posting is allowed, and the next reason is a first one',
    async check(make) {
      const killSwitch = await make()
      await killSwitch.trip('first', NOW)
      await killSwitch.reset()
      expectEqual(await stateOf(killSwitch), NOTHING, 'the state after the reset')
      await killSwitch.trip('second', NOW + 1)
      const stopped = { reason: 'second', since: NOW + 1 }
      expectEqual(await stateOf(killSwitch), { ...NOTHING, stopped }, 'the state after another trip')
    },
  },
  {
    name: 'resetting what is not tripped does nothing',
    async check(make) {
      const killSwitch = await make()
      await killSwitch.reset()
      expectEqual(await stateOf(killSwitch), NOTHING, 'the state after the reset')
      await killSwitch.trip('first', NOW)
      expectEqual((await killSwitch.state()).stopped, { reason: 'first', since: NOW }, 'what is stopped after a trip')
    },
  },
  {
    name: 'of many that trip at once the reason and the time of one are kept',
    async check(make) {
      const killSwitch = await make()
      const trips = Array.from({ length: 20 }, (_, index) => ({ reason: `reason ${index}`, since: NOW + index }))
      const seen = await Promise.all(
        trips.map(async ({ reason, since }) => {
          await killSwitch.trip(reason, since)
          return (await killSwitch.state()).stopped
        }),
      )
      const kept = trips.find(({ reason }) => reason === seen[0]?.reason)
      expectTrue(kept !== undefined, 'a kill switch that was tripped has no reason')
      expectEqual(seen, Array(20).fill(kept), 'what each of 20 saw after its trip')
      expectEqual((await killSwitch.state()).stopped, kept, 'what is stopped in the end')
    },
  },
  {
    name: 'each kind of call is waited for by itself, until the latest time that was told',
    async check(make) {
      const killSwitch = await make()
      for (const [index, call] of CALLS.entries()) {
        const others = Object.fromEntries(CALLS.slice(0, index).map((other, before) => [other, NOW + before + 9]))
        await killSwitch.wait(call, NOW + index)
        expectEqual((await killSwitch.state()).waits, { ...others, [call]: NOW + index }, `the waits after ${call}`)
        await killSwitch.wait(call, NOW + index + 9)
        await killSwitch.wait(call, NOW + index + 8)
        expectEqual((await killSwitch.state()).waits, { ...others, [call]: NOW + index + 9 }, `the latest of ${call}`)
      }
      expectEqual((await killSwitch.state()).stopped, undefined, 'what is stopped')
    },
  },
  {
    name: 'of many that wait at once the latest time stays',
    async check(make) {
      const killSwitch = await make()
      const times = Array.from({ length: 20 }, (_, index) => NOW + ((index * 7) % 20))
      await Promise.all(times.map((until) => killSwitch.wait('post', until)))
      expectEqual((await killSwitch.state()).waits, { post: NOW + 19 }, 'the waits after 20 at once')
    },
  },
  {
    name: 'a strike gives all since the last time that X took a reply, each tweet once',
    async check(make) {
      const killSwitch = await make()
      expectEqual(await strike(killSwitch, '9007199254740993'), ['9007199254740993'], 'the first')
      expectEqual(await strike(killSwitch, '9007199254740993'), ['9007199254740993'], 'the same again')
      const two = ['9007199254740992', '9007199254740993']
      expectEqual(await strike(killSwitch, '9007199254740992'), two, 'another')
      expectEqual(await stateOf(killSwitch), { ...NOTHING, strikes: two }, 'the state')
      await killSwitch.forgive()
      expectEqual(await stateOf(killSwitch), NOTHING, 'the state after X took a reply')
      expectEqual(await strike(killSwitch, '1'), ['1'], 'the first after that')
    },
  },
  {
    name: 'many strikes at once are all kept, and the last of them gives all',
    async check(make) {
      const killSwitch = await make()
      const ids = Array.from({ length: 20 }, (_, index) => `${10 + index}`)
      const given = await Promise.all(ids.map((id) => strike(killSwitch, id)))
      expectEqual(Math.max(...given.map((all) => all.length)), 20, 'how many the last of 20 was given')
      expectEqual((await stateOf(killSwitch)).strikes, ids, 'the strikes')
    },
  },
  {
    name: 'of more than twenty strikes the first twenty are kept',
    async check(make) {
      const killSwitch = await make()
      const ids = Array.from({ length: 20 }, (_, index) => `${10 + index}`)
      for (const id of ids) await killSwitch.strike(id)
      expectEqual(await strike(killSwitch, '99'), ids, 'one more')
      expectEqual(await strike(killSwitch, '10'), ids, 'the first again')
      expectEqual((await stateOf(killSwitch)).strikes, ids, 'the strikes')
      await killSwitch.forgive()
      expectEqual(await strike(killSwitch, '99'), ['99'], 'the first after X took a reply')
    },
  },
  {
    name: 'that X took a reply changes nothing else, and neither does it where nothing was refused',
    async check(make) {
      const killSwitch = await make()
      await killSwitch.forgive()
      expectEqual(await stateOf(killSwitch), NOTHING, 'the state at first')
      await killSwitch.trip('first', NOW)
      await killSwitch.wait('tweet', NOW + 1)
      const before = { stopped: { reason: 'first', since: NOW }, waits: { tweet: NOW + 1 }, strikes: [] }
      await killSwitch.forgive()
      expectEqual(await stateOf(killSwitch), before, 'the state without strikes')
      await killSwitch.strike('1')
      await killSwitch.forgive()
      expectEqual(await stateOf(killSwitch), before, 'the state after a strike')
    },
  },
  {
    name: 'the reset forgets refusals, and keeps the times that X named',
    async check(make) {
      const killSwitch = await make()
      await killSwitch.wait('mentions', NOW + 1)
      await killSwitch.strike('1')
      await killSwitch.reset()
      expectEqual(await stateOf(killSwitch), { waits: { mentions: NOW + 1 }, strikes: [] }, 'the state after the reset')
      await killSwitch.wait('mentions', NOW)
      expectEqual((await killSwitch.state()).waits, { mentions: NOW + 1 }, 'the waits after an earlier time')
    },
  },
  {
    name: 'the time from which tweets are answered grows, never shrinks, and stays',
    async check(make) {
      const killSwitch = await make()
      for (const [to, expected] of [
        [5, 5],
        [9, 9],
        [7, 9],
        [NOW, NOW],
      ] as const) {
        await killSwitch.answerFrom(to)
        expectEqual(await stateOf(killSwitch), { ...NOTHING, answersFrom: expected }, `the state after ${to}`)
      }
      await killSwitch.trip('first', NOW)
      await killSwitch.reset()
      await killSwitch.forgive()
      expectEqual(await stateOf(killSwitch), { ...NOTHING, answersFrom: NOW }, 'the state after the reset')
    },
  },
  {
    name: 'of many times from which to answer that are told at once the latest stays',
    async check(make) {
      const killSwitch = await make()
      await Promise.all(Array.from({ length: 20 }, (_, index) => killSwitch.answerFrom(NOW + ((index * 7) % 20))))
      expectEqual((await stateOf(killSwitch)).answersFrom, NOW + 19, 'the time after 20 at once')
    },
  },
  {
    name: 'a store is the first bot’s that claims it, for good',
    async check(make) {
      const killSwitch = await make()
      await killSwitch.trip('before', NOW)
      expectEqual(await killSwitch.claimStore('1999999999999999999'), '1999999999999999999', 'the first claim')
      const deeds = [
        () => killSwitch.trip('first', NOW),
        () => killSwitch.wait('post', NOW),
        () => killSwitch.strike('1'),
        () => killSwitch.forgive(),
        () => killSwitch.answerFrom(NOW),
        () => killSwitch.reset(),
      ]
      for (const [index, deed] of deeds.entries()) {
        await deed()
        expectEqual(
          await killSwitch.claimStore('42'),
          '1999999999999999999',
          `the claim of another after deed ${index}`,
        )
      }
      expectEqual(
        await killSwitch.claimStore('1999999999999999999'),
        '1999999999999999999',
        'the next claim of the first',
      )
      expectEqual(await stateOf(killSwitch), { waits: { post: NOW }, strikes: [], answersFrom: NOW }, 'the state')
    },
  },
  {
    name: 'of many that claim a store at once all are told of one',
    async check(make) {
      const killSwitch = await make()
      const bots = Array.from({ length: 20 }, (_, index) => `${index + 1}`)
      const told = await Promise.all(bots.map((botId) => killSwitch.claimStore(botId)))
      const owner = bots.find((botId) => botId === told[0])
      expectTrue(owner !== undefined, 'a claimed store is nobody’s')
      expectEqual(told, Array(20).fill(owner), 'what each of 20 was told')
      expectEqual(await killSwitch.claimStore('42'), owner, 'what the next was told')
    },
  },
  {
    name: 'changing the state that was given changes nothing inside',
    async check(make) {
      const killSwitch = await make()
      await killSwitch.trip('first', NOW)
      await killSwitch.wait('post', NOW)
      const given = await killSwitch.strike('1')
      if (Array.isArray(given)) given.push('2')
      const state = await killSwitch.state()
      Object.assign(state.stopped ?? {}, { reason: 'changed', since: 0 })
      Object.assign(state.waits, { post: 0 })
      if (Array.isArray(state.strikes)) state.strikes.push('3')
      const expected = { stopped: { reason: 'first', since: NOW }, waits: { post: NOW }, strikes: ['1'] }
      expectEqual(await stateOf(killSwitch), expected, 'the state')
    },
  },
  {
    name: 'after any sequence of deeds the state is what each of them left',
    async check(make) {
      const property = fc.asyncProperty(fc.array(command, { maxLength: 12, size: 'max' }), async (commands) => {
        const killSwitch = await make()
        let model: KillSwitchState = NOTHING
        for (const [index, { kind, call, time, tweetId }] of commands.entries()) {
          if (kind === 'trip') {
            model = { ...model, stopped: model.stopped ?? { reason: `reason ${index}`, since: NOW + index } }
            await killSwitch.trip(`reason ${index}`, NOW + index)
          } else if (kind === 'wait') {
            const { [call]: before = 0 } = model.waits
            model = { ...model, waits: { ...model.waits, [call]: Math.max(before, NOW + time) } }
            await killSwitch.wait(call, NOW + time)
          } else if (kind === 'strike') {
            model = { ...model, strikes: [...new Set([...model.strikes, tweetId])].toSorted() }
            expectEqual(await strike(killSwitch, tweetId), model.strikes, 'what a strike gives')
          } else if (kind === 'forgive') {
            model = { ...model, strikes: [] }
            await killSwitch.forgive()
          } else if (kind === 'answer-from') {
            model = { ...model, answersFrom: Math.max(model.answersFrom ?? 0, NOW + time) }
            await killSwitch.answerFrom(NOW + time)
          } else {
            const { stopped: _, ...rest } = model
            model = { ...rest, strikes: [] }
            await killSwitch.reset()
          }
          expectEqual(await stateOf(killSwitch), model, `the state after ${kind}`)
        }
      })
      const run = await fc.check(property, tries())
      expectTrue(!run.failed, `${fc.defaultReportMessage(run)}`)
    },
  },
]

/** Ahead of any clock: 2060-01-01. */
const NOW = 2_840_140_800_000

const CALLS: readonly XCall[] = ['post', 'upload', 'tweet', 'timeline', 'mentions']

const NOTHING: KillSwitchState = { waits: {}, strikes: [] }

/** Strikes are a set: the contract does not prescribe their order. */
async function stateOf(killSwitch: KillSwitch): Promise<KillSwitchState> {
  const state = await killSwitch.state()
  return { ...state, strikes: state.strikes.toSorted() }
}

const strike = async (killSwitch: KillSwitch, tweetId: string) => (await killSwitch.strike(tweetId)).toSorted()

const command = fc.record({
  kind: fc.constantFrom('trip', 'trip', 'reset', 'wait', 'wait', 'strike', 'strike', 'forgive', 'answer-from'),
  call: fc.constantFrom(...CALLS),
  time: fc.constantFrom(0, 1, 2),
  tweetId: fc.constantFrom('1', '2', '3'),
})
