import { defined } from '@hexbird/core/util'
import { SIGN_IN_PATHS, WEBHOOK_PATH } from '@hexbird/http'
import { CfnOutput, Stack, type StackProps } from 'aws-cdk-lib'
import type { Construct } from 'constructs'
import { isProduction, type Stage, stackName } from '../deployment/stages.js'
import { createAlarms } from './alarms.js'
import { addRoutes, createApi } from './api.js'
import { createBucket } from './bucket.js'
import { bundleOf } from './code.js'
import { createDashboard } from './dashboard.js'
import { createFunctions } from './functions.js'
import { createQueues } from './queues.js'
import { createSchedule } from './schedule.js'
import { createTables } from './tables.js'

/** The properties of a bot's stack. */
export interface HexbirdStackProps {
  /** Path of the file with the bot as its default export, in TypeScript or JavaScript, relative to the working directory. */
  readonly bot: string
  readonly stage: Stage
  /** Whether to trace requests with X-Ray. Default: `tracing` in the CDK's context, else no. */
  readonly tracing?: boolean
  /**
   * Whether the stage has alarms. Default: yes.
   *
   * AWS charges $0.10 a month for each metric that an alarm watches: $2.70 for a stage with everything. The first ten
   * metrics of an account are free (us-east-1, as of 2026-11-23; docs/costs.md).
   */
  readonly alarms?: boolean
  /**
   * Whether the stage has a CloudWatch dashboard. Default: yes.
   *
   * AWS charges $3.00 a month for it. The first three of an account are free (us-east-1, as of 2026-11-23;
   * docs/costs.md).
   */
  readonly dashboard?: boolean
  /** Default: the account and region that it is deployed to. */
  readonly env?: NonNullable<StackProps['env']>
}

/**
 * The stack of one stage: everything that the bot needs in one account and region. Stages share nothing. A bot without jobs
 * gets no bucket and no function for them, a bot that labels no photos gets no labeler, and a stage without `signIn` gets
 * no pages.
 *
 * <!-- given: declare const app: ReturnType<typeof import('@hexbird/lambda-entry/stack').createApp> -->
 * ```ts
 * import { HexbirdStack, readStages } from '@hexbird/lambda-entry/stack'
 *
 * // `app` is an App of the CDK.
 * for (const stage of readStages('stages.json')) {
 *   new HexbirdStack(app, `hexbird-${stage.name}`, { bot: './bot.ts', stage, dashboard: false })
 * }
 * ```
 */
export class HexbirdStack extends Stack {
  /** @throws BotFileError if the bot cannot be loaded */
  constructor(
    scope: Construct,
    id: string,
    { bot, stage, tracing, alarms = true, dashboard = true, env }: HexbirdStackProps,
  ) {
    super(scope, id, {
      stackName: stackName(stage),
      description: `hexbird, a bot on X: ${stage.name}`,
      tags: { app: 'hexbird', stage: stage.name },
      terminationProtection: isProduction(stage),
      ...defined({ env }),
    })
    const { needs, codeOf } = bundleOf(this, bot)
    const tables = createTables(this, stage)
    const queues = createQueues(this, stage, needs)
    const bucket = queues.jobs && createBucket(this, stage, needs, queues.jobs.queue)
    const api = createApi(this, stage)
    const origin = stage.origin ?? api.apiEndpoint
    const functions = createFunctions(this, stage, {
      needs,
      codeOf,
      tables,
      queues,
      bucket,
      origin,
      tracing: tracing ?? String(this.node.tryGetContext('tracing')) === 'true',
    })
    const requests = addRoutes(this, stage, api, functions)
    createSchedule(this, stage, functions.sweep, queues.sweepDead)
    const watched = { functions, queues, api, requests }

    this.#tell({
      ApiEndpoint: api.apiEndpoint,
      WebhookUrl: `${origin}${WEBHOOK_PATH}`,
      ...(stage.signIn && {
        CallbackUrl: `${origin}${SIGN_IN_PATHS.callback}`,
        SignInUrl: `${origin}${SIGN_IN_PATHS.page}`,
      }),
      AdminFunction: functions.admin.alias.functionArn,
      ...(tables.session && { SessionTable: tables.session.tableName }),
      ...(bucket && { Bucket: bucket.bucketName }),
      ...(alarms && { AlarmTopic: createAlarms(this, stage, watched).topicArn }),
      ...(dashboard && { Dashboard: createDashboard(this, stage, watched).dashboardName }),
    })
  }

  #tell(values: Readonly<Record<string, string>>): void {
    for (const [key, value] of Object.entries(values)) new CfnOutput(this, `${key}Output`, { key, value })
  }
}
