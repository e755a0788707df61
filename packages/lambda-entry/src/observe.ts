import { Logger } from '@aws-lambda-powertools/logger'
import { Metrics, MetricUnit } from '@aws-lambda-powertools/metrics'
import type { Budget, Charge } from '@hexbird/core/adapter'
import type { Context } from 'aws-lambda'
import type { FunctionName } from './functions.js'

/** What is counted, in the namespace `hexbird`, by stage. The alarms and the dashboard are made of these. */
export type Count =
  /** Events of use that a delivery brought. */
  | 'Received'
  /** Deliveries and challenges that were refused. */
  | 'Refused'
  /** Signed by X, and not understood. */
  | 'Unreadable'
  | 'Ignored'
  | 'Replied'
  /** Deferred until later. */
  | 'PutOff'
  /** Messages that failed and come again. */
  | 'Failed'
  /** A reply that may have been posted twice and was not found: somebody should look. */
  | 'Unsure'
  /** A tweet was not answered for want of money. */
  | 'OverBudget'
  /** 1 where all posting is stopped until a person has looked. */
  | 'BreakerOpen'
  /** 1 while X takes the webhook for valid, else 0. */
  | 'WebhookValid'
  /** Mentions that the sweep found. */
  | 'Swept'
  /** A sweep did not come about for want of money or rights: what X did not deliver goes unanswered. */
  | 'SweepRefused'
  /** An event that the queue can never take. It goes unhandled. */
  | 'SetAside'
  | 'SignedIn'
  | 'SignInFailed'

/** Logs and counts. Nothing that it is given is secret: whoever calls it sees to that. */
export interface Observer {
  /** One line of JSON, with the ids of request, function and stage. */
  info(message: string, details?: Readonly<Record<string, unknown>>): void
  warn(message: string, details?: Readonly<Record<string, unknown>>): void
  error(message: string, error: unknown, details?: Readonly<Record<string, unknown>>): void
  count(name: Count, amount?: number, dimensions?: Readonly<Record<string, string>>): void
  /** Milliseconds from the tweet to its reply. */
  latency(milliseconds: number): void
  /** Micro-dollars. */
  spent(amount: number): void
}

/** The observer of a function, and what frames each of its invocations. */
export interface Observing extends Observer {
  begin(context: Context): void
  /** Writes what was counted. */
  end(): void
}

/** Structured logs and metrics in embedded metric format, both as lines that Lambda takes up: warnings and errors on standard error. */
export function observing(name: FunctionName, stage: string): Observing {
  const logger = new Logger({ serviceName: 'hexbird', persistentKeys: { stage, function: name } })
  const metrics = new Metrics({ namespace: 'hexbird', serviceName: name, defaultDimensions: { stage } })
  let counted = false
  return {
    begin: (context) => logger.addContext(context),
    end() {
      // Of nothing that was counted the library would warn.
      if (counted) metrics.publishStoredMetrics()
      counted = false
    },
    info: (message, details = {}) => logger.info(message, details),
    warn: (message, details = {}) => logger.warn(message, details),
    error: (message, error, details = {}) => logger.error(message, { ...details, error: asError(error) }),
    count(name, amount = 1, dimensions = {}) {
      if (Object.keys(dimensions).length === 0) {
        add(name, MetricUnit.Count, amount)
        return
      }
      const single = metrics.singleMetric()
      for (const [dimension, value] of Object.entries(dimensions)) single.addDimension(dimension, value)
      single.addMetric(name, MetricUnit.Count, amount)
    },
    latency: (milliseconds) => add('Latency', MetricUnit.Milliseconds, milliseconds),
    spent: (amount) => add('Spend', MetricUnit.NoUnit, amount),
  }

  function add(name: string, unit: (typeof MetricUnit)[keyof typeof MetricUnit], amount: number): void {
    metrics.addMetric(name, unit, amount)
    counted = true
  }
}

/** The most reservations that are remembered: those that end in another function are never settled here. */
const MOST_HELD = 1000

/**
 * A budget that tells of money as it is spent: a call's when it is settled, what counts each time when it is granted.
 * Reservations are no money yet, and every charge of money is in the window of the day too.
 */
export function observedBudget(budget: Budget, observer: Pick<Observer, 'spent'>): Budget {
  const held = new Map<string, number>()
  return {
    async reserve(charges, now) {
      const reserved = await budget.reserve(charges, now)
      if (reserved.kind === 'granted') for (const charge of charges.filter(isMoney)) hold(charge)
      return reserved
    },
    async settle(charges, now) {
      await budget.settle(charges, now)
      for (const charge of charges.filter(isMoney)) tell(spentOf(charge))
    },
    removeAll: () => budget.removeAll(),
  }

  function hold(charge: Charge): void {
    if (charge.call === undefined) {
      tell(charge.amount)
      return
    }
    held.set(keyOf(charge), Math.max(charge.amount, held.get(keyOf(charge)) ?? 0))
    const [oldest] = held.keys()
    if (held.size > MOST_HELD && oldest !== undefined) held.delete(oldest)
  }

  /** A call is never settled for more than was reserved for it, whatever its amount says. */
  function spentOf(charge: Charge): number {
    if (charge.call === undefined) return -charge.amount
    const reserved = held.get(keyOf(charge))
    held.delete(keyOf(charge))
    if (reserved === undefined) return charge.amount < charge.limit ? charge.amount : 0
    return Math.min(charge.amount, reserved)
  }

  function tell(amount: number): void {
    if (amount !== 0) observer.spent(amount)
  }
}

const isMoney = ({ kind }: Charge): boolean => kind === 'day'

const keyOf = ({ window, call }: Charge): string => `${window} ${call}`

const asError = (thrown: unknown): Error => (thrown instanceof Error ? thrown : new Error(String(thrown)))
