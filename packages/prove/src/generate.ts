import type { Definition } from '@hexbird/core'
import type { Conditions, Move, PhotoName, ShownPhoto, Story, XAnswer } from './conversation.js'
import { SAMPLES } from './harness/local-stage.js'
import { integer, pick, type Random } from './harness/random.js'
import { INSTRUCTIONS, NAMES, SCRIPTS } from './hostile.js'

/** A conversation and how X is meanwhile. */
export interface Scene {
  readonly conditions: Conditions
  readonly moves: readonly Move[]
  /** It takes long: it has its turn only once in so many rounds. */
  readonly sparing?: number
}

/** What a bot listens to. */
interface Vocabulary {
  readonly asks: readonly string[]
  readonly looksAtPhotos: boolean
  readonly repliesPerConversation: number
}

const ALONE: Conditions = { dialects: 'x-activity', takesSameWords: true }
const OLDER: Conditions = { dialects: 'account-activity', takesSameWords: true }
const BOTH: Conditions = { dialects: 'both', takesSameWords: true }
/** X's own rule against the same words stands guard too. */
const STRICT: Conditions = { dialects: 'x-activity' }

const DOG: readonly ShownPhoto[] = [{ shows: 'dog' }]
const BIRD: readonly ShownPhoto[] = [{ shows: 'bird' }]
const HOUR = 3600

/** At most so many commands have scenes of their own. */
const MOST_ASKS = 6

export function vocabularyOf(
  { steps }: Pick<Definition, 'steps'>,
  { repliesPerConversation }: { readonly repliesPerConversation: number },
): Vocabulary {
  const commands = steps.flatMap((step) => (step.kind === 'command' ? [`@bot ${step.name}`] : []))
  const others = steps.some(({ kind }) => kind !== 'command') || commands.length === 0 ? ['@bot hello there'] : []
  const looksAtPhotos = steps.some((step) => (step.kind === 'on' && step.filter === 'tweet:photo') || step.run.labels)
  return { asks: [...new Set([...commands, ...others])], looksAtPhotos, repliesPerConversation }
}

