import type { UserActionResult } from '@hexbird/core/adapter'
import { defined } from '@hexbird/core/util'
import { detailOf, hasErrors, isForeign, isRefusal, isSuccess, refusalOf } from './answers.js'
import { XError } from './errors.js'
import type { Exchange } from './exchange.js'
import { type Fields, objectOf, type Problem, problemOf, sentence } from './problem.js'

/** What the body of a 2xx says; `undefined` where it does not say whether it was done. */
export type Done = (body: Fields) => UserActionResult | undefined

/**
 * What became of something done in a person's name.
 *
 * @throws XError where that is not known, or X does not accept the app
 */
export function userActionResultOf(came: Exchange, now: number, done: Done): UserActionResult {
  if (came.kind === 'unanswered') {
    if (!came.sent) return { kind: 'deferred', detail: came.detail }
    throw new XError('X_UNREACHABLE', `${sentence(came.detail)} ${UNKNOWN}`, { cause: came.cause })
  }
  const { status, body } = came
  const problem = problemOf(body)
  const detail = detailOf(status, problem.detail)
  if (isRefusal(status)) return refusedAction(came, problem, now)
  if (!isSuccess(status)) {
    throw new XError(status >= 500 ? 'X_UNREACHABLE' : 'X_ANSWER_UNREADABLE', `${sentence(detail)} ${UNKNOWN}`)
  }
  const fields = objectOf(body)
  const result = fields && done(fields)
  if (result) return result
  if (fields?.data === undefined && hasErrors(fields)) return { kind: 'refused', detail }
  throw new XError('X_ANSWER_UNREADABLE', `X answered ${status}, and does not say what it did. ${UNKNOWN}`)
}

const UNKNOWN = 'Whether it was done is not known: look on X before trying again.'

/** Wrong keys or a wrong signature, no such credentials, a timestamp, malformed authentication. */
const APP_CODES = [32, 99, 135, 215]
const APP_SUSPENDED = 416

function refusedAction(came: Extract<Exchange, { kind: 'answered' }>, problem: Problem, now: number): UserActionResult {
  const { status } = came
  const detail = detailOf(status, problem.detail)
  if (isRevoked(problem)) return { kind: 'revoked', detail }
  const meant = refusalOf(came, now)
  if (meant.kind === 'locked' && meant.code === APP_SUSPENDED) throw new XError('X_ACCOUNT_LOCKED', detail)
  if (meant.kind === 'unexplained' && isForeign(came.body)) return { kind: 'deferred', detail }
  if (meant.kind !== 'deferred') return { kind: 'refused', detail }
  if (meant.reason !== 'unauthorized') {
    return { kind: 'deferred', detail: meant.detail, ...defined({ until: meant.until }) }
  }
  if (status === 401 || isAboutApp(problem)) {
    throw new XError('X_UNAUTHORIZED', `${sentence(detail)} ${KEYS}`)
  }
  // What this app, or this person's token, may not do.
  return { kind: 'refused', detail }
}

const KEYS =
  "X does not say whose fault it is: compare the consumer key and secret with X's developer console, and the clock of this machine; else the person withdrew the app's access."

const isAboutApp = ({ codes }: Problem) => codes.some((code) => APP_CODES.includes(code))

/** Wrong keys must not look like everybody's leaving: X has to say that it is the token, and nothing else. */
const isRevoked = (problem: Problem) =>
  !isAboutApp(problem) &&
  (problem.codes.includes(89) || problem.texts.some((text) => /invalid (?:or|\/) expired token/i.test(text)))
