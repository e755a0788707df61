import { randomUUID } from 'node:crypto'
import type { AccessTokenResult, NewId, SignIn } from '@hexbird/core/adapter'

/** Options of a `MemorySignIn`. */
export interface MemorySignInOptions {
  /** The callback URLs on the app's allow-list. */
  readonly callbacks: readonly string[]
  /** Creates tokens, secrets and verifiers. */
  readonly newId?: NewId
}

/** The callback is not on the app's allow-list (X's code 415). */
export class CallbackNotAllowedError extends Error {
  override readonly name = 'CallbackNotAllowedError'
  readonly code = 'CALLBACK_NOT_ALLOWED'
}

interface Person {
  readonly uid: string
  readonly username: string
}

interface Request {
  readonly secret: string
  readonly approval?: { readonly verifier: string; readonly person: Person }
}

/** Sign in with an X in memory. */
export class MemorySignIn implements SignIn {
  readonly #callbacks: ReadonlySet<string>
  readonly #newId: NewId
  readonly #requests = new Map<string, Request>()

  constructor({ callbacks, newId = randomUUID }: MemorySignInOptions) {
    this.#callbacks = new Set(callbacks)
    this.#newId = newId
  }

  async requestToken({ callback }: { readonly callback: string; readonly accessType?: 'read' | 'write' }) {
    if (!this.#callbacks.has(callback))
      throw new CallbackNotAllowedError(`${callback} is not on the allow-list: add it, letter for letter`)
    const [token, secret] = [this.#newId(), this.#newId()]
    this.#requests.set(token, { secret })
    return { token, secret, callbackConfirmed: true }
  }

  async page(requestToken: string, { prompt }: { readonly prompt: boolean }): Promise<string> {
    const page = prompt ? 'authorize' : 'authenticate'
    return `https://api.x.com/oauth/${page}?oauth_token=${encodeURIComponent(requestToken)}`
  }

  async accessToken({
    token,
    secret,
    verifier,
  }: {
    readonly token: string
    readonly secret: string
    readonly verifier: string
  }): Promise<AccessTokenResult> {
    const request = this.#requests.get(token)
    if (request?.approval === undefined || request.secret !== secret || request.approval.verifier !== verifier)
      return { kind: 'refused', detail: 'the request token or its verifier is not known' }
    this.#requests.delete(token)
    return { kind: 'granted', ...request.approval.person, accessToken: this.#newId(), accessSecret: this.#newId() }
  }

  /**
   * Approves the request token's access, as the person. Returns the verifier that X sends to the callback, or
   * `undefined` if the token isn't waiting for approval.
   */
  approve(token: string, { uid, username }: Person): string | undefined {
    const request = this.#requests.get(token)
    if (request === undefined) return undefined
    const verifier = this.#newId()
    this.#requests.set(token, { ...request, approval: { verifier, person: { uid, username } } })
    return verifier
  }
}
