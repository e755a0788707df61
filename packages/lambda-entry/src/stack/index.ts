/* The stack that deploys a bot, for an app of the AWS CDK. */

export { BotFileError } from '../bundle/bundle-bot.js'
export type { SignInMode, Stage, StageSignIn } from '../deployment/stages.js'
export { parseStages, readStages, StagesError, stackName } from '../deployment/stages.js'
export { type AppOptions, createApp, type SynthOptions, synthesize } from './app.js'
export { HexbirdStack, type HexbirdStackProps } from './stack.js'
