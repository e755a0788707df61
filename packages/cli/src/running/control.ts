import { randomBytes } from 'node:crypto'
import { defaultLimits, selfServe2026 } from '@hexbird/core'
import { type OperatorResult, operate } from '@hexbird/core/host'
import type { LocalBot } from '../local-bot.js'
import { isSame } from '../same.js'
import { listenAt } from '../server.js'
import { type BotRequest, LOCAL_STAGE } from './requests.js'
import { note } from './state-file.js'

/** Lets other commands of the same person find a running bot and ask things of it. Gives a function that ends that. */
export async function startControl(local: LocalBot): Promise<() => Promise<void>> {
  const { x } = local
  const token = randomBytes(32).toString('base64url')
  const server = await listenAt()
  server.serve(async (request) => {
    // No page of a browser's knows the token; nobody else can read it.
    if (!isSame(request.headers.get('authorization') ?? '', `Bearer ${token}`))
      return new Response(null, { status: 401 })
    const asked = ((await request.json().catch(() => undefined)) ?? {}) as BotRequest
    return Response.json(await act(local, asked))
  })
  const forgetNote = await note({ x: x.url, bot: x.bot.username, folder: process.cwd(), control: server.origin, token })
  return async () => {
    await forgetNote()
    await server.close()
  }
}

async function act({ x, ports }: LocalBot, asked: BotRequest): Promise<OperatorResult> {
  if (asked.action !== 'id-of') {
    return operate(ports, { bot: x.bot, stage: LOCAL_STAGE, limits: defaultLimits, platform: selfServe2026 }, asked)
  }
  const people = (await (await fetch(`${x.url}/_local/people`)).json()) as readonly { id: string; username: string }[]
  const person = people.find(({ username }) => username.toLowerCase() === asked.username.toLowerCase())
  if (!person) return { kind: 'refused', detail: `Nobody on this local X is called @${asked.username}.` }
  return { kind: 'done', result: { uid: person.id } }
}
