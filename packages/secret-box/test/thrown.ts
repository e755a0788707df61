import { SecretBoxError } from '../src/index.js'

/** The error that `call` throws; anything else, or nothing, is a failure of the test. */
export function thrown(call: () => unknown): SecretBoxError {
  try {
    call()
  } catch (error) {
    if (error instanceof SecretBoxError) return error
    throw error
  }
  throw new Error('Nothing was thrown.')
}

export const codeOf = (call: () => unknown) => thrown(call).code
