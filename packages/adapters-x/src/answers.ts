import type { Deferral, Locked, PostRefusal, PostResult } from '@hexbird/core/adapter'
import { defined } from '@hexbird/core/util'
import type { XErrorCode } from './errors.js'
import type { Exchange } from './exchange.js'
import { type Fields, isId, listOf, objectOf, type Problem, problemOf } from './problem.js'
import { limitedUntil } from './rate-limit.js'

/** What a 4xx means. */
type Meaning =
  | { readonly kind: 'locked'; readonly code: number }
  | { readonly kind: 'deferred'; readonly reason: Deferral['reason'] }
  | { readonly kind: 'duplicate' }
  | { readonly kind: 'refused'; readonly reason: PostRefusal }
  /** It says nothing of this tweet, its conversation or the words: an app without rights, a proxy in front of X. */
  | { readonly kind: 'unexplained' }

interface Row {
  readonly means: Meaning
  readonly statuses?: readonly number[]
  readonly codes?: readonly number[]
  readonly types?: readonly string[]
  readonly says?: RegExp
}

const locked = (code: number): Meaning => ({ kind: 'locked', code })
const deferral = (reason: Deferral['reason']): Meaning => ({ kind: 'deferred', reason })
const refused = (reason: PostRefusal): Meaning => ({ kind: 'refused', reason })

/**
 * The first row that fits counts. Codes are those of v1.1, which v2 mostly replaces by texts; the texts are X's own.
 * Sources: docs.x.com/x-api/fundamentals/response-codes-and-errors, developer.x.com/en/support/x-api/error-troubleshooting,
 * and bodies that many public repositories record alike.
 */
const MEANINGS: readonly Row[] = [
  { means: locked(64), codes: [64], says: /your account is suspended/i },
  { means: locked(326), codes: [326], says: /this account is temporarily locked/i },
  { means: locked(226), codes: [226], says: /looks like it might be automated/i },
  { means: locked(416), codes: [416], says: /suspended application|application (?:is|has been) suspended/i },
  {
    means: deferral('no-credits'),
    statuses: [402],
    types: ['credits', 'credits-depleted', 'usage-capped'],
    says: /CreditsDepleted|SpendCapReached|UsageCapExceeded/,
  },
  { means: deferral('rate-limited'), statuses: [420, 429], codes: [88, 185] },
  {
    // Whatever is wrong with the app's keys or its permissions is not about this tweet, and a person mends it.
    means: deferral('unauthorized'),
    statuses: [401],
    codes: [32, 89, 99, 135, 215, 261, 453],
    types: ['oauth1-permissions', 'client-forbidden', 'unsupported-authentication'],
    says: /^(?:client|user)-not-enrolled$/,
  },
  { means: { kind: 'duplicate' }, codes: [187], says: /duplicate content/i },
  {
    means: refused('reply-not-allowed'),
    codes: [433],
    says: /reply to this conversation is not allowed|you can only reply to or quote posts where|restricted who can reply/i,
  },
  {
    means: refused('tweet-gone'),
    codes: [144, 179, 385, 421, 422],
    types: ['resource-not-found', 'not-authorized-for-resource', 'resource-unavailable', 'disallowed-resource'],
    says: /deleted or not visible to you/i,
  },
  {
    // Expired, unknown, still being processed or too many: twitter-api-v2 issues 375 and 501; 324 is what v1.1 said.
    means: refused('media-invalid'),
    codes: [324],
    says: /^\$\.media\b|media ids? (?:are|is) invalid|invalid media id|validation of media ids failed/i,
  },
  {
    means: refused('rejected'),
    codes: [186],
    says: /^\$\.text\b|\b(?:text|tweet|post|status) (?:is |was )?(?:too long|over \d+ characters|empty)|needs to be a bit shorter/i,
  },
  // Request Timeout, Misdirected Request, Too Early: by their definitions nothing was done.
  { means: deferral('unreachable'), statuses: [408, 421, 425] },
]

/** What X means by a 4xx that came whole. */
function meaningOf(status: number, problem: Problem): Meaning {
  const row = MEANINGS.find(
    ({ statuses, codes, types, says }) =>
      statuses?.includes(status) ||
      problem.codes.some((code) => codes?.includes(code)) ||
      problem.types.some((type) => types?.includes(type)) ||
      problem.texts.some((text) => says?.test(text)),
  )
  return row?.means ?? { kind: 'unexplained' }
}

