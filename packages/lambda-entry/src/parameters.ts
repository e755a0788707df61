import { request } from 'node:http'
import type { ReadParameter } from './settings.js'

/** A parameter could not be read, which is not the same as that there is none. */
export class ParameterError extends Error {
  override readonly name = 'ParameterError'
  readonly code = 'PARAMETER_UNREADABLE'
}

/** The extension is up within the first invocation, not before. */
const TIMEOUT_MS = 3_000

/**
 * Reads SSM parameters through the AWS Parameters and Secrets Lambda Extension, which listens on this machine: a function
 * that does this needs no client of SSM.
 *
 * @see https://docs.aws.amazon.com/systems-manager/latest/userguide/ps-integration-lambda-extensions.html
 */
export function parametersFromExtension(
  environment: Readonly<Record<string, string | undefined>>,
  timeoutMs = TIMEOUT_MS,
): ReadParameter {
  const port = environment.PARAMETERS_SECRETS_EXTENSION_HTTP_PORT ?? '2773'
  const token = environment.AWS_SESSION_TOKEN ?? ''
  return async (path) => {
    const query = new URLSearchParams({ name: path, withDecryption: 'true' })
    const url = `http://localhost:${port}/systemsmanager/parameters/get?${query}`
    const { status, body } = await ask(url, token, path, timeoutMs)
    if (status === 200) return readValue(body, path)
    if (body.includes('ParameterNotFound')) return undefined
    const hint = body.includes('AccessDenied') ? ' The function may not read it: deploy the stage again.' : ''
    throw new ParameterError(`The parameter ${path} could not be read: ${status}.${hint}`)
  }
}

function ask(url: string, token: string, path: string, timeoutMs: number): Promise<{ status: number; body: string }> {
  return new Promise((resolve, reject) => {
    const signal = AbortSignal.timeout(timeoutMs)
    const fail = (error: unknown) => {
      const code = codeOf(signal.aborted ? signal.reason : error)
      const message = `The extension that reads parameters does not answer (${code}, asked for ${path}).`
      // Without a cause: of what is no HTTP, the engine's error quotes the bytes.
      reject(new ParameterError(`${message} Is its layer there?`))
    }
    const headers = { 'x-aws-parameters-secrets-token': token }
    const asked = request(url, { headers, signal }, (answer) => {
      let body = ''
      answer.setEncoding('utf8').on('data', (part: string) => {
        body += part
      })
      answer.on('error', fail).on('end', () => resolve({ status: answer.statusCode ?? 0, body }))
    })
    asked.on('error', fail).end()
  })
}

/** Such as `ECONNREFUSED`, `TimeoutError`. */
function codeOf(error: unknown): string {
  const { name, code } = error as { readonly name?: string; readonly code?: unknown }
  return typeof code === 'string' ? code : String(name)
}

function readValue(body: string, path: string): string {
  try {
    const { Parameter } = JSON.parse(body) as { Parameter?: { Value?: unknown } }
    if (typeof Parameter?.Value === 'string') return Parameter.Value
  } catch {
    // Without a cause: the engine's message would quote the body, and that has the secret in it.
  }
  throw new ParameterError(`The extension's answer for ${path} has no value.`)
}
