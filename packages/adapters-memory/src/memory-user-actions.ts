import type { UserActionResult, UserActions, UserTokens } from '@hexbird/core/adapter'

/** A direct message from one account to another. */
export interface DirectMessage {
  readonly from: string
  readonly to: string
  readonly text: string
}

/** Acts for people on an X in memory. All accounts exist and have signed in, unless they withdrew access. */
export class MemoryUserActions implements UserActions {
  readonly #followers = new Map<string, Set<string>>()
  readonly #messages: DirectMessage[] = []
  readonly #protected = new Set<string>()
  readonly #closed = new Set<string>()
  readonly #revoked = new Set<string>()
  /** Revoked access tokens. They no longer work, so storing them is harmless. */
  readonly #invalid = new Set<string>()
  #following = true
  #limitedUntil: number | undefined

  async follow(as: UserTokens, targetUid: string): Promise<UserActionResult> {
    const { uid } = as
    const hindered = this.#hindrance(as)
    if (hindered) return hindered
    if (!this.#following) return { kind: 'refused', detail: 'this app may not follow' }
    if (this.#protected.has(targetUid)) return { kind: 'pending' }
    this.#followers.set(targetUid, new Set(this.#followers.get(targetUid)).add(uid))
    return { kind: 'done' }
  }

  async message(as: UserTokens, recipientUid: string, text: string): Promise<UserActionResult> {
    const { uid } = as
    const hindered = this.#hindrance(as)
    if (hindered) return hindered
    if (this.#closed.has(recipientUid) && recipientUid !== uid)
      return { kind: 'refused', detail: 'the recipient takes no messages' }
    this.#messages.push({ from: uid, to: recipientUid, text })
    return { kind: 'done' }
  }

  async invalidate(as: UserTokens): Promise<UserActionResult> {
    const hindered = this.#hindrance(as)
    if (hindered) return hindered
    this.#invalid.add(as.accessToken)
    return { kind: 'done' }
  }

  /** The ids of the account's followers. */
  followersOf(uid: string): readonly string[] {
    return [...(this.#followers.get(uid) ?? [])]
  }

  /** The direct messages that the account has received, oldest first. */
  messagesTo(uid: string): readonly DirectMessage[] {
    return this.#messages.filter(({ to }) => to === uid)
  }

  /** Makes the account protected: it has to approve its followers. */
  protect(uid: string): void {
    this.#protected.add(uid)
  }

  /** Makes the account refuse direct messages from others. */
  closeMessages(uid: string): void {
    this.#closed.add(uid)
  }

  /** Makes the app a self-serve app, through which nobody can follow. */
  forbidFollowing(): void {
    this.#following = false
  }

  /** Withdraws the app's access, as the person. */
  revoke(uid: string): void {
    this.#revoked.add(uid)
  }

  /** Makes the next call meet a rate limit that ends at `until`, in epoch milliseconds. */
  limitNext(until: number): void {
    this.#limitedUntil = until
  }

  #hindrance({ uid, accessToken }: UserTokens): UserActionResult | undefined {
    const until = this.#limitedUntil
    this.#limitedUntil = undefined
    if (until !== undefined) return { kind: 'deferred', until, detail: 'rate limit exceeded' }
    if (this.#revoked.has(uid)) return { kind: 'revoked', detail: "the person withdrew the app's access" }
    if (this.#invalid.has(accessToken)) return { kind: 'revoked', detail: 'the tokens were made invalid' }
    return undefined
  }
}
