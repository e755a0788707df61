import type { LocalWebhook } from '../state/webhooks.js'
import { toJson } from '../util/json.js'
import type { World } from '../world.js'
import { isId, type Parsed } from './body.js'
import { invalid, invalidBecause, type Problem } from './problems.js'

/*
 * docs.x.com/x-api/account-activity/quickstart, "Replay"; the path, the body and that both dates are inclusive by X's
 * description 2.167. The bounds of the former path (from 31 and to 10 minutes ago at the latest) are not named there.
 */

const DAY_MS = 24 * 60 * 60 * 1000

type Window = { readonly from: number; readonly to: number }

type ReadReplay =
  | ({ readonly kind: 'read'; readonly webhookId: string } & Window)
  | { readonly kind: 'refused'; readonly problem: Problem }

export function readReplay({ webhook_id: webhookId, from_date, to_date }: Parsed, now: number): ReadReplay {
  const refused = (problem: Problem): ReadReplay => ({ kind: 'refused', problem })
  if (!isId(webhookId)) return refused(invalid('$.webhook_id: does not match the regex pattern ^[0-9]{1,19}$'))
  const [from, lastMinute] = [minuteOf(from_date), minuteOf(to_date)]
  const wrong = (message: string) => refused(invalidBecause('QueryParamInvalid', message))
  if (from === undefined || lastMinute === undefined) return wrong('from_date and to_date are UTC: yyyymmddhhmm.')
  if (from > lastMinute) return wrong('from_date is more recent than to_date.')
  if (from > now || lastMinute > now) return wrong('from_date and to_date may not be in the future.')
  // The minute counts that ended less than 24 hours ago.
  if (from + 60_000 <= now - DAY_MS) return wrong('from_date is older than 24 hours from the current time.')
  return { kind: 'read', webhookId, from, to: lastMinute + 60_000 }
}

function minuteOf(date: unknown): number | undefined {
  const digits = typeof date === 'string' ? /^(\d{4})(\d\d)(\d\d)(\d\d)(\d\d)$/.exec(date) : null
  if (digits === null) return undefined
  const [, year, month, day, hour, minute] = digits
  const time = Date.parse(`${year}-${month}-${day}T${hour}:${minute}:00.000Z`)
  return Number.isNaN(time) ? undefined : time
}

/** Delivers once more what there was to tell, one job for a webhook at a time. */
export function createReplays({ webhooks, deliveries }: World) {
  const running = new Set<string>()

  return {
    /** False if a job runs already. */
    begin(webhookId: string): boolean {
      if (running.has(webhookId)) return false
      running.add(webhookId)
      return true
    },

    end: (webhookId: string): void => void running.delete(webhookId),

    async run(webhook: LocalWebhook, jobId: string, { from, to }: Window): Promise<void> {
      const events = webhooks.eventsOf(webhook.id, from, to)
      const delivered = await Promise.all(events.map(({ body }) => deliveries.enqueue(webhook, body)))
      const complete = delivered.every(({ status = 0 }) => status >= 200 && status < 300)
      running.delete(webhook.id)
      const [state, description] = complete
        ? ['Complete', 'Job completed successfully']
        : ['Incomplete', 'Job failed to deliver all events, please retry your replay job']
      const body = {
        replay_job_status: {
          webhook_id: webhook.id,
          job_state: state,
          job_state_description: description,
          job_id: jobId,
        },
      }
      await deliveries.enqueue(webhook, Buffer.from(toJson(body)))
    },
  }
}