/** What became of a post. */
export function postResultOf(came: Exchange, now: number): PostResult {
  if (came.kind === 'unanswered') {
    return came.sent ? { kind: 'ambiguous', detail: came.detail } : deferralOf('unreachable', came.detail)
  }
  const { status, body } = came
  const data = objectOf(objectOf(body)?.data)
  if (isSuccess(status) && isId(data?.id)) return { kind: 'posted', id: data.id }
  const { detail } = problemOf(body)
  if (!isRefusal(status)) {
    const ambiguous = { kind: 'ambiguous', detail: detailOf(status, detail) } as const
    return status >= 500 && came.complete ? { ...ambiguous, answered: true } : ambiguous
  }
  const meant = refusalOf(came, now)
  return meant.kind === 'deferred' ? meant : { ...meant, detail: detailOf(status, detail) }
}

/** What became of a question. */
export type Lookup =
  | { readonly kind: 'body'; readonly body: Fields }
  | { readonly kind: 'gone'; readonly detail: string }
  | Deferral
  | Locked
  /** Refused, and X does not say that the thing asked for is not there. */
  | { readonly kind: 'unexplained'; readonly detail: string }
  | Failure

/** Nothing that X's description foresees: to be thrown. */
interface Failure {
  readonly kind: 'failed'
  readonly code: XErrorCode
  readonly detail: string
}

export function lookupOf(came: Exchange, now: number): Lookup {
  if (came.kind === 'unanswered') return deferralOf('unreachable', came.detail)
  const { status, body, complete } = came
  const detail = detailOf(status, problemOf(body).detail)
  const fields = objectOf(body)
  const saysWhy = isRefusal(status) || (isSuccess(status) && fields?.data === undefined && hasErrors(fields))
  if (saysWhy) return refusedLookup(came, detail, now)
  if (status >= 500) return deferralOf('unreachable', detail)
  if (!complete) return deferralOf('unreachable', `X's answer ${status} was cut short.`)
  if (isSuccess(status) && fields) return { kind: 'body', body: fields }
  return { kind: 'failed', code: 'X_ANSWER_UNREADABLE', detail: `X answered ${status} without a whole JSON object.` }
}

function refusedLookup(came: Answered, detail: string, now: number): Lookup {
  const meant = refusalOf(came, now)
  if (meant.kind === 'deferred') return meant
  if (meant.kind === 'refused' && meant.reason === 'tweet-gone') return { kind: 'gone', detail }
  if (meant.kind === 'locked') return { ...meant, detail }
  return isForeign(came.body) ? deferralOf('unreachable', detail) : { kind: 'unexplained', detail }
}

/** Neither JSON nor the XML of X's oldest paths: a proxy in front of X answered. */
export const isForeign = (body: unknown): boolean =>
  typeof body === 'string' && body.trim() !== '' && problemOf(body).codes.length === 0

/**
 * For those who ask about a tweet or a timeline. A refusal that X does not explain says nothing about either; as a rule the
 * app may not ask, and a person mends that.
 */
export const explained = (lookup: Lookup): Exclude<Lookup, { readonly kind: 'unexplained' }> =>
  lookup.kind === 'unexplained' ? deferralOf('unauthorized', lookup.detail) : lookup

type Answered = Extract<Exchange, { kind: 'answered' }>

/** Certainly nothing was done. Where its body was cut, the reason may be lost, and it is asked for again. */
export function refusalOf(
  { status, headers, body, complete }: Answered,
  now: number,
): Exclude<Meaning, { kind: 'deferred' }> | Deferral {
  const problem = problemOf(body)
  const meant = meaningOf(status, problem)
  if (!complete && meant.kind === 'unexplained') return deferralOf('unreachable', `X's answer ${status} was cut short.`)
  if (meant.kind !== 'deferred') return meant
  const until = meant.reason === 'rate-limited' ? limitedUntil(headers, now) : undefined
  return { ...deferralOf(meant.reason, detailOf(status, problem.detail)), ...defined({ until }) }
}

const deferralOf = (reason: Deferral['reason'], detail: string): Deferral => ({ kind: 'deferred', reason, detail })

export const detailOf = (status: number, detail: string) => detail || `X answered ${status} and gave no reason.`

export const hasErrors = (fields: Fields | undefined) => (listOf(fields?.errors) ?? []).length > 0

export const isSuccess = (status: number) => status >= 200 && status < 300

export const isRefusal = (status: number) => status >= 400 && status < 500
