import { Duration } from 'aws-cdk-lib'
import { Dashboard, GraphWidget, type IMetric, PeriodOverride, Stats } from 'aws-cdk-lib/aws-cloudwatch'
import type { Construct } from 'constructs'
import { counted, ownMetric, type Watched } from './alarms.js'
import { named } from './names.js'
import type { Stage } from './stages.js'

const PERIOD = Duration.minutes(5)

/** One page that says how the stage does: what came in, what was answered, what waits, what failed, what it costs. */
export function createDashboard(scope: Construct, stage: Stage, { functions, queues, api }: Watched): Dashboard {
  const count = (name: Parameters<typeof counted>[1]) => counted(stage, name, PERIOD)
  const each = (metric: (name: keyof typeof functions) => IMetric) =>
    (Object.keys(functions) as (keyof typeof functions)[]).map(metric)
  const dashboard = new Dashboard(scope, 'Dashboard', {
    dashboardName: named(stage, 'bot'),
    periodOverride: PeriodOverride.AUTO,
    defaultInterval: Duration.days(1),
  })
  dashboard.addWidgets(
    graph('Events and replies', [count('Received'), count('Replied'), count('Failed')]),
    graph('From tweet to reply (ms)', [
      latency('tweets', 'p50'),
      latency('images', 'p50'),
      latency('tweets', 'p95'),
      latency('images', 'p95'),
    ]),
  )
  dashboard.addWidgets(
    graph('To look at', [
      count('Unsure'),
      count('OverBudget'),
      count('SweepRefused'),
      count('SetAside'),
      count('BreakerOpen'),
    ]),
    graph('Spent (micro-dollars)', [spent('tweets'), spent('images'), spent('sweep')]),
  )
  dashboard.addWidgets(
    graph('Waiting', [
      queues.events.queue.metricApproximateNumberOfMessagesVisible({ period: PERIOD }),
      queues.jobs.queue.metricApproximateNumberOfMessagesVisible({ period: PERIOD }),
      queues.events.dead.metricApproximateNumberOfMessagesVisible({ period: PERIOD }),
      queues.jobs.dead.metricApproximateNumberOfMessagesVisible({ period: PERIOD }),
    ]),
    graph('Sign-ins', [count('SignedIn'), count('SignInFailed')]),
  )
  dashboard.addWidgets(
    graph(
      'Errors of functions',
      each((name) => functions[name].lambda.metricErrors({ period: PERIOD, label: name })),
    ),
    graph(
      'Duration of functions (p95)',
      each((name) => functions[name].lambda.metricDuration({ period: PERIOD, statistic: 'p95', label: name })),
    ),
  )
  dashboard.addWidgets(
    graph('API', [
      api.metricCount({ period: PERIOD, statistic: Stats.SUM }),
      api.metricClientError({ period: PERIOD, statistic: Stats.SUM }),
      api.metricServerError({ period: PERIOD, statistic: Stats.SUM }),
    ]),
    graph('Webhook valid at X', [
      ownMetric(stage, 'sweep', 'WebhookValid', { statistic: Stats.MINIMUM, period: Duration.minutes(15) }),
    ]),
  )
  return dashboard

  function latency(by: 'tweets' | 'images', statistic: string) {
    return ownMetric(stage, by, 'Latency', { statistic, period: PERIOD }).with({ label: `${by} ${statistic}` })
  }

  function spent(by: 'tweets' | 'images' | 'sweep') {
    return ownMetric(stage, by, 'Spend', { statistic: Stats.SUM, period: PERIOD }).with({ label: by })
  }
}

const graph = (title: string, left: IMetric[]): GraphWidget => new GraphWidget({ title, left, width: 12, height: 6 })
