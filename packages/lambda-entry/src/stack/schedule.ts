import { Duration, Stack } from 'aws-cdk-lib'
import { PolicyDocument, PolicyStatement, Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam'
import { CfnSchedule } from 'aws-cdk-lib/aws-scheduler'
import type { Queue } from 'aws-cdk-lib/aws-sqs'
import type { Construct } from 'constructs'
import { named, type Stage } from '../deployment/stages.js'
import type { Deployed } from './functions.js'

const EVERY = Duration.minutes(15)

/** Starts the sweep. What could not be started is tried again until the next is near, and then told to `dead`. */
export function createSchedule(scope: Construct, stage: Stage, { alias }: Deployed, dead: Queue): void {
  const { account, partition, region } = Stack.of(scope)
  const role = new Role(scope, 'ScheduleRole', {
    // Only for schedules of this account: https://docs.aws.amazon.com/scheduler/latest/UserGuide/cross-service-confused-deputy-prevention.html
    assumedBy: new ServicePrincipal('scheduler.amazonaws.com', {
      conditions: {
        StringEquals: {
          'aws:SourceAccount': account,
          'aws:SourceArn': `arn:${partition}:scheduler:${region}:${account}:schedule-group/default`,
        },
      },
    }),
    inlinePolicies: {
      Own: new PolicyDocument({
        statements: [
          new PolicyStatement({ sid: 'Start', actions: ['lambda:InvokeFunction'], resources: [alias.functionArn] }),
          new PolicyStatement({ sid: 'Fail', actions: ['sqs:SendMessage'], resources: [dead.queueArn] }),
        ],
      }),
    },
  })
  new CfnSchedule(scope, 'Schedule', {
    name: named(stage, 'sweep'),
    description: 'What X did not deliver, and whether it still would.',
    scheduleExpression: `rate(${EVERY.toMinutes()} minutes)`,
    flexibleTimeWindow: { mode: 'OFF' },
    target: {
      arn: alias.functionArn,
      roleArn: role.roleArn,
      retryPolicy: { maximumRetryAttempts: 3, maximumEventAgeInSeconds: Duration.minutes(10).toSeconds() },
      deadLetterConfig: { arn: dead.queueArn },
    },
  })
}
