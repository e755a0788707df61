export type { EnvironmentName, FunctionName, FunctionNeeds, ParameterName } from './functions.js'
export { FUNCTIONS, OPTIONAL_PARAMETERS, parameterPath } from './functions.js'
