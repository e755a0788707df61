/**
 * People sign in with X: a session is started, the callback completes it, and a login can be ended. `createSignIn`
 * joins these with ports; `@hexbird/http` has the pages.
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
