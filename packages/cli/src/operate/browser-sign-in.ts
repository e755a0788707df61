import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import { XOAuth2SignIn } from '@hexbird/adapters-x'
import { defined } from '@hexbird/core/util'
import { CommandError } from '../command-error.js'
import { isSame } from '../same.js'
import type { Terminal } from '../terminal.js'
import { UsageError } from '../usage-error.js'
import type { Operator } from './operator.js'

/** So long a person may take in the browser, in milliseconds. */
const PATIENCE = 5 * 60_000

export interface BrowserSignInGiven {
  readonly botId: string
  /** What the token is to be good for, and no more. */
  readonly scopes: readonly string[]
  readonly callbackPort: number
  readonly open: boolean
}

/**
 * Has the person sign in with X as the bot, in a browser that comes back to this machine. The token is good for two
 * hours, and is kept nowhere: a subscription outlives it.
 *
 * @throws CommandError where they say no, or do not come back
 */
export async function signInAsBot(operator: Operator, terminal: Terminal, given: BrowserSignInGiven): Promise<string> {
  const { HEXBIRD_CLIENT_ID: clientId } = operator.settings.need('HEXBIRD_CLIENT_ID')
  const clientSecret = operator.settings.find('HEXBIRD_CLIENT_SECRET')
  const { agent, browserUrl } = operator.x
  const signIn = new XOAuth2SignIn({ clientId, ...(clientSecret && { clientSecret }), ...defined({ agent }) })
  const callback = `http://127.0.0.1:${given.callbackPort}/`
  const { page, state, verifier } = signIn.begin({ callback, scopes: given.scopes })
  const listening = await listen(given.callbackPort, state)
  try {
    const address = browserUrl(page)
    terminal.note(`Sign in with X as the bot's account, in a browser on this machine:\n\n  ${address}\n`)
    if (given.open && terminal.streams.stderr.isTTY) await openInBrowser(address)
    const code = await terminal.during('Waiting for the browser', listening.code)
    // It is good for 30 seconds: nothing is asked in between.
    const result = await signIn.accessToken({ code, verifier, callback })
    if (result.kind === 'refused')
      throw new CommandError('SIGN_IN_FAILED', `X did not accept the sign-in: ${result.detail} Run this again.`)
    const { id, username } = await signIn.whose(result.accessToken)
    if (id === given.botId) return result.accessToken
    throw new CommandError(
      'SIGN_IN_FAILED',
      `You signed in as @${username} (${id}), but the bot is ${given.botId}. Run this again and sign in as the bot, for example in a private window.`,
    )
  } finally {
    listening.close()
  }
}

/** Who has no browser here opens the address by hand. */
async function openInBrowser(address: string): Promise<void> {
  const { default: open } = await import('open')
  const child = await open(address)
  child.on('error', () => {})
}

/** Waits on the loopback address for the browser that X sends back, and for no other. */
async function listen(port: number, state: string) {
  const { promise: code, resolve, reject } = withResolvers<string>()
  // It is waited for later, or not at all.
  code.catch(() => {})
  const server = createServer((request, response) => {
    const came = returned(request, port, state)
    answer(response, came)
    if (came.kind === 'code') resolve(came.code)
    if (came.kind === 'denied')
      reject(new CommandError('SIGN_IN_FAILED', 'The sign-in was canceled in the browser. Run this again to retry.'))
  })
  await new Promise<void>((listening, failed) => {
    server.once('error', (cause: NodeJS.ErrnoException) => {
      const problem = cause.code === 'EADDRINUSE' ? 'is in use' : `cannot be used (${cause.code})`
      const todo = 'Choose another with --callback-port, and add it to the callback URLs of the app at X.'
      failed(new UsageError(`Port ${port} ${problem}. ${todo}`, { cause }))
    })
    server.listen(port, '127.0.0.1', listening)
  })
  const late = `The sign-in did not finish within ${PATIENCE / 60_000} minutes. Check that http://127.0.0.1:${port}/ is among the app's callback URLs at X.`
  const timer = setTimeout(() => reject(new CommandError('SIGN_IN_FAILED', late)), PATIENCE)
  return {
    code,
    close() {
      clearTimeout(timer)
      server.close()
      server.closeAllConnections()
    },
  }
}

type Returned =
  | { readonly kind: 'code'; readonly code: string }
  | { readonly kind: 'denied' }
  | { readonly kind: 'other'; readonly status: 400 | 404; readonly why: string }

/** Another page may send a browser here: only who knows the state comes from the sign-in that began here. */
function returned(request: IncomingMessage, port: number, state: string): Returned {
  const other = (status: 400 | 404, why: string): Returned => ({ kind: 'other', status, why })
  if (request.headers.host !== `127.0.0.1:${port}`) return other(400, 'This is another address.')
  const url = new URL(request.url ?? '/', `http://127.0.0.1:${port}`)
  if (request.method !== 'GET' || url.pathname !== '/') return other(404, 'There is nothing here.')
  const given = url.searchParams.getAll('state')
  if (given.length !== 1 || !isSame(given[0] ?? '', state)) return other(400, 'This sign-in was not started here.')
  if (url.searchParams.has('error')) return { kind: 'denied' }
  const code = url.searchParams.getAll('code')
  return code.length === 1 && code[0] ? { kind: 'code', code: code[0] } : other(400, 'X sent no code.')
}

function answer(response: ServerResponse, came: Returned): void {
  const text = {
    code: 'You are signed in. You can close this page and go back to the terminal.',
    denied: 'The sign-in was canceled. You can close this page.',
    other: 'why' in came ? came.why : '',
  }[came.kind]
  const headers = {
    'content-type': 'text/plain; charset=utf-8',
    'cache-control': 'no-store',
    'referrer-policy': 'no-referrer',
    connection: 'close',
  }
  response.writeHead(came.kind === 'other' ? came.status : 200, headers).end(`${text}\n`)
}

/** `Promise.withResolvers`, which Node 20 does not have. */
function withResolvers<T>() {
  let resolve!: (value: T) => void
  let reject!: (reason: Error) => void
  const promise = new Promise<T>((yes, no) => {
    resolve = yes
    reject = no
  })
  return { promise, resolve, reject }
}
