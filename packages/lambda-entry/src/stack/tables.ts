import { type TableId, tables } from '@hexbird/adapters-aws/tables'
import { defined } from '@hexbird/core/util'
import { AttributeType, BillingMode, Table, TableEncryption } from 'aws-cdk-lib/aws-dynamodb'
import type { Construct } from 'constructs'
import { isProduction, type Stage } from '../deployment/stages.js'
import { pascal, removalOf } from './names.js'

/** Those that a stage has only where people sign in. */
type OfSignIn = Extract<TableId, 'session' | 'twitter'>

export type Tables = Readonly<Record<Exclude<TableId, OfSignIn>, Table> & Partial<Record<OfSignIn, Table>>>

const OF_SIGN_IN: ReadonlySet<string> = new Set<OfSignIn>(['session', 'twitter'])

/**
 * Backups hold people's rows for as long as they last: a week is time enough to notice a mistake, and whoever withdraws
 * is forgotten by then.
 */
const RECOVERY_DAYS = 7

/**
 * The tables that the adapters describe. They are encrypted with the account's AWS managed key: its use is in CloudTrail,
 * and it asks neither a monthly fee nor a permission of each function. What is secret in a row is sealed before it gets
 * here, with a key that DynamoDB does not have.
 */
export function createTables(scope: Construct, stage: Stage): Tables {
  const wanted = Object.entries(tables(stage.name)).filter(([id]) => stage.signIn || !OF_SIGN_IN.has(id))
  const created = wanted.map(([id, { name, key, ttl }]): [string, Table] => [
    id,
    new Table(scope, `${pascal(id)}Table`, {
      tableName: name,
      partitionKey: { name: key.name, type: key.type === 'N' ? AttributeType.NUMBER : AttributeType.STRING },
      ...defined({ timeToLiveAttribute: ttl }),
      billingMode: BillingMode.PAY_PER_REQUEST,
      encryption: TableEncryption.AWS_MANAGED,
      pointInTimeRecoverySpecification: {
        pointInTimeRecoveryEnabled: true,
        recoveryPeriodInDays: RECOVERY_DAYS,
      },
      deletionProtection: isProduction(stage),
      removalPolicy: removalOf(stage),
    }),
  ])
  return Object.fromEntries(created) as unknown as Tables
}
