import { WEBHOOK_PATH } from '@hexbird/http'
import { Duration, Stack } from 'aws-cdk-lib'
import type { HttpApi } from 'aws-cdk-lib/aws-apigatewayv2'
import {
  Alarm,
  ComparisonOperator,
  type IMetric,
  MathExpression,
  Metric,
  Stats,
  TreatMissingData,
} from 'aws-cdk-lib/aws-cloudwatch'
import { SnsAction } from 'aws-cdk-lib/aws-cloudwatch-actions'
import { PolicyStatement, ServicePrincipal } from 'aws-cdk-lib/aws-iam'
import { FilterPattern, type LogGroup, MetricFilter } from 'aws-cdk-lib/aws-logs'
import { Topic } from 'aws-cdk-lib/aws-sns'
import { EmailSubscription } from 'aws-cdk-lib/aws-sns-subscriptions'
import type { Construct } from 'constructs'
import { named, type Stage } from '../deployment/stages.js'
import type { FunctionName } from '../functions.js'
import type { Functions } from './functions.js'
import { pascal } from './names.js'
import type { Queues } from './queues.js'

/** The parts of a stage that the alarms and the dashboard watch. */
export interface Watched {
  readonly functions: Functions
  readonly queues: Queues
  readonly api: HttpApi
  /** The API's access log: one line for each request. */
  readonly requests: LogGroup
}

const NAMESPACE = 'hexbird'
const FIVE_MINUTES = Duration.minutes(5)
const QUARTER = Duration.minutes(15)
/** Two sweeps. */
const HALF_HOUR = Duration.minutes(30)

/** An event that waits longer than this is late. Deferring an event sends a new message, so its age starts again. */
const LATE = Duration.minutes(20)

/** Creates the alarms. Their descriptions go into the email, so each one says what is wrong and what to do. */
export function createAlarms(scope: Construct, stage: Stage, { functions, queues, api, requests }: Watched): Topic {
  const topic = createTopic(scope, stage)
  const count = countersOf(stage, functions)
  const alarm = (id: string, description: string, metric: IMetric, options: AlarmOptions = {}) => {
    const created = new Alarm(scope, `${pascal(id)}Alarm`, {
      alarmName: named(stage, id),
      alarmDescription: description,
      metric,
      threshold: options.threshold ?? 1,
      evaluationPeriods: 1,
      comparisonOperator: options.below
        ? ComparisonOperator.LESS_THAN_THRESHOLD
        : ComparisonOperator.GREATER_THAN_OR_EQUAL_TO_THRESHOLD,
      treatMissingData: options.missing ?? TreatMissingData.NOT_BREACHING,
    })
    created.addAlarmAction(new SnsAction(topic))
    created.addOkAction(new SnsAction(topic))
  }

  const { events, jobs, sweepDead } = queues
  const dead = { 'events-dead': events.dead, ...(jobs && { 'jobs-dead': jobs.dead }), 'sweep-dead': sweepDead }
  for (const [id, queue] of Object.entries(dead)) {
    const messages = queue.metricApproximateNumberOfMessagesVisible({ period: FIVE_MINUTES, statistic: Stats.MAXIMUM })
    alarm(id, `Dead letters in ${named(stage, id)}: find the cause in the logs, fix it, and redrive them.`, messages)
  }
  const waiting = { 'events-late': events.queue, ...(jobs && { 'jobs-late': jobs.queue }) }
  for (const [id, queue] of Object.entries(waiting)) {
    const age = queue.metricApproximateAgeOfOldestMessage({ period: FIVE_MINUTES, statistic: Stats.MAXIMUM })
    alarm(id, 'The oldest message has waited for 20 minutes or more: its function fails or cannot keep up.', age, {
      threshold: LATE.toSeconds(),
    })
  }
  for (const [name, { lambda }] of Object.entries(functions)) {
    const errors = lambda.metricErrors({ period: FIVE_MINUTES, statistic: Stats.SUM })
    alarm(`${name}-errors`, `The function ${named(stage, name)} failed. See its log group.`, errors)
  }
  alarm(
    'webhook-throttled',
    'Lambda rejected deliveries: the webhook or the account has no concurrency left. X may not send them again.',
    functions.webhook.lambda.metricThrottles({ period: FIVE_MINUTES, statistic: Stats.SUM }),
  )
  alarm(
    'api-errors',
    'The API answered with 5xx. If that continues, X marks the webhook invalid.',
    api.metricServerError({ period: FIVE_MINUTES, statistic: Stats.SUM, dimensionsMap: { ApiId: api.apiId } }),
    { threshold: 5 },
  )
  alarm(
    'unsure',
    'A reply may have been posted, but the bot did not find it. Check on X under the tweet named in the log.',
    count('Unsure', FIVE_MINUTES),
  )
  alarm(
    'over-budget',
    'The bot skipped work because a budget is used up. It starts again in the next window.',
    count('OverBudget', Duration.hours(1)),
  )
  alarm(
    'sweep-refused',
    'The budget or X refuses the sweeps, so mentions that X did not deliver go unanswered. See the log of the sweep.',
    count('SweepRefused', HALF_HOUR),
  )
  alarm(
    'event-set-aside',
    'The queue rejected an event for good, so nobody handles it. Look at the tweet named in the log.',
    count('SetAside', FIVE_MINUTES),
  )
  alarm(
    'breaker-open',
    'Posting is stopped until a person resumes it. The admin function tells you why, and can resume it.',
    count('BreakerOpen', QUARTER),
  )
  alarm(
    'challenge-refused',
    'The webhook refused a challenge that X never sends. Someone may be probing, or X has changed its challenges.',
    refused(scope, stage, requests, 'GET'),
  )
  alarm(
    'delivery-refused',
    'Deliveries were refused: the consumer secret changed at X but not here, or someone is attacking the webhook.',
    refused(scope, stage, requests, 'POST'),
    { threshold: 20 },
  )
  if (stage.webhookStage) {
    alarm(
      'webhook-invalid',
      'X has no valid webhook for this stage, so it delivers nothing; or the sweep, which checks that, is not running.',
      ownMetric(stage, 'sweep', 'WebhookValid', { statistic: Stats.MINIMUM, period: HALF_HOUR }),
      { below: true, missing: TreatMissingData.BREACHING },
    )
  }
  return topic
}

