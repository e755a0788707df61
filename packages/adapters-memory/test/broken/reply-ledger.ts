import type {
  ClaimResult,
  LedgerEntry,
  ReplyClaim,
  ReplyIntent,
  ReplyKey,
  ReplyLedger,
  SettledOutcome,
} from '@hexbird/core/adapter'

const NOTHING = 'nothing is known of a key at first'
const FIRST = 'the first to claim wins, and one try is recorded'
const IMAGES = 'a reply with images keeps them from one claim to the next, after every try'
const KEYS = 'keys that look alike are different keys'
const HELD = 'while a lease runs every other owner is told until when, and changes nothing'
const CLAIM_RACE = 'of many that claim at once exactly one wins, and the others are told until when'
const AGAIN = 'an owner whose lease runs wins again: one more try, the new intent, the new lease'
const TRY_RACE = 'of many concurrent tries of one owner each is recorded'
const EXPIRED =
  'from the moment that a lease ends the next claim finds it expired, and is told what may have been posted since when'
const OWN_EXPIRED = 'an owner whose own lease has run out finds it expired like anybody'
const PASSES = 'whoever finds an expired lease gets it, and no try is recorded'
const EXPIRED_RACE =
  'of many that claim when a lease has run out exactly one gets it, and the others are told until when'
const COUNTS_ON = 'a try after an expired lease counts on, from the first try'
const SETTLED = 'once settled, every claim gets the outcome, from any worker at any time'
const SETTLE_UNKNOWN = 'a key that nobody claimed is settled as well'
const FIRST_SETTLE = 'the first to settle wins, and every other is told what won'
const SETTLE_RACE = 'of many that settle at once one wins, and all are told which'
const LATE_SETTLE = 'who has lost the lease may settle all the same'
const RELEASE_ONLY = 'a release of the only try forgets the key'
const RELEASE_LATER = 'a release of a later try takes back that one alone, and ends the lease'
const RELEASE_ONCE = 'a release is done once: the tries before stay'
const RELEASE_OTHER = 'a release by anybody but the holder of the lease does nothing'
const RELEASE_EXPIRED = 'a release after an expired lease takes back no try: it may have been posted'
const RELEASE_END = 'a release after the end changes nothing'
const IN_DOUBT = 'a release in doubt keeps the try, and from its time on the next claim finds it expired'
const NOT_LONGER = 'a release in doubt makes no lease longer'
const STAYS_IN_DOUBT = 'a try in doubt is not taken back by a later release, and one after it is'
const IN_DOUBT_OTHER = 'a release in doubt by anybody but the holder of the lease, or after the end, does nothing'
const AUTHOR = 'forgetting an author ends every reply claimed for them, even under a running lease, and leaves no text'
const OTHER_AUTHOR = 'forgetting an author leaves what others asked for, and what has ended'
const NO_AUTHOR = 'forgetting an author ends what does not say whose it is, from the moment that its lease ends'
const ALL_OF_AUTHOR = 'forgetting an author ends all that is claimed for them, however much that is'
const AUTHOR_RACE = 'of forgetting and settling at once one wins, and all are told which'
const OTHER_KEY = 'what happens to one key happens to no other'
const REMEMBERED = 'what was claimed and what was settled is remembered as long as the ledger keeps rows'
const COPY_IN = 'changing what was put in changes nothing inside'
const COPY_OUT = 'changing what was given out changes nothing inside'
const FORGOTTEN = 'once all are forgotten nothing is known of any key, and each is claimed anew'
const MODEL = 'whatever many owners do at once while time goes by, some order of theirs explains every answer'

