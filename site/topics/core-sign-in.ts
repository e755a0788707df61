/**
 * Add Sign in with X: start a session, complete it at the callback, disconnect a person, and delete people's data.
 * `createSignIn` joins these with your ports; `@hexbird/http` has the pages.
 *
 * @module
 */

export type {
  ActionMode,
  ActionOutcome,
  Callback,
  Completed,
  Disconnected,
  Login,
  SignInBot,
  SignInOptions,
  SignInPorts,
  Started,
  StartRequest,
} from '../../packages/core/src/host/index.js'
export { createSignIn, forget, purge } from '../../packages/core/src/host/index.js'
