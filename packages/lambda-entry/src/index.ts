export type { EnvironmentName, FunctionName, FunctionNeeds, ParameterName, Part } from './functions.js'
export { FUNCTIONS, functionsWithout, needsWithout, OPTIONAL_PARAMETERS, PARTS, parameterPath } from './functions.js'
export type { LoadBot } from './handlers/answering.js'
export { type LambdaHandler, lambdaHandlers } from './lambda-handlers.js'
