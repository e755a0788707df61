import type { KillSwitch, KillSwitchState, XCall } from '@hexbird/core/adapter'
import { turns } from './turns.js'

const FIRST = 'at first posting is allowed, nothing is waited for and nothing was refused'
const SAYS_WHY = 'a tripped kill switch says why and since when, every time'
const NO_WORDS = 'a kill switch tripped without words is tripped'
const KEPT = 'the first reason is kept until the reset'
const RESET = 'after the reset posting is allowed, and the next reason is a first one'
const NOT_TRIPPED = 'resetting what is not tripped does nothing'
const RACE = 'of many that trip at once the reason and the time of one are kept'
const WAITS = 'each kind of call is waited for by itself, until the latest time that was told'
const WAIT_RACE = 'of many that wait at once the latest time stays'
const STRIKES = 'a strike gives all since the last time that X took a reply, each tweet once'
const STRIKE_RACE = 'many strikes at once are all kept, and the last of them gives all'
const MOST = 'of more than twenty strikes the first twenty are kept'
const FORGIVEN = 'that X took a reply changes nothing else, and neither does it where nothing was refused'
const RESET_KEEPS = 'the reset forgets refusals, and keeps the times that X named'
const ANSWERS = 'the time from which tweets are answered grows, never shrinks, and stays'
const ANSWERS_RACE = 'of many times from which to answer that are told at once the latest stays'
const CLAIMED = 'a store is the first bot’s that claims it, for good'
const CLAIM_RACE = 'of many that claim a store at once all are told of one'
const COPY = 'changing the state that was given changes nothing inside'
const MODEL = 'after any sequence of deeds the state is what each of them left'

export const KILL_SWITCH_FAULTS = {
  'it is tripped from the start': [FIRST, SAYS_WHY],
  'trip does nothing': [SAYS_WHY, NO_WORDS, KEPT, RACE, MODEL],
  'it is reset by being asked': [SAYS_WHY],
  'reasons are cut to plain letters': [SAYS_WHY],
  'an empty reason is no reason': [NO_WORDS],
  'trip overwrites the reason': [KEPT, MODEL],
  'trip overwrites the time': [KEPT, MODEL],
  'the earliest time wins': [KEPT],
  'reset does nothing': [RESET, MODEL],
  'a reason outlives the reset': [RESET, MODEL],
  'a reset before the first trip holds that trip off': [NOT_TRIPPED],
  'trip waits between reading and writing': [RACE],
  'one wait is for all calls': [WAITS, MODEL],
  'the last wait wins': [WAITS, WAIT_RACE, RESET_KEEPS],
  'a wait waits between reading and writing': [WAIT_RACE],
  'a wait stops posting': [WAITS, MODEL],
  'a strike gives itself alone': [STRIKES, STRIKE_RACE, MODEL],
  'a tweet strikes twice': [STRIKES, MODEL],
  'strikes go through floating point': [STRIKES],
  'a strike waits between reading and writing': [STRIKE_RACE],
  'strikes are kept without end': [MOST],
  'the last twenty strikes are kept': [MOST],
  'nothing is forgiven': [STRIKES, MOST, FORGIVEN, MODEL],
  'to forgive is to reset': [FORGIVEN, MODEL],
  'to forgive is to wait for nothing': [FORGIVEN, MODEL],
  'the reset keeps strikes': [RESET_KEEPS, MODEL],
  'the reset forgets waits': [RESET_KEEPS, CLAIMED, MODEL],
  'it answers from the start': [ANSWERS, ANSWERS_RACE, CLAIMED, MODEL],
  'the last time to answer from wins': [ANSWERS, ANSWERS_RACE, MODEL],
  'the reset forgets from when to answer': [ANSWERS, CLAIMED, MODEL],
  'to answer from waits between reading and writing': [ANSWERS_RACE],
  'the reset gives the store to nobody': [CLAIMED],
  'the last to claim has the store': [CLAIMED, CLAIM_RACE],
  'a claim gives back what it was given': [CLAIMED, CLAIM_RACE],
  'a claim waits between reading and writing': [CLAIM_RACE],
  'a claim resets the kill switch': [CLAIMED],
  'state gives out what is stopped inside': [COPY],
  'state gives out the waits inside': [COPY],
  'state gives out the strikes inside': [COPY],
  'strike gives out the strikes inside': [COPY],
} as const

export type KillSwitchFault = keyof typeof KILL_SWITCH_FAULTS

