import type { UserActionResult, UserActions, UserTokens } from '@hexbird/core/adapter'

/** A direct message from one account to another. */
export interface DirectMessage {
  readonly from: string
  readonly to: string
  readonly text: string
}

/** What people on an X in memory do through the app. Everybody is there and has signed in, unless they withdrew it. */
export class MemoryUserActions implements UserActions {
  readonly #followers = new Map<string, Set<string>>()
  readonly #messages: DirectMessage[] = []
  readonly #protected = new Set<string>()
  readonly #closed = new Set<string>()
  readonly #revoked = new Set<string>()
  /** Access tokens. They work no more, so nothing is given away with them. */
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

  /** The ids of those who follow the account. */
  followersOf(uid: string): readonly string[] {
    return [...(this.#followers.get(uid) ?? [])]
  }

  /** The direct messages that the account has received, oldest first. */
  messagesTo(uid: string): readonly DirectMessage[] {
    return this.#messages.filter(({ to }) => to === uid)
  }

  /** The account has to agree before somebody follows it. */
  protect(uid: string): void {
    this.#protected.add(uid)
  }

  /** The account takes no direct messages from others. */
  closeMessages(uid: string): void {
    this.#closed.add(uid)
  }

  /** The app is self-serve: nobody follows through it any more. */
  forbidFollowing(): void {
    this.#following = false
  }

  /** The person withdraws the app's access. */
  revoke(uid: string): void {
    this.#revoked.add(uid)
  }

  /** The next call meets a rate limit that ends at `until`, epoch milliseconds. */
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
