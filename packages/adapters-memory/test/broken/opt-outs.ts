import type { OptOuts } from '@hexbird/core'
import { turns } from './turns.js'

const UNKNOWN = 'whoever never opted out is not there'
const HOLDS = 'an opt-out holds from the moment that add returns, and stays'
const DIGITS = 'ids that differ in the last digit only are different people'
const TWICE = 'opting out twice is opting out once'
const REMOVED = 'who is removed may be answered again, and nobody else'
const NOT_THERE = 'removing somebody who is not there does nothing'
const LATER = 'of two wishes of one person the later counts, in whichever order they come'
const ALL_KEPT = 'many who opt out at once are all kept'
const ALL_REMOVED = 'once all are removed nobody has opted out, and anybody can again'
const MODEL = 'any sequence of adds and removals does what one set of people does'

export const OPT_OUTS_FAULTS = {
  'whoever has a part of the id has opted out': [UNKNOWN],
  'an add holds a moment later': [HOLDS, MODEL],
  'an opt-out is forgotten once it was asked for': [HOLDS],
  'an opt-out is forgotten after a year': [HOLDS],
  'the last to opt out alone is kept': [HOLDS, ALL_KEPT],
  'ids go through floating point': [DIGITS, MODEL],
  'adds are counted': [TWICE],
  'the last wish to come counts': [LATER],
  'who wants answers again can never opt out': [REMOVED, LATER],
  'of two wishes at one time the one to be answered counts': [LATER],
  'remove does nothing': [TWICE, REMOVED, LATER, MODEL],
  'remove empties the store': [REMOVED, NOT_THERE],
  'remove turns round what is there': [NOT_THERE],
  'add waits between reading and writing the whole set': [ALL_KEPT],
  'removing all does nothing': [ALL_REMOVED, MODEL],
  'removing all removes a hundred': [ALL_REMOVED],
  'removing all closes the store': [ALL_REMOVED, MODEL],
} as const

export type OptOutsFault = keyof typeof OPT_OUTS_FAULTS

export function faultyOptOuts(fault?: OptOutsFault): OptOuts {
  let people: readonly string[] = []
  const nameOf = (userId: string) => (fault === 'ids go through floating point' ? `${Number(userId)}` : userId)
  const without = (name: string) => people.filter((other) => other !== name)
  const wishes = new Map<string, number>()
  let start: number | undefined
  let closed = false

  /** Whether the opposite wish, under that name, is a later one. */
  function isOld(opposite: string, at: number, orAsOld: boolean) {
    if (fault === 'the last wish to come counts') return false
    const other = wishes.get(opposite) ?? -1
    if (fault === 'who wants answers again can never opt out' && opposite.startsWith('back')) return other >= 0
    return other > at || (orAsOld && other === at)
  }

  function noteWish(wish: string, at: number) {
    wishes.set(wish, Math.max(at, wishes.get(wish) ?? at))
  }

  return {
    async has(userId) {
      const name = nameOf(userId)
      if (fault === 'whoever has a part of the id has opted out') return people.some((other) => other.includes(name))
      const there = people.includes(name)
      if (fault === 'an opt-out is forgotten once it was asked for') people = without(name)
      return there
    },
    async add(userId, now) {
      if (closed) return
      const name = nameOf(userId)
      if (isOld(`back ${name}`, now, fault === 'of two wishes at one time the one to be answered counts')) return
      noteWish(`out ${name}`, now)
      const added = fault === 'adds are counted' ? [...people, name] : [...without(name), name]
      if (fault === 'an add holds a moment later') {
        void turns(10).then(() => {
          people = added
        })
        return
      }
      if (fault === 'add waits between reading and writing the whole set') await Promise.resolve()
      start ??= now
      const late = now - start >= 365 * 86_400_000
      if (fault === 'an opt-out is forgotten after a year' && late) people = [name]
      else if (fault === 'the last to opt out alone is kept') people = [name]
      else people = added
    },
    async remove(userId, at) {
      const name = nameOf(userId)
      noteWish(`back ${name}`, at)
      if (isOld(`out ${name}`, at, fault !== 'of two wishes at one time the one to be answered counts')) return
      if (fault === 'remove does nothing') return
      if (fault === 'remove empties the store') people = []
      else if (fault === 'remove turns round what is there' && !people.includes(name)) people = [...people, name]
      else if (fault === 'adds are counted')
        people = people.toSpliced(people.indexOf(name), people.includes(name) ? 1 : 0)
      else people = without(name)
    },
    async removeAll() {
      wishes.clear()
      if (fault === 'removing all does nothing') return
      people = fault === 'removing all removes a hundred' ? people.slice(100) : []
      closed = fault === 'removing all closes the store'
    },
  }
}
