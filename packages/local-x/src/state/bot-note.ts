import { LocalXError } from '../util/errors.js'
import { given } from '../util/given.js'

/** What a bot tells of itself, for the people who look at the page. */
export type BotNote = {
  /** Pages of its own, such as that of its sign-in. At most five. */
  readonly links?: readonly { readonly text: string; readonly url: string }[]
  /** When it will next ask for mentions that X did not deliver, epoch milliseconds. */
  readonly nextSweepAt?: number
  /** Whether an operator has paused it: it then asks for nothing. */
  readonly paused?: boolean
}

export type BotNotes = {
  /** Takes what is given and leaves the rest. @throws LocalXError `BAD_NOTE` */
  readonly note: (some: BotNote) => BotNote
  readonly all: () => BotNote
}

export function createBotNotes(changed: (note: BotNote) => void): BotNotes {
  let all: BotNote = {}
  return {
    note(some) {
      check(some)
      all = { ...all, ...given(some) }
      changed(all)
      return all
    },
    all: () => all,
  }
}

const MOST_LINKS = 5
const LONGEST_TEXT = 40

function check({ links = [], nextSweepAt = 0, paused = false }: BotNote): void {
  if (!Array.isArray(links) || links.length > MOST_LINKS || !links.every(isLink)) {
    const wanted = `at most ${MOST_LINKS} of { text, url }, each text of at most ${LONGEST_TEXT} characters`
    throw new LocalXError('BAD_NOTE', `The links of a bot are ${wanted}, each url http or https.`)
  }
  if (!Number.isSafeInteger(nextSweepAt)) throw new LocalXError('BAD_NOTE', '`nextSweepAt` is in epoch milliseconds.')
  if (typeof paused !== 'boolean') throw new LocalXError('BAD_NOTE', '`paused` is true or false.')
}

/** Nothing that runs a script: the page makes a link of it. */
function isLink(link: unknown): boolean {
  const { text, url } = (link ?? {}) as { readonly text?: unknown; readonly url?: unknown }
  if (typeof text !== 'string' || text === '' || text.length > LONGEST_TEXT) return false
  return typeof url === 'string' && URL.canParse(url) && ['http:', 'https:'].includes(new URL(url).protocol)
}
