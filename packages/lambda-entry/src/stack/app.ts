import { defined } from '@hexbird/core/util'
import { App, Validations } from 'aws-cdk-lib'
import { AwsSolutionsChecks } from 'cdk-nag'
import { BotFileError } from '../bundle/bundle-bot.js'
import { readStages, type Stage, StagesError, stackName } from '../deployment/stages.js'
import { HexbirdStack, type HexbirdStackProps } from './stack.js'

/** What all stages of a bot have in common. */
export interface AppOptions extends Omit<HexbirdStackProps, 'stage'> {
  readonly stages: readonly Stage[]
  /** Where the templates go. Default: where the CDK's command says, or a folder of the system's. */
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
 * Every stage of a bot, a stack each, with the checks of AWS Solutions: `synth()` throws where they find what nobody gave
 * a reason for.
 *
 * <!-- not run: it needs a bot and its stages -->
 * ```ts
 * import { createApp, readStages } from '@hexbird/lambda-entry/stack'
 *
 * createApp({ bot: './bot.ts', stages: readStages('stages.json') }).synth()
 * ```
 *
 * @throws BotFileError where the bot cannot be loaded
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

/** The same as `AppOptions`, with the stages still in their file. */
export interface SynthOptions extends Omit<AppOptions, 'stages'> {
  /** The file that has them, from the working directory. Default: `stages.json`. */
  readonly stages?: string
}

/**
 * All that an app of the CDK does for a bot: reads the stages, bundles the functions, writes the templates. What is wrong
 * with the author's files is printed in words, and the process ends with 2.
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
