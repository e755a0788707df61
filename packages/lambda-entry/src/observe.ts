import { Logger } from '@aws-lambda-powertools/logger'
import { Metrics, MetricUnit } from '@aws-lambda-powertools/metrics'
import type { Budget, Charge } from '@hexbird/core'
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
  /** Put off until later. */
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

/** A budget that tells what it grants and what it takes back. */
export function observedBudget(budget: Budget, observer: Pick<Observer, 'spent'>): Budget {
  return {
    allows: (charges, now) => budget.allows(charges, now),
    async spend(charges, now) {
      const spent = await budget.spend(charges, now)
      if (spent.kind === 'granted' && moneyIn(charges) > 0) observer.spent(moneyIn(charges))
      return spent
    },
    async refund(charges, now) {
      await budget.refund(charges, now)
      observer.spent(-moneyIn(charges))
    },
    removeAll: () => budget.removeAll(),
  }
}

/** Every charge of money is in the window of the day too. */
const moneyIn = (charges: readonly Charge[]): number =>
  charges.reduce((sum, { window, amount }) => (window.startsWith('day:') ? sum + amount : sum), 0)

const asError = (thrown: unknown): Error => (thrown instanceof Error ? thrown : new Error(String(thrown)))
