import { animalRules, composeReply, type Label, weightedLength } from '@hexbird/core'
import twitterText from 'twitter-text'
import { ratioOfWork } from '../loops.js'
import type { Bench, Row } from '../row.js'

const SETS = 1000
const LEAST_TIMES_FASTER = 10

/** Names from Rekognition. The last few could come from another labeler. */
const NAMES = [
  ...['Animal', 'Bird', 'Dog', 'Canine', 'Golden Retriever', 'Cat', 'Kitten', 'Mammal', 'Pet', 'Wildlife', 'Beak'],
  ...[
    'Plant',
    'Tree',
    'Flower',
    'Potted Plant',
    'Grass',
    'Nature',
    'Outdoors',
    'Water',
    'Sea',
    'Beach',
    'Sky',
    'Cloud',
  ],
  ...['Person', 'Human', 'Face', 'Clothing', 'T-Shirt', 'Hat', 'Sunglasses', 'Car', 'Bicycle', 'Building', 'City'],
  ...['Food', 'Pizza', 'Ice Cream', 'Coffee Cup', 'Chair', 'Living Room', 'Computer Keyboard', 'Adult', 'Art'],
  ...['Käfer', 'Crème brûlée', '犬', 'とり', 'Собака', '🐦', '👩‍🌾 Farm', 'node.js', '#1 Dad', 'St. Bernard'],
]

const nobody = { author: { id: '42' }, options: {} }

/** Compares composing a reply with X's own library counting the same text. */
export async function composer({ rounds }: Bench): Promise<readonly Row[]> {
  const sets = labelSets()
  const asked = sets.map((_, index) => ({
    author: { id: '42', username: `person${index}` },
    options: { variant: index % 4 },
  }))
  const compose = (photos: readonly (readonly Label[])[], index: number) => {
    const { author, options } = asked[index] ?? nobody
    return composeReply(animalRules, author, photos, options)
  }
  const texts = sets.map((photos, index) => compose(photos, index).text)
  for (const text of texts) {
    const length = twitterText.parseTweet(text).weightedLength
    if (weightedLength(text) !== length || length > 280) throw new Error(`The lengths differ: ${text}`)
  }
  const ours = () => sets.map(compose)
  const peer = () => texts.map((text) => twitterText.parseTweet(text))
  return [
    {
      row: `${SETS} replies composed (how many times as fast)`,
      against: "twitter-text's parseTweet on the same texts",
      ...(await ratioOfWork(peer, ours, rounds)),
      limit: LEAST_TIMES_FASTER,
      better: 'higher',
    },
  ]
}

/** One to four photos with up to five labels each, the same every time. */
function labelSets(): readonly (readonly (readonly Label[])[])[] {
  const below = numbers()
  const label = (): Label => {
    const name = NAMES[below(NAMES.length)] ?? ''
    return { name, confidence: 85 + below(15), parents: below(3) === 0 ? ['Animal'] : ['Nature', 'Outdoors'] }
  }
  const photo = () => Array.from({ length: below(animalRules.maxLabels + 1) }, label)
  return Array.from({ length: SETS }, () => Array.from({ length: 1 + below(4) }, photo))
}

/** Integers below a bound, by a linear congruence (Numerical Recipes). */
function numbers(): (bound: number) => number {
  let state = 1
  return (bound) => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0
    return Math.floor((state / 2 ** 32) * bound)
  }
}