interface AlarmOptions {
  readonly threshold?: number
  readonly below?: boolean
  readonly missing?: TreatMissingData
}

/** The metrics that the functions count, and which functions count them. */
export const COUNTED_BY = {
  Unsure: ['tweets', 'images'],
  OverBudget: ['tweets', 'images', 'sweep'],
  BreakerOpen: ['tweets', 'images', 'sweep'],
  SweepRefused: ['sweep'],
  SetAside: ['webhook', 'sweep'],
  Received: ['webhook'],
  Replied: ['tweets', 'images'],
  Failed: ['webhook', 'tweets', 'images'],
  SignedIn: ['sign-in'],
  SignInFailed: ['sign-in'],
} as const satisfies Record<string, readonly FunctionName[]>

/** Sums a count over all functions that count it. Each has its own metric, and an alarm cannot search for metrics. */
export const countersOf =
  (stage: Stage, functions: Functions) =>
  (name: keyof typeof COUNTED_BY, period: Duration): IMetric => {
    const by: readonly FunctionName[] = COUNTED_BY[name]
    const usingMetrics = Object.fromEntries(
      by
        .filter((each) => functions[each])
        .map((each) => [
          `${each.replace('-', '_')}_${name}`,
          ownMetric(stage, each, name, { statistic: Stats.SUM, period }),
        ]),
    )
    const terms = Object.keys(usingMetrics).map((id) => `FILL(${id}, 0)`)
    return new MathExpression({ expression: terms.join(' + '), usingMetrics, label: name, period })
  }

/** Returns a metric that a function writes in the embedded metric format. */
export const ownMetric = (
  stage: Stage,
  by: FunctionName,
  metricName: string,
  options: { readonly statistic: string; readonly period: Duration },
): Metric =>
  new Metric({ namespace: NAMESPACE, metricName, dimensionsMap: { service: by, stage: stage.name }, ...options })

/** Counts the requests to the webhook that got a 4xx, from the API's access log. */
function refused(scope: Construct, stage: Stage, logGroup: LogGroup, method: 'GET' | 'POST'): Metric {
  const name = method === 'GET' ? 'ChallengesRefused' : 'DeliveriesRefused'
  new MetricFilter(scope, name, {
    logGroup,
    filterPattern: FilterPattern.all(
      FilterPattern.stringValue('$.route', '=', `${method} ${WEBHOOK_PATH}`),
      FilterPattern.stringValue('$.status', '=', '4*'),
    ),
    metricNamespace: NAMESPACE,
    metricName: name,
    metricValue: '1',
    dimensions: { stage: '$.stage' },
  })
  return new Metric({
    namespace: NAMESPACE,
    metricName: name,
    dimensionsMap: { stage: stage.name },
    statistic: Stats.SUM,
    period: QUARTER,
  })
}

/**
 * Creates the topic, without an encryption key: alarms name no people, and CloudWatch can't use the AWS managed key.
 */
function createTopic(scope: Construct, stage: Stage): Topic {
  const topic = new Topic(scope, 'Alarms', {
    topicName: named(stage, 'alarms'),
    displayName: `hexbird ${stage.name}`,
    enforceSSL: true,
  })
  const { account, partition, region } = Stack.of(scope)
  // Our policy replaces the default one, which would let the account's alarms publish. So allow them here.
  topic.addToResourcePolicy(
    new PolicyStatement({
      sid: 'Alarms',
      principals: [new ServicePrincipal('cloudwatch.amazonaws.com')],
      actions: ['sns:Publish'],
      resources: [topic.topicArn],
      conditions: {
        ArnLike: { 'aws:SourceArn': `arn:${partition}:cloudwatch:${region}:${account}:alarm:${named(stage, '*')}` },
        StringEquals: { 'aws:SourceAccount': account },
      },
    }),
  )
  if (stage.alarmEmail !== undefined) topic.addSubscription(new EmailSubscription(stage.alarmEmail))
  return topic
}
