import { LocalXError } from '../util/errors.js'
import { given } from '../util/given.js'

/** What X does now and then, and bots get wrong. Counts go down as they are used up. */
export type Switches = {
  /** Each event is delivered twice, the second time right after the first. */
  readonly duplicate: boolean
  /** Every two deliveries change places. One that is alone for a second goes as it is. */
  readonly reorder: boolean
  /** So many milliseconds each delivery is late. */
  readonly delayMs: number
  /** So many deliveries, from the next one on, never arrive. */
  readonly drop: number
  /**
   * A delivery that was not answered 2xx is tried again after each of these milliseconds. Empty, which is the default,
   * means never: since May 2026 X's pages name no retries. `FORMER_RETRIES` is what they named before.
   */
  readonly retryAfterMs: readonly number[]
  /** So many milliseconds each answer of the API is late. */
  readonly slowApiMs: number
  /** So many calls of the API, from the next one on, are answered 503 and have no effect. */
  readonly failApi: number
  /** So many of the bot's tweets, from the next one on, are accepted, but the connection is cut before the answer. */
  readonly cutAfterPost: number
  /** In so many events of the activity stream, from the next one on, the line is cut: inside a character of several bytes, if there is one. */
  readonly cutStream: number
  /** In place of so many events of the activity stream, from the next one on, X says that it disconnects, and does. */
  readonly disconnectStream: number
  /** The connections of the activity stream stay open, and nothing comes any more: no event, no keep-alive. */
  readonly streamSilent: boolean
  /** The activity stream's headers come along with its first byte, as was reported of X in September 2026. */
  readonly lateStreamHeaders: boolean
  /**
   * Fields and expansions that X does not know are passed over in silence, and the rest is answered and charged for, as
   * clients report it of X. Else X answers 400, as its description says.
   */
  readonly dropUnknownFields: boolean
  /** X knows its newer words alone: `post.fields`, `referenced_posts`, and not `tweet.fields`, `referenced_tweets`. */
  readonly postWordsOnly: boolean
  /** The bot may say the same words twice within a day, which X refuses as a rule, and at times lets through. */
  readonly takesSameWords: boolean
  /** Photos that are uploaded from now on keep what is embedded in them: keywords, positions. X removes all of it. */
  readonly keepMetadata: boolean
}

/** The waits of the older Account Activity pages: after 3, 27 and 242 seconds. */
export const FORMER_RETRIES: readonly number[] = [3_000, 27_000, 242_000]

const DEFAULTS: Switches = {
  duplicate: false,
  reorder: false,
  delayMs: 0,
  drop: 0,
  retryAfterMs: [],
  slowApiMs: 0,
  failApi: 0,
  cutAfterPost: 0,
  cutStream: 0,
  disconnectStream: 0,
  streamSilent: false,
  lateStreamHeaders: false,
  dropUnknownFields: false,
  postWordsOnly: false,
  takesSameWords: false,
  keepMetadata: false,
}

type Count = 'drop' | 'failApi' | 'cutAfterPost' | 'cutStream' | 'disconnectStream'

export type SwitchBoard = {
  readonly all: () => Switches
  /** Takes what is given and leaves the rest. @throws LocalXError `BAD_SWITCH` for a name or a value that there is not */
  readonly set: (some: Partial<Switches>) => Switches
  /** Uses up one of a count; false if there is none left. */
  readonly use: (count: Count) => boolean
}

export function createSwitches(keepMetadata: boolean, changed: (switches: Switches) => void): SwitchBoard {
  let switches = { ...DEFAULTS, keepMetadata }

  function set(wanted: Partial<Switches>): Switches {
    const some = given(wanted)
    for (const [name, value] of Object.entries(some)) check(name, value)
    switches = { ...switches, ...some }
    changed(switches)
    return switches
  }

  function use(count: Count): boolean {
    if (switches[count] === 0) return false
    set({ [count]: switches[count] - 1 })
    return true
  }

  return { all: () => switches, set, use }
}

/** Longer than any test or any patience: a number typed wrong should not stop the local X for good. */
const MOST = 24 * 60 * 60 * 1000

function check(name: string, value: unknown): void {
  if (!Object.hasOwn(DEFAULTS, name)) {
    const names = Object.keys(DEFAULTS).join(', ')
    throw new LocalXError('BAD_SWITCH', `There is no switch "${name}". There are ${names}.`)
  }
  const isNumber = (one: unknown) => Number.isInteger(one) && Number(one) >= 0 && Number(one) <= MOST
  const [right, wanted] =
    name === 'retryAfterMs'
      ? [
          Array.isArray(value) && value.length <= 10 && value.every(isNumber),
          `a list of at most ten whole numbers from 0 to ${MOST}`,
        ]
      : typeof DEFAULTS[name as keyof Switches] === 'boolean'
        ? [typeof value === 'boolean', 'true or false']
        : [isNumber(value), `a whole number from 0 to ${MOST}`]
  if (!right) throw new LocalXError('BAD_SWITCH', `The switch "${name}" takes ${wanted}.`)
}