/** The author's conversations, and those that every bot has to get through. */
export function scenesOf(vocabulary: Vocabulary, stories: readonly Story[]): readonly Scene[] {
  const { asks, looksAtPhotos, repliesPerConversation } = vocabulary
  // What comes last is for the handlers that look at photos, if any does.
  const ask = (looksAtPhotos ? asks.at(-1) : asks[0]) ?? '@bot hello there'
  const other = asks.find((one) => one !== ask) ?? ask
  const photos = looksAtPhotos ? { photos: DOG } : {}
  const a = tweet('a', 'ann', ask, photos)
  const scene = (conditions: Conditions, moves: readonly Move[], sparing?: number): Scene => ({
    conditions,
    moves,
    ...(sparing !== undefined && { sparing }),
  })
  const answered = (with_: XAnswer, to: 'post' | 'look-up' | 'upload' = 'post', times = 1): Move => {
    return { do: 'x-answers', to, with: with_, times }
  }
  const wait = (seconds: number): Move => ({ do: 'wait', seconds })
  const crowd = (count: number, from = 0): Move[] =>
    Array.from({ length: count }, (_, nth) =>
      tweet(`c${nth + from}`, `p${nth + from}`, asks[nth % asks.length] ?? ask, photos),
    )
  const lose: Move = { do: 'lose-delivery', times: 1 }

  return [
    ...stories.flatMap(({ moves }) => [scene(ALONE, moves), scene(STRICT, moves)]),
    ...asks.slice(0, MOST_ASKS).map((text) => scene(ALONE, [tweet('a', 'ann', text)])),
    ...(looksAtPhotos
      ? [
          scene(ALONE, [a]),
          scene(ALONE, [tweet('a', 'ann', ask, { photos: SAMPLES.map((shows) => ({ shows })) })], 2),
          scene({ ...ALONE, hostilePhotos: true }, [a]),
          scene(ALONE, [tweet('a', 'ann', 'Look!', { photos: DOG }), tweet('b', 'bob', ask, { to: 'a' })]),
          scene(ALONE, [a, edit('a', ask, BIRD)]),
          scene(ALONE, [answered('rate-limit-without-time'), a, wait(60), edit('a', ask, BIRD)]),
          ...INSTRUCTIONS.slice(0, 3).map((alt) =>
            scene(ALONE, [tweet('a', 'ann', ask, { photos: [{ shows: 'nothing', alt }] })], 2),
          ),
        ]
      : []),
    scene(ALONE, [tweet('a', 'ann', 'What a day.'), tweet('b', 'bob', ask, { to: 'a' })]),
    scene(OLDER, [a]),
    scene(BOTH, [a, again('a')]),
    scene({ ...BOTH, anyOrder: true }, [a, again('a')]),
    scene(ALONE, [a, wait(60), again('a')]),
    scene(ALONE, [a, edit('a', `${ask} please`)]),
    scene(BOTH, [a, wait(30), edit('a', `${ask} please`)]),
    scene(ALONE, [lose, a]),
    scene(ALONE, [{ do: 'lose-delivery', times: 2, listsLate: true }, a, tweet('b', 'bob', ask), wait(HOUR)]),
    scene(STRICT, [a, wait(60), tweet('b', 'ann', ask, photos)]),
    scene(STRICT, [tweet('a', 'ann', other), wait(60), tweet('b', 'bob', other)]),
    scene({ ...STRICT, listsLate: true }, [a]),
    scene(ALONE, [a, wait(60), { do: 'delete', tweet: 'a' }, again('a')]),
    scene(ALONE, [a, { do: 'delete', tweet: 'a' }]),
    scene(ALONE, [a, { do: 'block', as: 'ann' }]),
    scene(ALONE, [a, wait(60), { do: 'block', as: 'ann' }, tweet('b', 'ann', ask)]),
    scene(ALONE, [tweet('a', 'ann', '@bot stop'), tweet('b', 'ann', ask, photos)]),
    // What names the bot only because X put the name in front of a reply.
    scene(BOTH, [a, wait(60), tweet('b', 'ann', 'thanks', { to: 'bot' }), tweet('c', 'bob', 'me too', { to: 'a' })]),
    scene(BOTH, [tweet('a', 'ann', 'What a day.'), tweet('b', 'bob', ask, { quotes: 'a' })]),
    scene(ALONE, [a, wait(60), tweet('b', 'bob', 'See this', { quotes: 'bot' })]),
    ...(['rate-limit', 'rate-limit-without-time', 'unavailable', 'forbidden', 'cut-after'] as const).map((with_) =>
      scene(ALONE, [answered(with_), a]),
    ),
    ...(['rate-limit', 'unavailable', 'cut-after'] as const).flatMap((with_) => [
      scene(ALONE, [answered(with_, 'look-up'), a], 2),
      scene(ALONE, [answered(with_, 'upload'), a], 2),
    ]),
    scene(ALONE, [answered('rate-limit', 'post', 2), ...crowd(3)], 2),
    scene(ALONE, [answered('rate-limit'), tweet('a', 'ann', ask, photos), wait(60), ...crowd(5)], 4),
    scene(ALONE, [answered('unavailable', 'post', 5), ...crowd(5)], 4),
    scene(ALONE, [answered('locked'), a, wait(HOUR / 2), ...crowd(3), wait(HOUR / 2)], 4),
    scene(ALONE, [answered('no-credits'), a, wait((HOUR * 2) / 3), { do: 'x-recovers' }], 4),
    scene(
      ALONE,
      [
        answered('forbidden', 'post', 1_000_000),
        ...crowd(10),
        wait(HOUR / 2),
        ...crowd(10, 10),
        wait(HOUR / 2),
        { do: 'x-recovers' },
      ],
      20,
    ),
    scene(
      { ...ALONE, diesAgainAndAgain: true },
      [
        tweet('a', 'ann', ask, photos),
        wait(6 * HOUR),
        tweet('b', 'ann', ask, photos),
        ...['c', 'd', 'e', 'f', 'g'].map((id) => tweet(id, 'ann', ask, photos)),
      ],
      8,
    ),
    ...(['x-activity', 'account-activity', 'both'] as const).map((dialects) =>
      scene(
        { dialects, takesSameWords: true },
        [
          tweet('a', 'otherbot', ask, photos),
          { do: 'answer-back', as: 'otherbot', to: 'a', text: ask, times: repliesPerConversation + 4 },
        ],
        20,
      ),
    ),
    scene(ALONE, [{ do: 'flood', as: 'mallory', text: ask, times: 40 }, tweet('a', 'ann', ask, photos)], 20),
    scene(
      ALONE,
      [
        { do: 'lose-delivery', times: 60 },
        { do: 'flood', as: 'mallory', text: ask, times: 60 },
        wait(HOUR),
        tweet('a', 'ann', ask),
      ],
      20,
    ),
    scene(ALONE, [tweet('a', 'ann', ask, { padding: 8_000 }), tweet('b', 'bob', ask)], 20),
    scene(ALONE, [a, wait(31 * 24 * HOUR), tweet('b', 'bob', ask), wait(60), again('a')], 4),
    ...asks
      .slice(0, MOST_ASKS)
      .flatMap((text) =>
        [...INSTRUCTIONS, ...SCRIPTS].map((words) => scene(ALONE, [tweet('a', 'eve', `${text} ${words}`)], 10)),
      ),
    ...[...INSTRUCTIONS, ...SCRIPTS].map((words) => scene(ALONE, [tweet('a', 'eve', `@bot ${words}`)], 10)),
    ...NAMES.map((name) => scene(ALONE, [tweet('a', 'eve', ask, { ...photos, name })], 10)),
  ]
}

