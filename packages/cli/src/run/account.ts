import { setTimeout as after } from 'node:timers/promises'
import { XApp } from '@hexbird/adapters-x'
import type { BotAccount } from '@hexbird/core'
import type { Budget } from '@hexbird/core/adapter'
import { type Bounds, sweepCharges } from '@hexbird/core/host'
import { defined } from '@hexbird/core/util'
import { foreign } from '../foreign.js'
import { UsageError } from '../usage-error.js'
import type { Log } from './log.js'
import type { Plan } from './plan.js'
import { remedyFor } from './remedy.js'

const OVER_BUDGET = "Today's budget is used up."

/** Milliseconds. */
const WAIT = { first: 5_000, longest: 5 * 60_000 }

/**
 * The account that answers, as X knows it: asked once, unless the settings have its name. Waits for X where it does not
 * answer: a bot that ended would be started anew, and ask again.
 *
 * @returns `undefined` where `stopping` came first
 * @throws UsageError where X does not take the keys, or they do not allow posting
 */
export async function accountOf(
  plan: Plan,
  { limits, platform }: Bounds,
  budget: Budget,
  log: Log,
  stopping: AbortSignal,
): Promise<BotAccount | undefined> {
  const { botId: id, username, credentials, x } = plan
  if (username !== undefined) return { id, username }
  const app = new XApp({ ...credentials, ...defined({ agent: x.agent }) })
  for (let wait = WAIT.first; !stopping.aborted; wait = Math.min(2 * wait, WAIT.longest)) {
    const detail = await ask()
    if (typeof detail !== 'string') return detail
    // Told once, and not with each try.
    if (wait === WAIT.first) {
      const message =
        x.local === undefined || detail === OVER_BUDGET
          ? 'X does not say which account these keys belong to. Trying again.'
          : `The local X at ${x.local} does not answer. Trying again. ${remedyFor('unreachable', plan)}`
      log({ level: 'warn', message, fields: { detail } })
    }
    await after(wait, undefined, { signal: stopping }).catch(() => {})
  }
  return undefined

  /** The account, or why it is not known yet. */
  async function ask(): Promise<BotAccount | string> {
    const now = Date.now()
    // Never settled: X bills it once a day, too.
    const charges = sweepCharges('me', platform.prices.ownedRead, limits, now)
    if ((await budget.reserve(charges, now)).kind === 'refused') return OVER_BUDGET
    const { account } = await app.check(credentials)
    if (account.kind === 'unreachable') return account.detail
    if (account.kind === 'refused') {
      if (x.local !== undefined && account.reason === 'unauthorized') {
        throw new UsageError(`The local X does not accept these keys. ${remedyFor('unauthorized', plan)}`)
      }
      throw new UsageError(
        `X does not accept these keys: ${foreign(account.detail).replace(/[^.?!]$/, '$&.')} Run \`hexbird doctor\` to find out which ones, or \`hexbird setup\` to enter them again.`,
      )
    }
    if (account.access === 'read') {
      throw new UsageError(
        'These keys are read-only. Set the app to "Read and write" at X, then generate a new access token and secret.',
      )
    }
    return { id: account.id, username: account.username }
  }
}
