import { detailOf, isRefusal, refusalOf } from './answers.js'
import { errorOfDeferral, XError } from './errors.js'
import type { Exchange } from './exchange.js'
import { type Problem, problemOf, sentence, textOf } from './problem.js'

/** What X's tokens, secrets and verifiers are made of, and any base64. */
export function isToken(value: string | undefined): value is string {
  return value !== undefined && /^[\w.~+/=-]{1,256}$/.test(value)
}

/** Old names are longer than the 15 characters that new ones may have. */
export function isUsername(value: string | undefined): value is string {
  return value !== undefined && /^\w{1,20}$/.test(value)
}

/** The fields of a form-encoded answer that came whole with 200; `undefined` for any other, and where one is there twice. */
export function formOf(came: Exchange): Readonly<Record<string, string>> | undefined {
  if (came.kind === 'unanswered' || came.status !== 200 || !came.complete) return undefined
  const text = textOf(came.body)
  if (text === undefined) return undefined
  const entries = [...new URLSearchParams(text)]
  const fields = Object.fromEntries(entries)
  return Object.keys(fields).length === entries.length ? fields : undefined
}

/** About the token or the verifier. X writes its texts in the language of the person. */
const GRANT_CODES = [32, 89, 99]
const GRANT_TEXTS = /oauth_verifier|request token|invalid (?:or|\/) expired token/i
/** About the app or the clock: a timestamp, malformed authentication, no access. A person mends these. */
const APP_CODES = [135, 215, 261, 416, 453]
const APP_TEXTS = /timestamp|suspended application|application (?:is|has been) suspended/i

/** X's words where it does not trade this token and verifier; `undefined` where it says something else. */
export function refusedGrantOf(came: Exchange): string | undefined {
  if (came.kind === 'unanswered' || ![400, 401, 403, 404].includes(came.status)) return undefined
  const problem = problemOf(came.body)
  if (problem.isPage || has(problem, APP_CODES, APP_TEXTS)) return undefined
  const isRefused = came.status === 401 || has(problem, GRANT_CODES, GRANT_TEXTS)
  return isRefused ? detailOf(came.status, problem.detail) : undefined
}

/** Why nobody can sign in, and what to do. */
export function signInErrorOf(came: Exchange, now: number, callback = 'the callback'): XError {
  if (came.kind === 'unanswered') {
    return new XError('X_UNREACHABLE', `X gave no answer: ${sentence(came.detail)} ${AGAIN}`, {
      cause: came.cause,
    })
  }
  const { status } = came
  const problem = problemOf(came.body)
  const words = detailOf(status, problem.detail)
  if (status >= 400 && has(problem, CALLBACK_CODES, CALLBACK_TEXTS)) return callbackError(callback, words)
  if (status >= 500) return new XError('X_UNREACHABLE', `${sentence(words)} ${AGAIN}`)
  if (isRefusal(status)) return refusalError(came, words, now)
  if (!came.complete) return new XError('X_UNREACHABLE', `X's answer ${status} was cut short. ${AGAIN}`)
  return new XError('X_ANSWER_UNREADABLE', `X answered ${status}, and not with tokens. ${AGAIN}`)
}

const AGAIN = 'Begin the sign-in anew.'

const CALLBACK_CODES = [415, 417]
const CALLBACK_TEXTS = /callback url not approved|oob oauth is not allowed|only support the oauth_callback/i

function callbackError(callback: string, words: string): XError {
  const todo =
    callback === 'oob'
      ? 'The app has no sign-in by PIN: give an address.'
      : "Add it to the app's callbacks in X's developer console, letter for letter."
  const message = `X does not lead back to ${callback.slice(0, 300)}: ${sentence(words)} ${todo}`
  return new XError('X_CALLBACK_NOT_ALLOWED', message)
}

function refusalError(came: Extract<Exchange, { kind: 'answered' }>, words: string, now: number): XError {
  const meant = refusalOf(came, now)
  switch (meant.kind) {
    case 'locked':
      return new XError('X_ACCOUNT_LOCKED', `${sentence(words)} Look at the app in X's developer console.`)
    case 'deferred':
      return meant.reason === 'unauthorized'
        ? new XError('X_UNAUTHORIZED', `${sentence(words)} ${KEYS}`)
        : errorOfDeferral({ ...meant, detail: words })
    case 'duplicate':
    case 'refused':
    case 'unexplained':
      if (problemOf(came.body).isPage) return new XError('X_UNREACHABLE', `${sentence(words)} ${AGAIN}`)
      return new XError('X_REQUEST_REFUSED', words)
  }
}

const KEYS =
  "Compare the consumer key and secret with X's developer console, what the app may do there, and the clock of this machine."

function has({ codes, texts }: Problem, someCodes: readonly number[], someTexts: RegExp): boolean {
  return codes.some((code) => someCodes.includes(code)) || texts.some((text) => someTexts.test(text))
}
