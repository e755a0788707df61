import { setTimeout as after } from 'node:timers/promises'
import { type CatchUpOptions, type CaughtUp, catchUp } from '@hexbird/core/host'
import type { Log } from './log.js'

/** The longest wait between two tries, milliseconds. While posting is stopped, only the store is asked. */
const LONGEST = { asking: 5 * 60_000, stopped: 2_000 }

const WAITING = "The bot answers nothing until X has listed the bot's latest posts. Trying again."
const STOPPED = 'The bot has started, but posting is stopped, so it answers nothing and lists no mentions.'

/**
 * Tells the store of replies that it has lost, before anything is answered. Waits for X where it does not answer.
 *
 * Gives `false` where `stopping` came first.
 */
export async function caughtUp(
  ports: Parameters<typeof catchUp>[0],
  options: CatchUpOptions,
  log: Log,
  stopping: AbortSignal,
  remedyOf: (reason: string) => string,
): Promise<boolean> {
  let told: string | undefined
  while (!stopping.aborted) {
    const result = await catchUp(ports, options)
    if (result.kind === 'caught-up') {
      tell(result, log)
      return true
    }
    const { reason, detail, until } = result
    if (reason !== told) {
      const message = `${reason === 'stopped' ? STOPPED : WAITING} ${remedyOf(reason)}`.trimEnd()
      log({ level: 'warn', message, fields: { reason, detail } })
    }
    told = reason
    const longest = reason === 'stopped' ? LONGEST.stopped : LONGEST.asking
    const wait = Math.min(Math.max(until - ports.now(), 1_000), longest)
    await after(wait, undefined, { signal: stopping }).catch(() => {})
  }
  return false
}

function tell({ lost, gapBefore }: Extract<CaughtUp, { kind: 'caught-up' }>, log: Log): void {
  if (lost > 0) {
    const message =
      "The store had lost replies, and they are now restored. Today's budget counts as spent. To change that: hexbird billed --help"
    log({ level: 'warn', message, fields: { replies: lost } })
  }
  if (gapBefore !== undefined) {
    const message = 'Older tweets that are not in the store stay unanswered: they may already have a reply.'
    log({ level: 'warn', message, fields: { before: new Date(gapBefore).toISOString() } })
  }
}
