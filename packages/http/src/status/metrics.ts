import type { StatusView } from './view.js'

type Sample = readonly [labels: Readonly<Record<string, string>>, value: number]
type Metric = readonly [name: string, type: 'counter' | 'gauge', help: string, samples: readonly Sample[]]

/** The content type of the Prometheus text format: https://prometheus.io/docs/instrumenting/exposition_formats/ */
export const METRICS_TYPE = 'text/plain; version=0.0.4; charset=utf-8'

/** Formats all metrics in the Prometheus text format. Money is in dollars, times are in seconds. */
export function metricsOf(view: StatusView): string {
  const { at, money, queues, killSwitch, outcomes } = view
  const shares = Object.entries(money)
  const left = money.day.limit - money.day.spent
  const waits = Object.entries(killSwitch.waits).filter(([, until]) => until > at)
  const metrics: readonly Metric[] = [
    [
      'hexbird_outcomes_total',
      'counter',
      'Events and jobs handled since the start, by outcome.',
      Object.entries(outcomes).map(([outcome, count]) => [{ outcome }, count]),
    ],
    [
      'hexbird_budget_spent_dollars',
      'gauge',
      'Money spent or reserved today. The day includes the share of the sweeps.',
      shares.map(([share, { spent }]) => [{ share }, dollars(spent)]),
    ],
    [
      'hexbird_budget_left_dollars',
      'gauge',
      'Money left today. Sweeps have at most what is left of the day.',
      shares.map(([share, { spent, limit }]) => [{ share }, dollars(Math.max(0, Math.min(limit - spent, left)))]),
    ],
    [
      'hexbird_queue_items',
      'gauge',
      'Items that are ready, waiting or in progress.',
      queues.map(({ name, size }) => [{ queue: name }, size]),
    ],
    [
      'hexbird_dead_letters',
      'gauge',
      'Items that the bot gave up on.',
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
      'Seconds until X accepts this kind of call again. Only kinds that X rejects now are listed.',
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
