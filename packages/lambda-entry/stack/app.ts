import { defined } from '@hexbird/core/util'
import { App, type Environment, Validations } from 'aws-cdk-lib'
import { AwsSolutionsChecks } from 'cdk-nag'
import type { CodeOf } from './functions.js'
import { HexbirdStack } from './stack.js'
import type { Stage } from './stages.js'

export interface AppOptions {
  readonly stages: readonly Stage[]
  readonly code: CodeOf
  /** Where the templates go. Default: where the CDK's command says, or a folder of the system's. */
  readonly outdir?: string
  /** Whether X-Ray follows requests. Default: what the context says, and that is no. */
  readonly tracing?: boolean
  /** Default: whatever account and region it is deployed to. */
  readonly env?: Environment
}

/** The behaviour of the CDK that is asked for where its default is the one of years ago. */
const CONTEXT = {
  // A new version of the parameters' layer is a new version of the function.
  '@aws-cdk/aws-lambda:recognizeLayerVersion': true,
  // What does not fit CloudFormation's schema is an error here, not in the middle of a deployment.
  '@aws-cdk/core:validateAgainstDefaultRules': true,
}

/** Every stage, a stack each. `synth()` throws where the checks of AWS Solutions find what nobody gave a reason for. */
export function createApp({ stages, code, outdir, tracing, env }: AppOptions): App {
  const app = new App({
    context: CONTEXT,
    analyticsReporting: false,
    ...defined({ outdir }),
  })
  const traced = tracing ?? String(app.node.tryGetContext('tracing')) === 'true'
  for (const stage of stages) new HexbirdStack(app, { stage, code, tracing: traced, ...defined({ env }) })
  Validations.of(app).addPlugins(new AwsSolutionsChecks(app))
  return app
}
