import type { Conditions, Move } from './conversation.js'
import type { Replay } from './verdict.js'

/**
 * The smallest replay that still fails: the conversation is made shorter first, then the faults fewer, then X simpler and the
 * moves plainer, until nothing more can be left out or `most` were tried. Always the same for the same replay.
 */
export async function shrink(
  replay: Replay,
  fails: (candidate: Replay) => Promise<boolean>,
  most: number,
): Promise<Replay> {
  let smallest = replay
  let tried = 0
  for (;;) {
    const smaller = await firstThatFails(smallest)
    if (!smaller) return smallest
    smallest = smaller
  }

  async function firstThatFails(of: Replay): Promise<Replay | undefined> {
    for (const candidate of smallerThan(of)) {
      if (tried >= most) return undefined
      tried += 1
      if (await fails(candidate)) return candidate
    }
    return undefined
  }
}

function* smallerThan(replay: Replay): Generator<Replay> {
  const { conversation, faults, conditions } = replay
  for (const moves of withoutParts(conversation)) if (moves.length > 0) yield { ...replay, conversation: moves }
  for (const fewer of withoutParts(faults)) yield { ...replay, faults: fewer }
  for (const simpler of simplerConditions(conditions)) yield { ...replay, conditions: simpler }
  for (const [nth, move] of conversation.entries()) {
    for (const plainer of plainerMoves(move)) {
      yield { ...replay, conversation: conversation.with(nth, plainer) }
    }
  }
}

/** All without a half of it, a quarter, and so on down to each single one. */
function* withoutParts<Item>(items: readonly Item[]): Generator<readonly Item[]> {
  for (let size = items.length; size >= 1; size = Math.floor(size / 2)) {
    for (let from = 0; from < items.length; from += size) {
      yield [...items.slice(0, from), ...items.slice(from + size)]
    }
  }
}

function* simplerConditions(conditions: Conditions): Generator<Conditions> {
  const { dialects, ...flags } = conditions
  for (const name of Object.keys(flags) as (keyof typeof flags)[]) {
    const { [name]: _, ...others } = flags
    yield { dialects, ...others }
  }
  if (dialects === 'both') yield { ...conditions, dialects: 'account-activity' }
  if (dialects !== 'x-activity') yield { ...conditions, dialects: 'x-activity' }
}

function* plainerMoves(move: Move): Generator<Move> {
  if (move.do === 'tweet') {
    const { photos, name, padding, to, quotes, ...plain } = move
    for (const part of ['photos', 'name', 'padding', 'to', 'quotes'] as const) {
      const { [part]: left, ...others } = move
      if (left !== undefined) yield others
    }
    if (photos && photos.length > 1) yield { ...move, photos: photos.slice(0, 1) }
    if (photos?.some(({ alt }) => alt !== undefined)) yield { ...move, photos: photos.map(({ shows }) => ({ shows })) }
    for (const text of shorterTexts(plain.text)) yield { ...move, text }
  }
  if ('times' in move && move.times > 1) {
    yield { ...move, times: 1 }
    yield { ...move, times: Math.floor(move.times / 2) }
    yield { ...move, times: move.times - 1 }
  }
  if (move.do === 'wait' && move.seconds > 60) yield { ...move, seconds: 60 }
}

function* shorterTexts(text: string): Generator<string> {
  const words = text.split(' ')
  if (words.length > 2) yield words.slice(0, 2).join(' ')
  for (const shorter of withoutParts(words)) {
    if (shorter.length > 0 && shorter.length < words.length) yield shorter.join(' ')
  }
}
