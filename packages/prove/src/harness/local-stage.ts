import { readFile } from 'node:fs/promises'
import type { Agent, ClientRequest, Server } from 'node:http'
import { createRequire } from 'node:module'
import type { AddressInfo } from 'node:net'
import { agentTo, DEFAULT_EVENT_TYPES, XWebhooks } from '@hexbird/adapters-x'
import { crcResponse } from '@hexbird/core'
import { WEBHOOK_PATH } from '@hexbird/http'
import { type LocalX, startLocalX } from '@hexbird/local-x'
import { serve } from '@hono/node-server'
import { type VirtualClock, virtualClock } from './virtual-clock.js'

/** In which words X tells of a tweet: to a webhook, or in the stream, which has those of X Activity. */
export type Dialects = 'x-activity' | 'account-activity' | 'both' | 'stream'

/** `incoming` is the connection, for whoever cuts it. */
type Answer = (request: Request, incoming: { readonly socket: { destroy(): unknown } }) => Response | Promise<Response>

/** A local X with a registered webhook, on a clock of its own. Many stories are told on one, each in a fixture of its own. */
export interface LocalStage {
  readonly x: LocalX
  readonly clock: VirtualClock
  readonly agent: Agent
  /** The status of X's last answer to a request through the agent. Undefined if X cut the connection. */
  readonly lastStatus: () => number | undefined
  readonly dialects: Dialects
  readonly callback: string
  /** Who answers the webhook. Until somebody does it is 503. */
  answerWith(answer: Answer): void
  close(): Promise<void>
}

/** @param startsAt of the clock, epoch milliseconds */
export async function startLocalStage(dialects: Dialects, seed: number, startsAt?: number): Promise<LocalStage> {
  const clock = virtualClock(startsAt)
  let answer: Answer = () => new Response(null, { status: 503 })
  const server = await new Promise<Server>((resolve) => {
    const made = serve(
      {
        port: 0,
        hostname: '127.0.0.1',
        fetch: (request, { incoming }) => answer(request, incoming),
      },
      () => resolve(made as Server),
    )
  })
  const origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  const callback = `${origin}/callback`
  const x = await startLocalX({
    clock,
    seed,
    callbacks: [callback],
    follows: 'allowed',
    keepMetadata: true,
    // What was missed meanwhile is for a sweep to find.
    streamBackfill: 'enterprise-only',
  })
  const agent = agentTo({ port: x.port })
  const lastStatus = statusOf(agent)
  await subscribe()
  return {
    x,
    clock,
    agent,
    lastStatus,
    dialects,
    callback,
    answerWith(next) {
      answer = next
    },
    async close() {
      await x.close()
      agent.destroy()
      server.closeAllConnections()
      await new Promise((resolve) => server.close(resolve))
    },
  }

  async function subscribe(): Promise<void> {
    const { bearerToken, consumerSecret } = x.credentials
    answer = (request) =>
      Response.json(crcResponse(new URL(request.url).searchParams.get('crc_token') ?? '', consumerSecret))
    const webhooks = new XWebhooks({ bearerToken, userCredentials: x.credentials, agent })
    if (dialects === 'stream') {
      await webhooks.subscribe({ dialect: 'x-activity', botId: x.bot.id, eventTypes: DEFAULT_EVENT_TYPES })
      return
    }
    const registered = await webhooks.register(`${origin}${WEBHOOK_PATH}`)
    if (registered.kind !== 'registered') throw new Error(`The local X refused the webhook: ${registered.detail}`)
    for (const dialect of ['x-activity', 'account-activity'] as const) {
      if (dialects !== 'both' && dialects !== dialect) continue
      const eventTypes = DEFAULT_EVENT_TYPES
      await webhooks.subscribe({ dialect, webhookId: registered.webhook.id, botId: x.bot.id, eventTypes })
    }
  }
}

/** Node calls this method of an agent for each request; the types leave it out. */
type WithRequests = { addRequest(request: ClientRequest, ...rest: unknown[]): void }

/** Watches the requests through an agent. Returns the status of the last one. */
function statusOf(agent: Agent): () => number | undefined {
  let status: number | undefined
  const watched = agent as unknown as WithRequests
  const addRequest = watched.addRequest.bind(agent)
  watched.addRequest = (request, ...rest) => {
    status = undefined
    request.once('response', ({ statusCode }) => {
      status = statusCode
    })
    addRequest(request, ...rest)
  }
  return () => status
}

/** What there are photos of. */
export const SAMPLES = ['dog', 'bird', 'plant', 'nothing'] as const

let loaded: Promise<readonly Uint8Array[]> | undefined

/** A photo of each of `SAMPLES`, with keywords that say what is on them. */
export function photos(): Promise<readonly Uint8Array[]> {
  const { resolve } = createRequire(import.meta.url)
  loaded ??= Promise.all(
    SAMPLES.map(async (name) => new Uint8Array(await readFile(resolve(`@hexbird/local-x/samples/${name}.jpg`)))),
  )
  return loaded
}
