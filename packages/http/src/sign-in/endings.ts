import { STATUS } from '../status.js'
import type { CallbackReason, NotOurs, StartReason } from './events.js'

/** A page that says what happened and what to do. The sign-in page and the result of a good sign-in are not endings. */
export interface Ending {
  readonly status: (typeof STATUS)[keyof typeof STATUS]
  readonly title: string
  readonly text: string
  /** A page at X that helps. */
  readonly atX?: { readonly url: string; readonly text: string }
}

export type EndingName = CallbackEnding | StartReason | NotOurs | Broken | AccountEnding | 'not-found' | 'wrong-method'

/** The ways in which a callback can end without a sign-in. The result's address contains these names. */
type CallbackEnding = CallbackReason | 'denied'
type Broken = 'unreachable' | 'not-set-up' | 'broken'
type AccountEnding = 'not-signed-in' | 'signed-out' | 'disconnected' | 'disconnected-here'

const CALLBACK: Readonly<Record<CallbackEnding, Ending>> = {
  denied: {
    status: STATUS.ok,
    title: 'You did not sign in',
    text: 'You said no at X, or went back. Nothing was done, and nothing is stored.',
  },
  missing: {
    status: STATUS.refused,
    title: 'The address is incomplete',
    text: 'X adds data to this address, and the data is missing. Nothing was done.',
  },
  unknown: {
    status: STATUS.refused,
    title: 'Unknown sign-in',
    text: 'This sign-in did not start here, or it ended a while ago. Nothing was done.',
  },
  expired: {
    status: STATUS.refused,
    title: 'This sign-in took too long',
    text: 'A sign-in has to be finished soon after it starts. Nothing was done.',
  },
  used: {
    status: STATUS.refused,
    title: 'This sign-in was already used',
    text: 'A sign-in works only once. If somebody else used this one, check the connected apps in your settings at X.',
    atX: { url: 'https://x.com/settings/connected_apps', text: 'Connected apps at X' },
  },
  'wrong-browser': {
    status: STATUS.forbidden,
    title: 'This sign-in started in another browser',
    text: 'Finish it there, or start again here. If you did start here, allow cookies for this site.',
  },
  'not-granted': {
    status: STATUS.forbidden,
    title: 'X did not let you sign in',
    text: 'X did not confirm the sign-in. It may have taken too long. Nothing is stored.',
  },
  revoked: {
    status: STATUS.forbidden,
    title: 'Access was withdrawn',
    text: 'X says that you withdrew access while you were signing in. Nothing is stored.',
  },
}

const OTHERS: Readonly<Record<Exclude<EndingName, CallbackEnding>, Ending>> = {
  'too-many': {
    status: STATUS.tooMany,
    title: 'Too many sign-ins',
    text: 'Too many sign-ins have started from your network. Try again in an hour.',
  },
  'tracked-too-large': {
    status: STATUS.refused,
    title: 'The link contains too much data',
    text: 'The link that brought you here contains more data than this site stores. Nothing was done.',
  },
  'return-not-allowed': {
    status: STATUS.refused,
    title: 'The return address is not allowed',
    text: 'The link that brought you here names a return address that is not on the list. Nothing was done.',
  },
  foreign: {
    status: STATUS.forbidden,
    title: 'This form is not ours',
    text: 'It did not come from a page of this site, so nothing was done.',
  },
  'no-token': {
    status: STATUS.forbidden,
    title: 'This form is not for your browser',
    text: 'It was made for another browser, or your browser blocks cookies: allow them for this site. Nothing was done.',
  },
  'not-a-form': { status: STATUS.notAForm, title: 'This is not a form', text: 'Use the form on the sign-in page.' },
  'too-large': { status: STATUS.tooLarge, title: 'The form is too large', text: 'It was not read. Nothing was done.' },
  unclear: {
    status: STATUS.refused,
    title: 'The form is ambiguous',
    text: 'A field appears twice or has no name, so nothing was done.',
  },
  'no-navigation': {
    status: STATUS.forbidden,
    title: 'Open this page yourself',
    text: 'Your browser or another page requested it without your click, so nothing was done.',
  },
  unreachable: {
    status: STATUS.unreachable,
    title: 'X cannot be reached',
    text: 'X, or a service that the sign-in needs, did not answer. Wait a minute and start again.',
  },
  'not-set-up': {
    status: STATUS.notSetUp,
    title: 'Nobody can sign in right now',
    text: 'The app is not set up for sign-in at X. The operator has been told.',
  },
  broken: { status: STATUS.broken, title: 'Something broke', text: 'This is our fault. Wait a minute and try again.' },
  'not-found': { status: STATUS.notFound, title: 'Page not found', text: 'There is no page at this address.' },
  'wrong-method': { status: STATUS.methodNotAllowed, title: 'This does not work', text: 'Use the sign-in page.' },
  'not-signed-in': {
    status: STATUS.ok,
    title: 'You are not signed in',
    text: 'Nobody is signed in with this browser, or the sign-in has ended.',
  },
  'signed-out': {
    status: STATUS.ok,
    title: 'You are signed out',
    text: 'This browser has forgotten you. Your account is still connected: sign in again to disconnect it.',
  },
  disconnected: {
    status: STATUS.ok,
    title: 'You are disconnected',
    text: 'Your account is deleted here, and its keys no longer work at X.',
  },
  'disconnected-here': {
    status: STATUS.ok,
    title: 'You are disconnected here',
    text: 'Your account is deleted here, but X could not be told. Remove the app in your settings at X as well.',
    atX: { url: 'https://x.com/settings/connected_apps', text: 'Connected apps at X' },
  },
}

export const endingOf = (name: EndingName): Ending => ({ ...OTHERS, ...CALLBACK })[name]

const FAILURES: readonly string[] = ['unreachable', 'not-set-up'] satisfies readonly EndingName[]

/** Whether the result's address names a reason why a callback signed nobody in. */
export const isReason = (name: string | undefined): name is EndingName =>
  name !== undefined && (Object.hasOwn(CALLBACK, name) || FAILURES.includes(name))
