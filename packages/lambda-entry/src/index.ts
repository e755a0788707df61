export type { EnvironmentName, FunctionName, FunctionNeeds, ParameterName } from './functions.js'
export { FUNCTIONS, OPTIONAL_PARAMETERS, parameterPath } from './functions.js'
export type { LoadBot } from './handlers/answering.js'
export { type LambdaHandler, lambdaHandlers } from './lambda-handlers.js'
