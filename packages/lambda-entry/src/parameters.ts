import { request } from 'node:http'
import type { ReadParameter } from './settings.js'

/** A parameter could not be read, which is not the same as that there is none. */
export class ParameterError extends Error {
  override readonly name = 'ParameterError'
  readonly code = 'PARAMETER_UNREADABLE'
}

/** The extension is up within the first invocation, not before. */
const TIMEOUT_MS = 3_000

/** By number: in Lambda `localhost` may be read as `::1`, where nothing is. And there is no name to look up. */
const HOST = '127.0.0.1'

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
    const { status, body } = await ask(port, token, path, timeoutMs)
    if (status === 200) return readValue(body, path)
    if (body.includes('ParameterNotFound')) return undefined
    const hint = body.includes('AccessDenied') ? ' The function may not read it: deploy the stage again.' : ''
    throw new ParameterError(`The parameter ${path} could not be read: ${status}.${hint}`)
  }
}

function ask(port: string, token: string, name: string, timeoutMs: number): Promise<{ status: number; body: string }> {
  return new Promise((resolve, reject) => {
    const fail = ({ code }: { readonly code?: string }) => {
      const message = `The extension that reads parameters does not answer (${code}, asked for ${name}).`
      // Without a cause: of what is no HTTP, the engine's error quotes the bytes.
      reject(new ParameterError(`${message} Is its layer there?`))
    }
    const path = `/systemsmanager/parameters/get?${new URLSearchParams({ name, withDecryption: 'true' })}`
    const headers = { 'x-aws-parameters-secrets-token': token }
    const sent = request({ host: HOST, port, path, headers }, (answer) => {
      let body = ''
      answer.setEncoding('utf8').on('data', (part: string) => {
        body += part
      })
      answer.on('error', fail).on('end', () => resolve({ status: answer.statusCode ?? 0, body }))
    })
    // An `AbortSignal` would do the same, and is more to load for the first event.
    const timer = setTimeout(() => {
      fail({ code: 'ETIMEDOUT' })
      sent.destroy()
    }, timeoutMs)
    sent
      .on('error', fail)
      .on('close', () => clearTimeout(timer))
      .end()
  })
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
