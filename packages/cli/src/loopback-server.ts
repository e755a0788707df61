import type { Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { serve } from '@hono/node-server'

type Fetch = (request: Request, env: unknown) => Response | Promise<Response>

/** A web server on a free port. Until it is told what to serve it answers 503. */
export async function listen() {
  let fetch: Fetch = () => new Response(null, { status: 503 })
  const server = await new Promise<Server>((resolve, reject) => {
    const made = serve({ fetch: (request, env) => fetch(request, env), port: 0, hostname: '127.0.0.1' }, () =>
      resolve(made as Server),
    )
    made.on('error', reject)
  })
  return {
    origin: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    serve(what: Fetch) {
      fetch = what
    },
    async close() {
      server.closeAllConnections()
      await new Promise((resolve) => server.close(resolve))
    },
  }
}
