import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'

/** The AWS Parameters and Secrets Lambda Extension, as functions see it. */
export async function startParameters(parameters: Readonly<Record<string, string>>) {
  const server = createServer((request, response) => {
    const url = new URL(request.url ?? '/', 'http://extension')
    const name = url.searchParams.get('name') ?? ''
    if (request.headers['x-aws-parameters-secrets-token'] !== 'session-token') return response.writeHead(401).end()
    if (!Object.hasOwn(parameters, name)) return response.writeHead(400).end('an unexpected error: ParameterNotFound: ')
    response.writeHead(200, { 'content-type': 'application/json' })
    return response.end(JSON.stringify({ Parameter: { Name: name, Type: 'SecureString', Value: parameters[name] } }))
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return {
    port: (server.address() as AddressInfo).port,
    close: async () => {
      server.closeAllConnections()
      await new Promise((resolve) => server.close(resolve))
    },
  }
}
