import { defined } from '@hexbird/core/util'
import { App, Validations } from 'aws-cdk-lib'
import { AwsSolutionsChecks } from 'cdk-nag'
import { BotFileError } from '../bundle/bundle-bot.js'
import { readStages, type Stage, StagesError, stackName } from '../deployment/stages.js'
import { HexbirdStack, type HexbirdStackProps } from './stack.js'

/** Options that all stages of a bot share. */
export interface AppOptions extends Omit<HexbirdStackProps, 'stage'> {
  readonly stages: readonly Stage[]
  /** Where the templates go. Default: where the CDK's command puts them, or else a temporary folder. */
  readonly outdir?: string
}

/** The behaviour of the CDK that is asked for where its default is the one of years ago. */
const CONTEXT = {
  // A new version of the parameters' layer is a new version of the function.
  '@aws-cdk/aws-lambda:recognizeLayerVersion': true,
  // What does not fit CloudFormation's schema is an error here, not in the middle of a deployment.
  '@aws-cdk/core:validateAgainstDefaultRules': true,
}

/**
 * Creates a CDK app with one stack per stage, checked by the AWS Solutions rules: `synth()` throws if they find something
 * without a documented reason.
 *
 * <!-- not run: it needs a bot and its stages -->
 * ```ts
 * import { createApp, readStages } from '@hexbird/lambda-entry/stack'
 *
 * createApp({ bot: './bot.ts', stages: readStages('stages.json') }).synth()
 * ```
 *
 * @throws BotFileError if the bot cannot be loaded
 */
export function createApp({ stages, outdir, ...props }: AppOptions): App {
  const app = new App({
    context: CONTEXT,
    analyticsReporting: false,
    // Otherwise the CDK writes the templates at the end of the process, even after an error, and fails on what is missing.
    autoSynth: false,
    ...defined({ outdir }),
  })
  for (const stage of stages) new HexbirdStack(app, stackName(stage), { ...props, stage })
  Validations.of(app).addPlugins(new AwsSolutionsChecks(app))
  return app
}

/** Like `AppOptions`, but with the stages in a file. */
export interface SynthOptions extends Omit<AppOptions, 'stages'> {
  /** The path of that file, relative to the working directory. Default: `stages.json`. */
  readonly stages?: string
}

/**
 * Does all the work of a CDK app for a bot: reads the stages, bundles the functions, and writes the templates. If the
 * author's files have faults, it prints them and the process exits with 2.
 *
 * <!-- not run: it needs a bot and its stages -->
 * ```ts
 * import { synthesize } from '@hexbird/lambda-entry/stack'
 *
 * synthesize({ bot: './bot.ts' })
 * ```
 */
export function synthesize({ stages = 'stages.json', ...options }: SynthOptions): void {
  try {
    createApp({ ...options, stages: readStages(stages) }).synth()
  } catch (error) {
    if (!(error instanceof StagesError || error instanceof BotFileError)) throw error
    console.error(error.message)
    process.exitCode = 2
  }
}
