import { STATUS } from '../status.js'
import type { CallbackReason, NotOurs, StartReason } from './events.js'

/** A page that says what happened and what to do: all but the sign-in page, and the result of a good sign-in. */
export interface Ending {
  readonly status: (typeof STATUS)[keyof typeof STATUS]
  readonly title: string
  readonly text: string
  /** A page of X's that helps on. */
  readonly atX?: { readonly url: string; readonly text: string }
}

export type EndingName = CallbackEnding | StartReason | NotOurs | Broken | AccountEnding | 'not-found' | 'wrong-method'

/** How a callback can end without a sign-in. These names are in the result's address. */
type CallbackEnding = CallbackReason | 'denied'
type Broken = 'unreachable' | 'not-set-up' | 'broken'
type AccountEnding = 'not-signed-in' | 'signed-out' | 'disconnected' | 'disconnected-here'

const CALLBACK: Readonly<Record<CallbackEnding, Ending>> = {
  denied: {
    status: STATUS.ok,
    title: 'You did not sign in',
    text: 'You said no at X, or went back. Nothing was done and nothing is kept.',
  },
  missing: {
    status: STATUS.refused,
    title: 'Something is missing',
    text: 'The address does not have what X sends with it. Nothing was done.',
  },
  unknown: {
    status: STATUS.refused,
    title: 'This sign-in is not known',
    text: 'It never began here, or it ended a while ago. Nothing was done.',
  },
  expired: {
    status: STATUS.refused,
    title: 'This sign-in took too long',
    text: 'It has to be finished soon after it began. Nothing was done.',
  },
  used: {
    status: STATUS.refused,
    title: 'This sign-in was used before',
    text: 'Each can be finished once, and this one was. If that was not you, look at the connected apps in your settings at X.',
    atX: { url: 'https://x.com/settings/connected_apps', text: 'Connected apps at X' },
  },
  'wrong-browser': {
    status: STATUS.forbidden,
    title: 'This sign-in began in another browser',
    text: 'Finish it there, or begin anew here. If it did begin here, this browser keeps no cookies: allow them for this site.',
  },
  'not-granted': {
    status: STATUS.forbidden,
    title: 'X did not let you sign in',
    text: 'X did not accept what it had sent with you: that may be too old. Nothing is kept.',
  },
  revoked: {
    status: STATUS.forbidden,
    title: 'The access was withdrawn',
    text: 'X says that you took the access back while you signed in. Nothing is kept.',
  },
}

const OTHERS: Readonly<Record<Exclude<EndingName, CallbackEnding>, Ending>> = {
  'too-many': {
    status: STATUS.tooMany,
    title: 'Too many sign-ins',
    text: 'So many sign-ins began from your network that you have to wait, an hour at most.',
  },
  'tracked-too-large': {
    status: STATUS.refused,
    title: 'Too much came with the form',
    text: 'The link that led you here carries more than can be kept. Nothing was done.',
  },
  'return-not-allowed': {
    status: STATUS.refused,
    title: 'The way back is not allowed',
    text: 'The link that led you here names an address to go on to that is not on the list. Nothing was done.',
  },
  foreign: {
    status: STATUS.forbidden,
    title: 'The form is not ours',
    text: 'It did not come from a page of this site, so nothing was done.',
  },
  'no-token': {
    status: STATUS.forbidden,
    title: 'The form is not yours',
    text: 'It was not made for this browser, or the browser keeps no cookies. Nothing was done. Allow cookies for this site.',
  },
  'not-a-form': { status: STATUS.notAForm, title: 'That is no form', text: 'Use the form on the sign-in page.' },
  'too-large': { status: STATUS.tooLarge, title: 'The form is too large', text: 'Nothing of it was read.' },
  unclear: {
    status: STATUS.refused,
    title: 'The form is not clear',
    text: 'A field came twice or has no name, so nothing was done.',
  },
  'no-navigation': {
    status: STATUS.forbidden,
    title: 'Open this page yourself',
    text: 'Something asked for it ahead of you, so nothing was done.',
  },
  unreachable: {
    status: STATUS.unreachable,
    title: 'X cannot be reached',
    text: 'X, or something else that a sign-in needs, did not answer. Wait a minute and begin again.',
  },
  'not-set-up': {
    status: STATUS.notSetUp,
    title: 'Nobody can sign in now',
    text: 'The app is not set up for it at X. The operator has been told.',
  },
  broken: { status: STATUS.broken, title: 'Something broke', text: 'It is our fault. Wait a minute and try again.' },
  'not-found': { status: STATUS.notFound, title: 'Nothing here', text: 'The address leads to no page.' },
  'wrong-method': { status: STATUS.methodNotAllowed, title: 'Not like this', text: 'Use the sign-in page.' },
  'not-signed-in': {
    status: STATUS.ok,
    title: 'You are not signed in',
    text: 'Nobody is signed in with this browser, or not any more.',
  },
  'signed-out': {
    status: STATUS.ok,
    title: 'You are signed out',
    text: 'This browser has forgotten you. Your account is still connected: to end that, sign in and disconnect.',
  },
  disconnected: {
    status: STATUS.ok,
    title: 'You are disconnected',
    text: 'Your account is removed here, and X lets nobody in with the keys that were kept.',
  },
  'disconnected-here': {
    status: STATUS.ok,
    title: 'You are disconnected here',
    text: 'Your account is removed here, but X could not be told. Remove the app in your settings at X as well.',
    atX: { url: 'https://x.com/settings/connected_apps', text: 'Connected apps at X' },
  },
}

export const endingOf = (name: EndingName): Ending => ({ ...OTHERS, ...CALLBACK })[name]

const FAILURES: readonly string[] = ['unreachable', 'not-set-up'] satisfies readonly EndingName[]

/** The reason why a callback signed nobody in, where the result's address names one. */
export const isReason = (name: string | undefined): name is EndingName =>
  name !== undefined && (Object.hasOwn(CALLBACK, name) || FAILURES.includes(name))
