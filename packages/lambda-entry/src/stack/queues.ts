import type { BotNeeds } from '@hexbird/core/host'
import { Duration, Stack, Validations } from 'aws-cdk-lib'
import { Queue, QueueEncryption, type RedriveAllowPolicy, RedrivePermission } from 'aws-cdk-lib/aws-sqs'
import type { Construct } from 'constructs'
import { named, type Stage } from '../deployment/stages.js'
import { time } from './names.js'

export interface Queues {
  /** What X delivered, as the webhook and the sweep put it in. */
  readonly events: QueueWithDead
  /** Jobs that were stored in the bucket; of a bot that has some. */
  readonly jobs: QueueWithDead | undefined
  /** Runs of the sweep that did not come about. Nothing is lost with one, for the next looks as far back. */
  readonly sweepDead: Queue
}

interface QueueWithDead {
  readonly queue: Queue
  readonly dead: Queue
}

/** So often a message is tried before it is a dead letter. */
const MAX_RECEIVES = 5

/**
 * A long weekend with nobody there. A dead letter's age counts from when it was sent, so this is well below what
 * dead-letter queues keep.
 */
const RETENTION = Duration.days(4)

export function createQueues(scope: Construct, stage: Stage, needs: BotNeeds): Queues {
  const sweepDead = deadLetters(scope, stage, 'SweepDead', 'sweep-dead', {
    redrivePermission: RedrivePermission.DENY_ALL,
  })
  Validations.of(sweepDead).acknowledge({
    id: 'AwsSolutions-SQS3',
    reason: 'It is the dead-letter queue of a schedule and of a function, which the rule does not look for.',
  })
  return {
    events: queueWithDead(scope, stage, 'Events', 'events'),
    jobs: needs.jobs ? queueWithDead(scope, stage, 'Jobs', 'jobs') : undefined,
    sweepDead,
  }
}

function queueWithDead(scope: Construct, stage: Stage, id: string, name: string): QueueWithDead {
  // By its name: the two queues would otherwise each wait for the other to exist.
  const arn = Stack.of(scope).formatArn({ service: 'sqs', resource: named(stage, name) })
  const source = Queue.fromQueueArn(scope, `${id}ByName`, arn)
  const dead = deadLetters(scope, stage, `${id}Dead`, `${name}-dead`, {
    redrivePermission: RedrivePermission.BY_QUEUE,
    sourceQueues: [source],
  })
  const queue = new Queue(scope, id, {
    queueName: named(stage, name),
    encryption: QueueEncryption.SQS_MANAGED,
    enforceSSL: true,
    visibilityTimeout: time('visibility'),
    retentionPeriod: RETENTION,
    redriveAllowPolicy: { redrivePermission: RedrivePermission.DENY_ALL },
    deadLetterQueue: { queue: dead, maxReceiveCount: MAX_RECEIVES },
  })
  return { queue, dead }
}

function deadLetters(scope: Construct, stage: Stage, id: string, name: string, redriveAllowPolicy: RedriveAllowPolicy) {
  return new Queue(scope, id, {
    queueName: named(stage, name),
    encryption: QueueEncryption.SQS_MANAGED,
    enforceSSL: true,
    retentionPeriod: time('deadLetters'),
    redriveAllowPolicy,
  })
}
