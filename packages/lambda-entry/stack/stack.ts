import { defined } from '@hexbird/core/util'
import { SIGN_IN_PATHS, WEBHOOK_PATH } from '@hexbird/http'
import { CfnOutput, Stack, type StackProps } from 'aws-cdk-lib'
import type { Construct } from 'constructs'
import { createAlarms } from './alarms.js'
import { addRoutes, createApi } from './api.js'
import { createBucket } from './bucket.js'
import { createDashboard } from './dashboard.js'
import { type CodeOf, createFunctions } from './functions.js'
import { stackName } from './names.js'
import { createQueues } from './queues.js'
import { createSchedule } from './schedule.js'
import { isProduction, type Stage } from './stages.js'
import { createTables } from './tables.js'

export interface HexbirdStackOptions {
  readonly stage: Stage
  readonly code: CodeOf
  readonly tracing: boolean
  readonly env?: StackProps['env']
}

/** One stage of the bot: all that it needs in one account and region, and nothing that another stage has. */
export class HexbirdStack extends Stack {
  constructor(scope: Construct, { stage, code, tracing, env }: HexbirdStackOptions) {
    super(scope, stackName(stage), {
      description: `hexbird, a bot on X: ${stage.name}`,
      tags: { app: 'hexbird', stage: stage.name },
      terminationProtection: isProduction(stage),
      ...defined({ env }),
    })
    const tables = createTables(this, stage)
    const queues = createQueues(this, stage)
    const bucket = createBucket(this, stage, queues.jobs.queue)
    const api = createApi(this, stage)
    const origin = stage.origin ?? api.apiEndpoint
    const functions = createFunctions(this, stage, { tables, queues, bucket, code, origin, tracing })
    const requests = addRoutes(this, stage, api, functions)
    createSchedule(this, stage, functions.sweep, queues.sweepDead)
    const watched = { functions, queues, api, requests }
    const topic = createAlarms(this, stage, watched)
    const dashboard = createDashboard(this, stage, watched)

    this.#tell({
      ApiEndpoint: api.apiEndpoint,
      WebhookUrl: `${origin}${WEBHOOK_PATH}`,
      CallbackUrl: `${origin}${SIGN_IN_PATHS.callback}`,
      SignInUrl: `${origin}${SIGN_IN_PATHS.page}`,
      AdminFunction: functions.admin.alias.functionArn,
      SessionTable: tables.session.tableName,
      Bucket: bucket.bucketName,
      AlarmTopic: topic.topicArn,
      Dashboard: dashboard.dashboardName,
    })
  }

  #tell(values: Readonly<Record<string, string>>): void {
    for (const [key, value] of Object.entries(values)) new CfnOutput(this, `${key}Output`, { key, value })
  }
}
