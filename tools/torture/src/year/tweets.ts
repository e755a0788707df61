import { integer, pick, type Random } from '@hexbird/prove/harness'
import type { World } from './world.js'

const MINUTE = 60_000
const HOUR = 60 * MINUTE

interface TweetsOptions {
  /** When the UTC day begins. */
  readonly begin: number
  readonly random: Random
  readonly world: World
  readonly plan: (at: number, run: () => unknown) => void
}

const SAMPLES = ['dog', 'bird', 'plant', 'nothing'] as const
const PEOPLE = 1000

/** Plans what people tweet on a day: about twenty, and a flood now and then. */
export function tweetsOf({ begin, random, world, plan }: TweetsOptions): { readonly flood: boolean } {
  const some = () => begin + integer(random, 23 * HOUR + 55 * MINUTE)
  const count = 14 + integer(random, 13)
  for (let nth = 0; nth < count; nth++) one(some(), `p${integer(random, PEOPLE)}`)
  const flood = integer(random, 25) === 0
  if (flood) {
    const isOne = integer(random, 2) === 0
    const at = begin + integer(random, 20) * HOUR
    for (let nth = 0; nth < 60; nth++) one(at + nth * MINUTE, isOne ? 'loud' : `p${nth}`)
  }
  return { flood }

  function one(at: number, as: string): void {
    const kind = integer(random, 1000) / 10
    const photos = [pick(random, SAMPLES)]
    const ask = { as, text: '@hexbird what is this?', photos, asks: true }
    if (kind < 30) plan(at, () => world.tweet({ ...ask, text: '@hexbird hello', photos: [] }))
    else if (kind < 70) plan(at, () => world.tweet(ask))
    else if (kind < 78) plan(at, () => world.tweet({ ...ask, photos: SAMPLES.slice(0, 2 + integer(random, 3)) }))
    else if (kind < 86) {
      const after = at + MINUTE * (1 + integer(random, 4))
      plan(at, async () => {
        const inReplyTo = await world.tweet({ ...ask, as: `q${integer(random, PEOPLE)}`, text: 'look', asks: false })
        plan(after, () => world.tweet({ ...ask, photos: [], inReplyTo }))
      })
    } else if (kind < 92) {
      const after = at + MINUTE * (1 + integer(random, 30))
      plan(at, async () => {
        const edits = await world.tweet(ask)
        plan(after, () => world.tweet({ ...ask, text: '@hexbird what is that?', edits, photos: [] }))
      })
    } else if (kind < 99.8) {
      const after = at + MINUTE * (1 + integer(random, 11))
      plan(at, async () => {
        const id = await world.tweet({ ...ask, late: true })
        plan(after, () => world.list(id))
      })
    } else plan(at, () => world.tweet({ ...ask, text: '@hexbird stop', photos: [] }))
  }
}