export const REPLY_LEDGER_FAULTS = {
  'a release leaves a row behind where nothing was known': [NOTHING],
  'texts are cut to 280 characters': [FIRST, EXPIRED],
  'authors are dropped': [FIRST, EXPIRED, OTHER_AUTHOR],
  'images are dropped': [IMAGES],
  'media ids come back in the order of their numbers': [IMAGES],
  'when images expire is dropped': [IMAGES],
  'claim keeps the media ids that it was given': [IMAGES],
  'find gives out the media ids that are inside': [IMAGES],
  'find starts to forget': [FIRST],
  'keys are joined without anything between': [KEYS],
  'the bot is no part of the key': [KEYS],
  'claim ignores leases': [HELD, CLAIM_RACE, MODEL],
  'a held claim names the end that was asked for': [HELD, AGAIN],
  'a refused claim leaves its intent': [HELD, MODEL],
  'claim waits between reading and writing': [CLAIM_RACE, TRY_RACE, EXPIRED_RACE, MODEL],
  'a second try is not counted': [AGAIN, TRY_RACE, MODEL],
  'a second try keeps the old intent': [AGAIN],
  'a second try keeps the old lease': [AGAIN, MODEL],
  'a second try starts the time anew': [EXPIRED, COUNTS_ON],
  'a lease never runs out': [EXPIRED, OWN_EXPIRED, PASSES, EXPIRED_RACE, MODEL],
  'a lease runs at its end, too': [EXPIRED, OWN_EXPIRED, EXPIRED_RACE, MODEL],
  'whoever finds a lease run out wins': [EXPIRED, EXPIRED_RACE, COUNTS_ON, MODEL],
  'whoever finds their own lease run out wins': [OWN_EXPIRED],
  'a claim of an expired lease records a try': [PASSES, COUNTS_ON, MODEL],
  'a claim of an expired lease records its intent': [PASSES],
  'a claim of an expired lease leaves the lease where it was': [PASSES, EXPIRED_RACE, MODEL],
  'a claim of an expired lease tells of the first try': [EXPIRED],
  'the owner may claim what is settled': [SETTLED],
  'settled is over with the lease': [SETTLED],
  'a refusal is no end': [SETTLED],
  'settle keeps the text': [SETTLED, MODEL],
  'settle does nothing where nothing was claimed': [SETTLE_UNKNOWN],
  'settle overwrites': [FIRST_SETTLE, SETTLE_RACE],
  'settle gives back what it was given': [FIRST_SETTLE, SETTLE_RACE],
  'settle waits between reading and writing': [SETTLE_RACE],
  'settle does nothing once the lease has passed': [LATE_SETTLE],
  'release does nothing': [RELEASE_ONLY, RELEASE_LATER, MODEL],
  'release always forgets the key': [RELEASE_LATER, RELEASE_ONCE],
  'release leaves the lease running': [RELEASE_LATER],
  'release keeps the intent that it took back': [RELEASE_LATER, RELEASE_ONCE],
  'release can be done again': [RELEASE_ONCE],
  'anybody may release': [RELEASE_OTHER, MODEL],
  'who has lost the lease may release': [RELEASE_OTHER],
  'a release after an expired lease takes back a try': [RELEASE_EXPIRED],
  'release forgets what was settled': [RELEASE_END, OTHER_KEY],
  'a release in doubt takes the try back': [IN_DOUBT, NOT_LONGER, STAYS_IN_DOUBT, MODEL],
  'a release in doubt ends the lease at once': [IN_DOUBT, NOT_LONGER, MODEL],
  'a release in doubt leaves the lease': [IN_DOUBT],
  'a release in doubt makes the lease longer': [NOT_LONGER],
  'a try in doubt can be taken back': [STAYS_IN_DOUBT],
  'no try after one in doubt can be taken back': [STAYS_IN_DOUBT],
  'anybody may release in doubt': [IN_DOUBT_OTHER, MODEL],
  'forgetting an author does nothing': [AUTHOR, NO_AUTHOR, ALL_OF_AUTHOR],
  'forgetting an author leaves running leases': [AUTHOR, ALL_OF_AUTHOR],
  'forgetting an author removes the row': [AUTHOR, NO_AUTHOR],
  'forgetting an author keeps the text': [AUTHOR],
  'forgetting an author forgets everybody': [OTHER_AUTHOR],
  'forgetting an author looks at the first letter': [OTHER_AUTHOR],
  'forgetting an author ends what has ended': [OTHER_AUTHOR],
  'forgetting an author leaves what does not say whose it is': [NO_AUTHOR],
  'forgetting an author ends what does not say whose it is, lease or not': [NO_AUTHOR, MODEL],
  'forgetting an author forgets a hundred': [ALL_OF_AUTHOR],
  'forgetting an author waits between reading and writing': [AUTHOR_RACE],
  'settle settles every key of the bot': [OTHER_KEY],
  'release releases every key of the bot': [OTHER_KEY],
  'rows are forgotten after two weeks': [REMEMBERED],
  'forgetting all does nothing': [FORGOTTEN],
  'forgetting all forgets a hundred': [FORGOTTEN],
  'forgetting all leaves what was settled': [FORGOTTEN],
  'forgetting all leaves what is claimed': [FORGOTTEN],
  'once all are forgotten nothing is kept': [FORGOTTEN],
  'claim keeps the intent that it was given': [COPY_IN],
  'settle keeps the outcome that it was given': [COPY_IN],
  'find gives out what is inside': [COPY_OUT],
  'claim gives out the intent that is inside': [COPY_OUT],
  'claim gives out the outcome that is inside': [COPY_OUT],
  'settle gives out the outcome that is inside': [COPY_OUT],
} as const

