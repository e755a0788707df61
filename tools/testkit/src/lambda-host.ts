import { type ChildProcess, spawn } from 'node:child_process'
import { randomUUID } from 'node:crypto'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'

/** A function as Lambda runs it: AWS's runtime client in a process of its own, asking a Runtime API for events. */
export interface LambdaHost {
  /** @throws Error with what the function threw, or where its process ended before it answered */
  readonly invoke: (event: unknown) => Promise<unknown>
  /** Ends the process with SIGKILL, now or as soon as it is at work; the next event gets a new one. */
  readonly killAtWork: (afterMs: number) => Promise<void>
  readonly close: () => Promise<void>
}

export interface LambdaHostOptions {
  readonly name: string
  /** The executable of Node 24. */
  readonly node: string
  /** The folder of aws-lambda-ric. */
  readonly runtime: string
  /** The folder with the bundle. */
  readonly taskRoot: string
  readonly preload: string
  readonly environment: Readonly<Record<string, string>>
  /** Told of each line that a function writes. */
  readonly onLine: (line: string) => void
}

interface Invocation {
  readonly id: string
  readonly event: unknown
  readonly resolve: (result: unknown) => void
  readonly reject: (error: Error) => void
}

const INVOCATION = '/2018-06-01/runtime/invocation'
const TIMEOUT_MS = 30_000

export async function startLambda(options: LambdaHostOptions): Promise<LambdaHost> {
  const waiting: Invocation[] = []
  let running: Invocation | undefined
  let poll: ServerResponse | undefined
  let child: ChildProcess | undefined
  let closed = false
  let whenAtWork: (() => void) | undefined

  // Whoever asks may be killed half-way; what becomes of that is told elsewhere.
  const server = createServer((request, response) => {
    serve(request, response).catch(() => response.destroy())
  })

  async function serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const url = request.url ?? ''
    if (request.method === 'GET' && url === `${INVOCATION}/next`) {
      poll = response
      return handOut()
    }
    let body = ''
    for await (const part of request) body += String(part)
    response.writeHead(202).end('{}')
    const [, id, what] = new RegExp(`^${INVOCATION}/([^/]+)/(response|error)$`).exec(url) ?? []
    if (url === '/2018-06-01/runtime/init/error') return fail(new Error(`${options.name} cannot start: ${body}`))
    if (!running || running.id !== id) return
    const { resolve, reject } = running
    running = undefined
    if (what === 'response') resolve(body === '' ? undefined : JSON.parse(body))
    else reject(new Error(`${options.name}: ${body}`))
  }

  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as AddressInfo

  function handOut(): void {
    if (running || waiting.length === 0 || closed) return
    if (!child) start()
    if (!poll) return
    running = waiting.shift()
    if (!running) return
    poll.writeHead(200, {
      'content-type': 'application/json',
      'lambda-runtime-aws-request-id': running.id,
      'lambda-runtime-deadline-ms': String(Date.now() + TIMEOUT_MS),
      'lambda-runtime-invoked-function-arn': `arn:aws:lambda:us-east-1:123456789012:function:${options.name}`,
    })
    poll.end(JSON.stringify(running.event))
    poll = undefined
    whenAtWork?.()
  }

  function start(): void {
    const args = ['--require', options.preload, `${options.runtime}/index.mjs`, 'index.handler']
    const started = spawn(options.node, args, {
      cwd: options.taskRoot,
      stdio: ['ignore', 'pipe', 'pipe'],
      env: {
        ...options.environment,
        AWS_LAMBDA_RUNTIME_API: `127.0.0.1:${port}`,
        LAMBDA_TASK_ROOT: options.taskRoot,
        _HANDLER: 'index.handler',
        AWS_LAMBDA_FUNCTION_NAME: options.name,
        AWS_LAMBDA_FUNCTION_VERSION: '$LATEST',
        AWS_LAMBDA_FUNCTION_MEMORY_SIZE: '256',
        AWS_LAMBDA_LOG_GROUP_NAME: `/aws/lambda/${options.name}`,
        AWS_LAMBDA_LOG_STREAM_NAME: 'local',
        AWS_LAMBDA_INITIALIZATION_TYPE: 'on-demand',
      },
    })
    child = started
    for (const stream of [started.stdout, started.stderr]) {
      let rest = ''
      stream.setEncoding('utf8').on('data', (part: string) => {
        const lines = `${rest}${part}`.split('\n')
        rest = lines.pop() ?? ''
        for (const line of lines) options.onLine(line)
      })
    }
    started.once('exit', () => {
      if (child !== started) return
      child = undefined
      poll = undefined
      fail(new Error(`${options.name}: the process ended before it answered.`))
    })
  }

  /** What was at work is lost; what waits gets a new process. */
  function fail(error: Error): void {
    running?.reject(error)
    running = undefined
    if (!closed) handOut()
  }

  return {
    invoke: (event) =>
      new Promise((resolve, reject) => {
        waiting.push({ id: randomUUID(), event, resolve, reject })
        handOut()
      }),
    killAtWork: (afterMs) =>
      new Promise((resolve) => {
        const kill = () => {
          whenAtWork = undefined
          setTimeout(() => {
            child?.kill('SIGKILL')
            resolve()
          }, afterMs)
        }
        if (running) kill()
        else whenAtWork = kill
      }),
    async close() {
      closed = true
      child?.kill('SIGKILL')
      server.closeAllConnections()
      await new Promise((resolve) => server.close(resolve))
    },
  }
}
