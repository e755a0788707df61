import type { StatusView } from './view.js'

type Sample = readonly [labels: Readonly<Record<string, string>>, value: number]
type Metric = readonly [name: string, type: 'counter' | 'gauge', help: string, samples: readonly Sample[]]

/** Of the text format of Prometheus: https://prometheus.io/docs/instrumenting/exposition_formats/ */
export const METRICS_TYPE = 'text/plain; version=0.0.4; charset=utf-8'

/** Everything that is counted or measured, in the text format of Prometheus. Money is in dollars, times are seconds. */
export function metricsOf(view: StatusView): string {
  const { at, money, queues, killSwitch, outcomes } = view
  const shares = Object.entries(money)
  const waits = Object.entries(killSwitch.waits).filter(([, until]) => until > at)
  const metrics: readonly Metric[] = [
    [
      'hexbird_outcomes_total',
      'counter',
      'Events and jobs handled since the start, by what became of them.',
      Object.entries(outcomes).map(([outcome, count]) => [{ outcome }, count]),
    ],
    [
      'hexbird_budget_spent_dollars',
      'gauge',
      "Today's money that is spent or reserved. The share of sweeps is part of the day.",
      shares.map(([share, { spent }]) => [{ share }, dollars(spent)]),
    ],
    [
      'hexbird_budget_left_dollars',
      'gauge',
      "What is left of today's money.",
      shares.map(([share, { spent, limit }]) => [{ share }, dollars(Math.max(0, limit - spent))]),
    ],
    [
      'hexbird_queue_items',
      'gauge',
      'Items that are ready, wait or are being handled.',
      queues.map(({ name, size }) => [{ queue: name }, size]),
    ],
    [
      'hexbird_dead_letters',
      'gauge',
      'Items that were given up.',
      queues.map(({ name, deadLetterCount }) => [{ queue: name }, deadLetterCount]),
    ],
    [
      'hexbird_stopped',
      'gauge',
      'Whether posting is stopped until a person resumes it.',
      [[{}, killSwitch.stopped ? 1 : 0]],
    ],
    [
      'hexbird_x_wait_seconds',
      'gauge',
      'How long X wants not to be asked this. A call that may be made is left out.',
      waits.map(([call, until]) => [{ call }, (until - at) / 1000]),
    ],
  ]
  return metrics.map(textOf).join('')
}

function textOf([name, type, help, samples]: Metric): string {
  const lines = samples.map(([labels, value]) => `${name}${labelsOf(labels)} ${value}\n`)
  return `# HELP ${name} ${escaped(help)}\n# TYPE ${name} ${type}\n${lines.join('')}`
}

function labelsOf(labels: Sample[0]): string {
  const pairs = Object.entries(labels).map(([name, value]) => `${name}="${escaped(value).replaceAll('"', '\\"')}"`)
  return pairs.length === 0 ? '' : `{${pairs.join(',')}}`
}

const escaped = (text: string) => text.replaceAll('\\', '\\\\').replaceAll('\n', '\\n')
const dollars = (micro: number) => micro / 1_000_000