export type ReplyLedgerFault = keyof typeof REPLY_LEDGER_FAULTS

interface Row {
  botId: string
  holder: string
  /** Whoever held it before the lease passed on. */
  previous: string[]
  until: number
  since: number
  written: number
  intents: ReplyIntent[]
  own: boolean
  doubted?: boolean
  settled?: { outcome: SettledOutcome; at: number }
}

export function faultyReplyLedger(fault?: ReplyLedgerFault): ReplyLedger {
  const rows = new Map<string, Row>()
  let closed = false

  function nameOf({ botId, about }: ReplyKey): string {
    if (fault === 'the bot is no part of the key') return about
    return fault === 'keys are joined without anything between' ? `${botId}${about}` : `${botId}/${about}`
  }

  function rowAt(key: ReplyKey, now: number): Row | undefined {
    const row = rows.get(nameOf(key))
    const days = fault === 'rows are forgotten after two weeks' ? 14 : 30
    return row && now < row.written + days * 86_400_000 ? row : undefined
  }

  function keptIntent(intent: ReplyIntent): ReplyIntent {
    if (fault === 'claim keeps the intent that it was given') return intent
    if (fault === 'authors are dropped') return { tweetId: intent.tweetId, text: intent.text }
    const { mediaIds = [], mediaExpireAt, ...words } = structuredClone(intent)
    if (fault === 'claim keeps the media ids that it was given') return { ...intent }
    if (mediaExpireAt === undefined || fault === 'images are dropped') return keptWords(words)
    const inOrder = fault === 'media ids come back in the order of their numbers' ? mediaIds.toSorted() : mediaIds
    if (fault === 'when images expire is dropped') return { ...keptWords(words), mediaIds }
    return { ...keptWords(words), mediaIds: inOrder, mediaExpireAt }
  }

  function keptWords(words: ReplyIntent): ReplyIntent {
    return { ...words, text: fault === 'texts are cut to 280 characters' ? words.text.slice(0, 280) : words.text }
  }

  function hasRunOut(row: Row, now: number): boolean {
    if (row.until === 0) return true
    if (fault === 'a lease never runs out') return false
    return fault === 'a lease runs at its end, too' ? now > row.until : now >= row.until
  }

  function claimAnew(key: ReplyKey, { owner, intent, now, until }: ReplyClaim): ClaimResult {
    const intents = [keptIntent(intent)]
    const { botId } = key
    if (closed) return { kind: 'acquired' }
    rows.set(nameOf(key), { botId, holder: owner, previous: [], until, since: now, written: now, intents, own: true })
    return { kind: 'acquired' }
  }

  function tryAgain(row: Row, { intent, now, until }: ReplyClaim): ClaimResult {
    if (fault === 'a second try is not counted') row.intents.pop()
    row.intents.push(fault === 'a second try keeps the old intent' ? lastOf(row.intents) : keptIntent(intent))
    if (fault !== 'a second try keeps the old lease') row.until = until
    if (fault === 'a second try starts the time anew') row.since = now
    const isDoubtful = fault === 'no try after one in doubt can be taken back' && row.doubted
    Object.assign(row, { own: !isDoubtful, written: now })
    return { kind: 'acquired' }
  }

  function passOn(row: Row, { owner, intent, now, until }: ReplyClaim): ClaimResult {
    const told = fault === 'a claim of an expired lease tells of the first try' ? row.intents[0] : lastOf(row.intents)
    const inside = fault === 'claim gives out the intent that is inside'
    const tries = row.intents.length
    const claimed = {
      kind: 'expired',
      intent: inside && told ? told : { ...lastOf(row.intents), ...told },
      since: row.since,
      tries,
    } as const
    if (fault === 'a claim of an expired lease records a try') row.intents.push(lastOf(row.intents))
    if (fault === 'a claim of an expired lease records its intent') row.intents.splice(-1, 1, keptIntent(intent))
    if (fault === 'a claim of an expired lease leaves the lease where it was') return claimed
    row.previous.push(row.holder)
    Object.assign(row, { holder: owner, until, own: false, written: now })
    return claimed
  }

  function claimRow(key: ReplyKey, claim: ReplyClaim, row: Row | undefined): ClaimResult {
    if (row === undefined) return claimAnew(key, claim)
    if (row.settled !== undefined) {
      const { outcome } = row.settled
      if (fault === 'the owner may claim what is settled' && row.holder === claim.owner) return { kind: 'acquired' }
      if (fault === 'settled is over with the lease' && claim.now >= row.until) return claimAnew(key, claim)
      if (fault === 'a refusal is no end' && outcome.kind === 'refused') return claimAnew(key, claim)
      const inside = fault === 'claim gives out the outcome that is inside'
      return { kind: 'settled', outcome: inside ? outcome : { ...outcome } }
    }
    if (hasRunOut(row, claim.now)) {
      if (fault === 'whoever finds a lease run out wins') return claimAnew(key, claim)
      if (fault === 'whoever finds their own lease run out wins' && row.holder === claim.owner)
        return tryAgain(row, claim)
      return passOn(row, claim)
    }
    if (row.holder === claim.owner) return tryAgain(row, claim)
    if (fault === 'claim ignores leases') return tryAgain(row, claim)
    if (fault === 'a refused claim leaves its intent') row.intents.splice(-1, 1, keptIntent(claim.intent))
    return { kind: 'held', until: fault === 'a held claim names the end that was asked for' ? claim.until : row.until }
  }

  function settleRow(key: ReplyKey, row: Row | undefined, outcome: SettledOutcome, now: number): SettledOutcome {
    if (row?.settled !== undefined && fault !== 'settle overwrites') {
      if (fault === 'settle gives back what it was given') return outcome
      const { outcome: winner } = row.settled
      return fault === 'settle gives out the outcome that is inside' ? winner : { ...winner }
    }
    if (fault === 'settle does nothing where nothing was claimed' && row === undefined) return outcome
    if (fault === 'settle does nothing once the lease has passed' && row?.previous.length) return outcome
    const unknown = { botId: key.botId, holder: '', previous: [], until: 0, since: now, intents: [], own: false }
    const given = fault === 'settle keeps the outcome that it was given'
    const settled = { outcome: given ? outcome : { ...outcome }, at: now }
    rows.set(nameOf(key), { ...(row ?? unknown), written: now, settled })
    if (fault === 'settle settles every key of the bot') {
      for (const other of rows.values()) if (other.botId === key.botId) other.settled ??= settled
    }
    return fault === 'settle gives out the outcome that is inside' ? settled.outcome : { ...outcome }
  }

  function mayRelease(row: Row, owner: string): boolean {
    if (fault === 'anybody may release') return row.until !== 0
    if (fault === 'who has lost the lease may release' && row.previous.includes(owner)) return true
    return row.holder === owner && row.until !== 0
  }

  function releaseRow(name: string, row: Row, owner: string): void {
    if (row.settled !== undefined) {
      if (fault === 'release forgets what was settled') rows.delete(name)
      return
    }
    if (fault === 'release can be done again' ? row.holder !== owner : !mayRelease(row, owner)) return
    const again = fault === 'release can be done again' && row.until === 0
    const takesBack = row.own || again || fault === 'a release after an expired lease takes back a try'
    const last = takesBack ? row.intents.pop() : undefined
    if (fault === 'release keeps the intent that it took back' && last && row.intents.length > 0) {
      row.intents.splice(-1, 1, last)
    }
    if (row.intents.length === 0 || fault === 'release always forgets the key') rows.delete(name)
    if (fault !== 'release leaves the lease running') Object.assign(row, { until: 0, own: false })
  }

  function doubtRow(row: Row, owner: string, inDoubtUntil: number): void {
    if (row.settled !== undefined || row.until === 0) return
    if (row.holder !== owner && fault !== 'anybody may release in doubt') return
    const sooner = fault === 'a release in doubt makes the lease longer' ? Math.max : Math.min
    if (fault !== 'a release in doubt leaves the lease') row.until = sooner(row.until, inDoubtUntil)
    if (fault === 'a release in doubt ends the lease at once') row.until = 0
    row.own = row.own && fault === 'a try in doubt can be taken back'
    row.doubted = true
  }

  function isForgotten(row: Row, authorId: string, now: number): boolean {
    if (row.settled !== undefined) return fault === 'forgetting an author ends what has ended'
    if (fault === 'forgetting an author forgets everybody') return true
    const authors = row.intents.flatMap((intent) => intent.authorId ?? [])
    if (authors.length === 0) {
      if (fault === 'forgetting an author leaves what does not say whose it is') return false
      return hasRunOut(row, now) || fault === 'forgetting an author ends what does not say whose it is, lease or not'
    }
    if (fault === 'forgetting an author leaves running leases' && !hasRunOut(row, now)) return false
    if (fault === 'forgetting an author looks at the first letter') return authors.some(([first]) => first === authorId)
    return authors.includes(authorId)
  }

  return {
    async find(key) {
      const row = rows.get(nameOf(key))
      if (fault === 'find starts to forget' && row?.settled === undefined) rows.delete(nameOf(key))
      if (row === undefined || fault === 'find gives out what is inside') return row && entryOf(row)
      const entry = entryOf(row)
      if (fault !== 'find gives out the media ids that are inside' || entry.kind !== 'claimed')
        return structuredClone(entry)
      return { ...entry, intent: { ...entry.intent } }
    },
    async claim(key, claim) {
      const row = rowAt(key, claim.now)
      if (fault !== 'claim waits between reading and writing') return claimRow(key, claim, row)
      const seen = structuredClone(row)
      await Promise.resolve()
      if (seen !== undefined) rows.set(nameOf(key), seen)
      return claimRow(key, claim, seen)
    },
    async settle(key, outcome, now) {
      const row = rowAt(key, now)
      if (fault === 'settle waits between reading and writing') await Promise.resolve()
      return settleRow(key, row, outcome, now)
    },
    async release(key, owner, inDoubtUntil) {
      const row = rows.get(nameOf(key))
      if (inDoubtUntil !== undefined && fault !== 'a release in doubt takes the try back') {
        if (row !== undefined) doubtRow(row, owner, inDoubtUntil)
        return
      }
      if (fault === 'release does nothing') return
      if (fault === 'a release leaves a row behind where nothing was known' && row === undefined) {
        claimAnew(key, { owner, intent: { tweetId: '', text: '' }, now: 0, until: 0 })
      }
      if (fault === 'release releases every key of the bot') {
        for (const [name, other] of [...rows]) if (other.botId === key.botId) releaseRow(name, other, owner)
      } else if (row !== undefined) {
        releaseRow(nameOf(key), row, owner)
      }
    },
    async forgetAuthor(authorId, now) {
      if (fault === 'forgetting an author does nothing') return
      const theirs = [...rows].filter(([, row]) => isForgotten(row, authorId, now))
      if (fault === 'forgetting an author waits between reading and writing') await Promise.resolve()
      for (const [name, row] of fault === 'forgetting an author forgets a hundred' ? theirs.slice(0, 100) : theirs) {
        if (fault === 'forgetting an author removes the row') rows.delete(name)
        else (rows.get(name) ?? row).settled = { outcome: { kind: 'skipped', reason: 'forgotten' }, at: now }
      }
    },
    async removeAll() {
      if (fault === 'forgetting all does nothing') return
      const names = [...rows.keys()]
      for (const name of fault === 'forgetting all forgets a hundred' ? names.slice(0, 100) : names) {
        const settled = rows.get(name)?.settled !== undefined
        if (fault === 'forgetting all leaves what was settled' && settled) continue
        if (fault === 'forgetting all leaves what is claimed' && !settled) continue
        rows.delete(name)
      }
      closed = fault === 'once all are forgotten nothing is kept'
    },
  }

  function entryOf({ settled, intents, until }: Row): LedgerEntry {
    const isForgotten = settled?.outcome.kind === 'skipped' && settled.outcome.reason === 'forgotten'
    const keepsText =
      fault === 'settle keeps the text' || (fault === 'forgetting an author keeps the text' && isForgotten)
    const text = keepsText ? { text: intents.at(-1)?.text } : {}
    if (settled !== undefined) return { kind: 'settled', ...settled, ...text }
    return { kind: 'claimed', intent: lastOf(intents), until, tries: intents.length }
  }
}

const lastOf = (intents: readonly ReplyIntent[]): ReplyIntent => intents.at(-1) ?? { tweetId: '', text: 'no try' }
