import { TIMES } from '@hexbird/core/host'
import { Duration, RemovalPolicy } from 'aws-cdk-lib'
import { RetentionDays } from 'aws-cdk-lib/aws-logs'
import { isProduction, type Stage } from '../deployment/stages.js'

/** What is lost for good with the stack outlives it in production. */
export const removalOf = (stage: Stage): RemovalPolicy =>
  isProduction(stage) ? RemovalPolicy.RETAIN : RemovalPolicy.DESTROY

/** A time of the core's chain, as CDK has it. */
export const time = (name: keyof typeof TIMES): Duration => Duration.millis(TIMES[name])

/** For as long as it may take to notice and to look into something. */
export const logRetention = (stage: Stage): RetentionDays =>
  isProduction(stage) ? RetentionDays.THREE_MONTHS : RetentionDays.ONE_MONTH

/** What a name of ours is called among the stack's resources. */
export const pascal = (name: string): string =>
  name
    .split('-')
    .map((part) => part.charAt(0).toUpperCase() + part.slice(1))
    .join('')