type Stopped = NonNullable<KillSwitchState['stopped']>

export function faultyKillSwitch(fault?: KillSwitchFault): KillSwitch {
  let stopped: Stopped | undefined
  let first: Stopped | undefined
  let waits: Partial<Record<XCall, number>> = {}
  let strikes: string[] = []
  let owner: string | undefined
  let answersFrom: number | undefined
  let heldOff = false
  let trips = 0
  if (fault === 'it is tripped from the start') stopped = { reason: '', since: 0 }

  function after(before: Stopped | undefined, reason: string, since: number): Stopped {
    if (fault === 'trip overwrites the reason') return { reason, since: before?.since ?? since }
    if (fault === 'trip overwrites the time') return { reason: before?.reason ?? reason, since }
    if (fault === 'the earliest time wins' && before && since < before.since) return { reason, since }
    if (fault === 'reasons are cut to plain letters') return before ?? { reason: reason.replace(/[^ -~]/g, ''), since }
    if (fault === 'a reason outlives the reset') return first ?? { reason, since }
    return before ?? { reason, since }
  }

  function struck(before: string[], tweetId: string): string[] {
    const id = fault === 'strikes go through floating point' ? `${Number(tweetId)}` : tweetId
    if (fault === 'a tweet strikes twice') return [...before, id]
    if (before.includes(id)) return before
    if (fault === 'strikes are kept without end') return [...before, id]
    if (fault === 'the last twenty strikes are kept') return [...before, id].slice(-20)
    return before.length < 20 ? [...before, id] : before
  }

  return {
    async state() {
      const now = fault === 'an empty reason is no reason' && stopped?.reason === '' ? undefined : stopped
      if (fault === 'it is reset by being asked') stopped = undefined
      return {
        ...(now && { stopped: fault === 'state gives out what is stopped inside' ? now : { ...now } }),
        waits: fault === 'state gives out the waits inside' ? waits : { ...waits },
        strikes: fault === 'state gives out the strikes inside' ? strikes : [...strikes],
        ...(answersFrom !== undefined && { answersFrom }),
      }
    },
    async trip(reason, now) {
      if (fault === 'trip does nothing') return
      const before = stopped
      if (fault === 'trip waits between reading and writing') await turns(++trips)
      if (!heldOff) stopped = after(before, reason, now)
      first ??= stopped
      heldOff = false
    },
    async wait(call, until) {
      const name = fault === 'one wait is for all calls' ? 'post' : call
      const before = waits[name] ?? until
      if (fault === 'a wait waits between reading and writing') await Promise.resolve()
      waits = { ...waits, [name]: fault === 'the last wait wins' ? until : Math.max(before, until) }
      if (fault === 'a wait stops posting') stopped ??= { reason: 'wait', since: until }
    },
    async strike(tweetId) {
      const before = strikes
      if (fault === 'a strike waits between reading and writing') await Promise.resolve()
      strikes = struck(before, tweetId)
      if (fault === 'a strike gives itself alone') return [tweetId]
      return fault === 'strike gives out the strikes inside' ? strikes : [...strikes]
    },
    async forgive() {
      if (fault === 'nothing is forgiven') return
      strikes = []
      if (fault === 'to forgive is to reset') stopped = undefined
      if (fault === 'to forgive is to wait for nothing') waits = {}
    },
    async answerFrom(time) {
      if (fault === 'it answers from the start') return
      const before = answersFrom ?? time
      if (fault === 'to answer from waits between reading and writing') await Promise.resolve()
      answersFrom = fault === 'the last time to answer from wins' ? time : Math.max(before, time)
    },
    async reset() {
      if (fault === 'reset does nothing') return
      if (fault === 'a reset before the first trip holds that trip off' && stopped === undefined) heldOff = true
      stopped = undefined
      if (fault !== 'the reset keeps strikes') strikes = []
      if (fault === 'the reset forgets waits') waits = {}
      if (fault === 'the reset forgets from when to answer') answersFrom = undefined
      if (fault === 'the reset gives the store to nobody') owner = undefined
    },
    async claimStore(botId) {
      const before = owner
      if (fault === 'a claim waits between reading and writing') await Promise.resolve()
      if (fault === 'a claim resets the kill switch') waits = {}
      owner = fault === 'the last to claim has the store' ? botId : (before ?? botId)
      return fault === 'a claim gives back what it was given' ? botId : owner
    },
  }
}
