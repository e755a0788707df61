import { Duration } from 'aws-cdk-lib'
import { Dashboard, GraphWidget, type IMetric, PeriodOverride, Stats } from 'aws-cdk-lib/aws-cloudwatch'
import type { Construct } from 'constructs'
import { named, type Stage } from '../deployment/stages.js'
import { countersOf, ownMetric, type Watched } from './alarms.js'
import type { Deployed } from './functions.js'

const PERIOD = Duration.minutes(5)

/** Creates one page that shows how the stage is doing: events, replies, queues, failures and cost. */
export function createDashboard(scope: Construct, stage: Stage, { functions, queues, api }: Watched): Dashboard {
  const counted = countersOf(stage, functions)
  const count = (name: Parameters<typeof counted>[0]) => counted(name, PERIOD)
  const each = (metric: (name: string, lambda: Deployed['lambda']) => IMetric) =>
    Object.entries(functions).map(([name, { lambda }]) => metric(name, lambda))
  const waiting = [queues.events, ...(queues.jobs ? [queues.jobs] : [])]
  const answer = ['tweets', ...(functions.images ? (['images'] as const) : [])] as const
  const dashboard = new Dashboard(scope, 'Dashboard', {
    dashboardName: named(stage, 'bot'),
    periodOverride: PeriodOverride.AUTO,
    defaultInterval: Duration.days(1),
  })
  dashboard.addWidgets(
    graph('Events and replies', [count('Received'), count('Replied'), count('Failed')]),
    graph(
      'From tweet to reply (ms)',
      ['p50', 'p95'].flatMap((statistic) => answer.map((by) => latency(by, statistic))),
    ),
  )
  dashboard.addWidgets(
    graph('Needs attention', [
      count('Unsure'),
      count('OverBudget'),
      count('SweepRefused'),
      count('SetAside'),
      count('BreakerOpen'),
    ]),
    graph('Spent (micro-dollars)', [...answer, 'sweep' as const].map(spent)),
  )
  dashboard.addWidgets(
    graph(
      'Messages in queues',
      [...waiting.map(({ queue }) => queue), ...waiting.map(({ dead }) => dead)].map((queue) =>
        queue.metricApproximateNumberOfMessagesVisible({ period: PERIOD }),
      ),
    ),
    ...(functions['sign-in'] ? [graph('Sign-ins', [count('SignedIn'), count('SignInFailed')])] : []),
  )
  dashboard.addWidgets(
    graph(
      'Function errors',
      each((name, lambda) => lambda.metricErrors({ period: PERIOD, label: name })),
    ),
    graph(
      'Function duration (p95)',
      each((name, lambda) => lambda.metricDuration({ period: PERIOD, statistic: 'p95', label: name })),
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
