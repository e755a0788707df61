import type { OptOuts } from '@hexbird/core/adapter'
import { turns } from './turns.js'

const UNKNOWN = 'whoever never opted out is not there'
const HOLDS = 'an opt-out holds from the moment that add returns, and stays'
const DIGITS = 'ids that differ in the last digit only are different people'
const TWICE = 'opting out twice is opting out once'
const REMOVED = 'who is removed may be answered again, and nobody else'
const NOT_THERE = 'removing somebody who is not there does nothing'
const ALL_KEPT = 'many who opt out at once are all kept'
const ALL_REMOVED = 'once all are removed nobody has opted out, and anybody can again'
const OLDER_ADD = 'an older wish not to be answered that comes later changes nothing'
const OLDER_REMOVE = 'an older wish to be answered that comes later changes nothing'
const TIE = 'of two wishes at one time the one not to be answered counts, in whichever order they come'
const WISH_RACE = 'of many wishes of one person at once the latest counts'
const MODEL = 'after any sequence of wishes the latest of each person counts'

export const OPT_OUTS_FAULTS = {
  'whoever has a part of the id has opted out': [UNKNOWN],
  'an add holds a moment later': [HOLDS, MODEL],
  'an opt-out is forgotten once it was asked for': [HOLDS],
  'an opt-out is forgotten after a year': [HOLDS],
  'the last to opt out alone is kept': [HOLDS, ALL_KEPT],
  'ids go through floating point': [DIGITS, MODEL],
  'adds are counted': [TWICE],
  'remove does nothing': [TWICE, REMOVED, MODEL],
  'remove empties the store': [REMOVED, NOT_THERE],
  'remove turns round what is there': [NOT_THERE],
  'add waits between reading and writing the whole set': [ALL_KEPT],
  'the last wish to come counts': [OLDER_ADD, OLDER_REMOVE, WISH_RACE, MODEL],
  'removing somebody leaves no trace': [OLDER_ADD, MODEL],
  'removing somebody unknown leaves no trace': [OLDER_ADD],
  'the first time of an opt-out is kept': [OLDER_REMOVE],
  'of a tie the first to come counts': [TIE],
  'of a tie the wish to be answered counts': [TIE],
  'a wish waits between reading and writing': [WISH_RACE],
  'removing all does nothing': [ALL_REMOVED, MODEL],
  'removing all removes a hundred': [ALL_REMOVED],
  'removing all remembers the times': [ALL_REMOVED],
  'removing all closes the store': [ALL_REMOVED, MODEL],
} as const

export type OptOutsFault = keyof typeof OPT_OUTS_FAULTS

export function faultyOptOuts(fault?: OptOutsFault): OptOuts {
  let people: readonly string[] = []
  /** When each person made the wish that counts. */
  let times = new Map<string, number>()
  let start: number | undefined
  let closed = false

  const nameOf = (userId: string) => (fault === 'ids go through floating point' ? `${Number(userId)}` : userId)
  const without = (name: string) => people.filter((other) => other !== name)

  function isLatest(kind: 'add' | 'remove', known: number | undefined, at: number): boolean {
    if (known === undefined || fault === 'the last wish to come counts') return true
    if (fault === 'of a tie the first to come counts') return at > known
    if (fault === 'of a tie the wish to be answered counts') return kind === 'add' ? at > known : at >= known
    return kind === 'add' ? at >= known : at > known
  }

  return {
    async has(userId) {
      const name = nameOf(userId)
      if (fault === 'whoever has a part of the id has opted out') return people.some((other) => other.includes(name))
      const there = people.includes(name)
      if (fault === 'an opt-out is forgotten once it was asked for') people = without(name)
      return there
    },
    async add(userId, at) {
      if (closed) return
      const name = nameOf(userId)
      const known = times.get(name)
      if (fault === 'a wish waits between reading and writing') await Promise.resolve()
      if (!isLatest('add', known, at)) return
      times.set(name, fault === 'the first time of an opt-out is kept' && people.includes(name) ? (known ?? at) : at)
      const added = fault === 'adds are counted' ? [...people, name] : [...without(name), name]
      if (fault === 'an add holds a moment later') {
        void turns(10).then(() => {
          people = added
        })
        return
      }
      if (fault === 'add waits between reading and writing the whole set') await Promise.resolve()
      start ??= at
      const late = at - start >= 365 * 86_400_000
      if (fault === 'an opt-out is forgotten after a year' && late) people = [name]
      else if (fault === 'the last to opt out alone is kept') people = [name]
      else people = added
    },
    async remove(userId, at) {
      const name = nameOf(userId)
      const known = times.get(name)
      if (fault === 'remove does nothing') return
      if (fault === 'a wish waits between reading and writing') await Promise.resolve()
      if (!isLatest('remove', known, at)) return
      if (fault === 'removing somebody leaves no trace') times.delete(name)
      else if (fault !== 'removing somebody unknown leaves no trace' || people.includes(name)) times.set(name, at)
      if (fault === 'remove empties the store') people = []
      else if (fault === 'remove turns round what is there' && !people.includes(name)) people = [...people, name]
      else if (fault === 'adds are counted')
        people = people.toSpliced(people.indexOf(name), people.includes(name) ? 1 : 0)
      else people = without(name)
    },
    async removeAll() {
      if (fault === 'removing all does nothing') return
      people = fault === 'removing all removes a hundred' ? people.slice(100) : []
      if (fault !== 'removing all remembers the times') times = new Map()
      closed = fault === 'removing all closes the store'
    },
  }
}
