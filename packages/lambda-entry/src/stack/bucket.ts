import { JOBS, PHOTOS } from '@hexbird/core/adapter'
import { type BotNeeds, TIMES } from '@hexbird/core/host'
import { Duration, RemovalPolicy, Stack, Validations } from 'aws-cdk-lib'
import { PolicyStatement, ServicePrincipal } from 'aws-cdk-lib/aws-iam'
import { BlockPublicAccess, Bucket, BucketEncryption, type CfnBucket, ObjectOwnership } from 'aws-cdk-lib/aws-s3'
import type { Queue } from 'aws-cdk-lib/aws-sqs'
import type { Construct } from 'constructs'
import type { Stage } from '../deployment/stages.js'

/** What the keys of a bot's objects begin with, by what they are. */
export const prefixesOf = ({ photos }: BotNeeds): Readonly<Record<string, string>> => ({
  ...(photos && { photos: PHOTOS }),
  jobs: JOBS,
})

/** A job that is stored becomes a message in `jobs`. */
export function createBucket(scope: Construct, stage: Stage, needs: BotNeeds, jobs: Queue): Bucket {
  const { account, region } = Stack.of(scope)
  // A bucket's name is nobody else's in the whole world, so the account and the region are in it.
  const name = `hexbird-${stage.name}-${account}-${region}`
  const bucket = new Bucket(scope, 'Bucket', {
    bucketName: name,
    blockPublicAccess: BlockPublicAccess.BLOCK_ALL,
    objectOwnership: ObjectOwnership.BUCKET_OWNER_ENFORCED,
    encryption: BucketEncryption.S3_MANAGED,
    enforceSSL: true,
    minimumTLSVersion: 1.2,
    versioned: false,
    lifecycleRules: Object.entries(prefixesOf(needs)).map(([id, prefix]) => ({
      id,
      prefix,
      expiration: Duration.days(EXPIRATION_DAYS),
      abortIncompleteMultipartUploadAfter: Duration.days(1),
    })),
    // Nothing in it outlives two days, and CloudFormation does not delete a bucket that is not empty.
    removalPolicy: RemovalPolicy.DESTROY,
  })
  Validations.of(bucket).acknowledge({
    id: 'AwsSolutions-S1',
    reason:
      "A log of who read which photo would outlive the photos by far. Where one is wanted, CloudTrail's data events give it.",
  })
  notify(bucket, name, jobs)
  return bucket
}

/**
 * S3 counts days in whole ones and from the next midnight UTC: what "one day" removes was there for 24 to 48 hours,
 * which is the `photoLifetime` of two days at most, and longer than a tweet is answered for.
 */
const EXPIRATION_DAYS = TIMES.photoLifetime / Duration.days(1).toMilliseconds() - 1

/**
 * CDK's own way to do this is a function of its own that may change the notifications of every bucket in the account.
 * Here it is a property of the bucket. S3 tries the queue when that is set, so the queue's policy has to be there by
 * then; and as that policy names the bucket, it does so by its name.
 */
function notify(bucket: Bucket, name: string, jobs: Queue): void {
  const { account, partition } = Stack.of(bucket)
  jobs.addToResourcePolicy(
    new PolicyStatement({
      sid: 'Bucket',
      principals: [new ServicePrincipal('s3.amazonaws.com')],
      actions: ['sqs:SendMessage'],
      resources: [jobs.queueArn],
      conditions: {
        ArnEquals: { 'aws:SourceArn': `arn:${partition}:s3:::${name}` },
        StringEquals: { 'aws:SourceAccount': account },
      },
    }),
  )
  const resource = bucket.node.defaultChild as CfnBucket
  resource.notificationConfiguration = {
    queueConfigurations: [
      {
        event: 's3:ObjectCreated:*',
        queue: jobs.queueArn,
        filter: { s3Key: { rules: [{ name: 'prefix', value: JOBS }] } },
      },
    ],
  }
  resource.node.addDependency(jobs.node.findChild('Policy'))
}