/** A conversation of a few moves by a few people. */
export function drawScene({ asks, looksAtPhotos }: Vocabulary, random: Random): Scene {
  const chance = (of: number) => random() < of
  const moves: Move[] = []
  const ids: string[] = []
  const count = 1 + integer(random, 5)
  for (let nth = 0; nth < count; nth++) {
    const known = ids.length > 0 ? pick(random, ids) : undefined
    const kind = known === undefined ? 0 : integer(random, 12)
    if (kind <= 4 || known === undefined) {
      const id = `t${nth}`
      const as = pick(random, ['ann', 'bob', 'eve'])
      const words = chance(0.3) ? ` ${pick(random, chance(0.5) ? INSTRUCTIONS : SCRIPTS)}` : ''
      const photos = looksAtPhotos && chance(0.6) ? { photos: drawPhotos(random) } : {}
      const to = known !== undefined && chance(0.3) ? { to: chance(0.5) ? 'bot' : known } : {}
      const quotes = known !== undefined && !('to' in to) && chance(0.1) ? { quotes: 'bot' } : {}
      const name = chance(0.1) ? { name: pick(random, NAMES) } : {}
      const text = `${chance(0.1) ? 'no name: ' : ''}${pick(random, asks)}${words}`
      moves.push(tweet(id, as, chance(0.05) ? '@bot stop' : text, { ...photos, ...to, ...quotes, ...name }))
      ids.push(id)
    } else if (kind === 5) moves.push(edit(known, `${pick(random, asks)} edited`))
    else if (kind === 6) moves.push(again(known))
    else if (kind === 7) moves.push({ do: 'wait', seconds: 1 + integer(random, 600) })
    else if (kind === 8) moves.push({ do: 'delete', tweet: known })
    else if (kind === 9) moves.push({ do: 'lose-delivery', times: 1 })
    else if (kind === 10) moves.push({ do: 'x-answers', to: 'post', with: pick(random, ANSWERS), times: 1 })
    else moves.push({ do: 'block', as: pick(random, ['ann', 'bob', 'eve']) })
  }
  const dialects = pick(random, ['x-activity', 'x-activity', 'account-activity', 'both'] as const)
  const takesSameWords = chance(0.5)
  const conditions: Conditions = {
    dialects,
    ...(takesSameWords ? { takesSameWords } : chance(0.3) ? { listsLate: true } : {}),
    ...(chance(0.3) && { anyOrder: true }),
    ...(looksAtPhotos && chance(0.2) && { hostilePhotos: true }),
  }
  return { conditions, moves }
}

const ANSWERS: readonly XAnswer[] = ['rate-limit', 'rate-limit-without-time', 'unavailable', 'forbidden', 'cut-after']

function drawPhotos(random: Random): readonly ShownPhoto[] {
  const shown: PhotoName[] = Array.from({ length: 1 + integer(random, 2) }, () => pick(random, SAMPLES))
  return shown.map((shows) => ({ shows, ...(random() < 0.3 && { alt: pick(random, INSTRUCTIONS) }) }))
}

type Tweeted = Extract<Move, { do: 'tweet' }>

const tweet = (id: string, as: string, text: string, more: Partial<Tweeted> = {}): Tweeted => ({
  do: 'tweet',
  id,
  as,
  text,
  ...more,
})

const edit = (of: string, text: string, photos?: readonly ShownPhoto[]): Move => ({
  do: 'edit',
  tweet: of,
  text,
  ...(photos && { photos }),
})

const again = (of: string): Move => ({ do: 'deliver-again', tweet: of })
