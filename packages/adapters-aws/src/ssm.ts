export type { AwsClientOptions } from './aws-client.js'
export { AwsError, type AwsErrorCode } from './aws-error.js'
export { ssmClient } from './ssm-client.js'
export { type ReadParametersOptions, readParameters } from './ssm-parameters.js'
