import type { ReplyIntent, ReplyRow, SettledOutcome } from '@hexbird/core/adapter'
import { AwsError } from '../error.js'
import { flag, type Item, type Row, text, texts, whole } from './row.js'

export function itemOf(row: ReplyRow): Item {
  if (row.kind === 'settled') return { kind: text('settled'), outcome: texts(fieldsOf(row.outcome)), at: whole(row.at) }
  return {
    kind: text('begun'),
    holder: text(row.holder),
    until: whole(row.until),
    since: whole(row.since),
    tries: { L: [...row.earlier, row.intent].map((intent) => ({ M: partOf(intent) })) },
    own: flag(row.own),
  }
}

/** @throws AwsError STORE_ROW_UNREADABLE */
export function rowOf(row: Row): ReplyRow {
  if (row.text('kind') === 'settled') {
    return { kind: 'settled', outcome: outcomeOf(row.texts('outcome')), at: row.whole('at') }
  }
  const tries = row.parts('tries').map(intentOf)
  return {
    kind: 'begun',
    holder: row.text('holder'),
    until: row.whole('until'),
    since: row.whole('since'),
    intent: tries.at(-1) ?? unreadable('try'),
    earlier: tries.slice(0, -1),
    own: row.flag('own'),
  }
}

type Fields = Readonly<Record<string, string>>

/** The media ids are a list, so that a release without images fails on the row instead of posting without them. */
const partOf = ({ tweetId, text: words, authorId, mediaIds, mediaExpireAt }: ReplyIntent): Item => ({
  tweetId: text(tweetId),
  text: text(words),
  ...(authorId !== undefined && { authorId: text(authorId) }),
  ...(mediaIds && { mediaIds: { L: mediaIds.map(text) } }),
  ...(mediaExpireAt !== undefined && { mediaExpireAt: whole(mediaExpireAt) }),
})

const intentOf = (part: Row): ReplyIntent => ({
  tweetId: part.text('tweetId'),
  text: part.text('text'),
  ...(part.has('authorId') && { authorId: part.text('authorId') }),
  ...(part.has('mediaIds') && { mediaIds: part.list('mediaIds') }),
  ...(part.has('mediaExpireAt') && { mediaExpireAt: part.whole('mediaExpireAt') }),
})

/** The stored name of `unresolved`. */
const UNRESOLVED = 'unsure'

const fieldsOf = (outcome: SettledOutcome): Fields =>
  outcome.kind === 'unresolved' ? { ...outcome, kind: UNRESOLVED } : { ...outcome }

function outcomeOf({ kind, replyId, reason, detail, firstId }: Fields): SettledOutcome {
  switch (kind) {
    case 'replied':
      return { kind, replyId: replyId ?? unreadable(kind) }
    case 'refused':
      return { kind, reason: reason ?? unreadable(kind), detail: detail ?? unreadable(kind) }
    case UNRESOLVED:
      return { kind: 'unresolved', detail: detail ?? unreadable(kind) }
    case 'skipped':
      return { kind, reason: reason ?? unreadable(kind) }
    case 'photo-asked-for':
      return { kind, firstId: firstId ?? unreadable(kind) }
    default:
      return unreadable('outcome')
  }
}

function unreadable(what: string): never {
  throw new AwsError('STORE_ROW_UNREADABLE', `A row of the ledger has no readable ${what}.`)
}
