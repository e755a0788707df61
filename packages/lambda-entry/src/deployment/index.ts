/* What a command that deploys decides, without the CDK. */

export type { Ask, FoundParameter, Outputs, Registered } from './deployment.js'
export { logGroupOf, nextSteps, parameterFaults, parametersOf, placeholdersOf, register } from './deployment.js'
export type { SignInMode, Stage, StageSignIn } from './stages.js'
export { parseStages, readStages, StagesError, stackName } from './stages.js'
