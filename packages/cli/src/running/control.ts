import { randomBytes } from 'node:crypto'
import { forget, purge } from '@hexbird/core'
import type { LocalBot, LocalPorts } from '../local-bot.js'
import { listen } from '../loopback-server.js'
import { isSame } from '../same.js'
import { LOCAL_STAGE, type OperatorRequest, type OperatorResult } from './requests.js'
import { note } from './state-file.js'

/** Lets other commands of the same person find a running bot and ask things of it. Gives a function that ends that. */
export async function startControl({ x, ports }: LocalBot): Promise<() => Promise<void>> {
  const token = randomBytes(32).toString('base64url')
  const server = await listen()
  server.serve(async (request) => {
    // No page of a browser's knows the token; nobody else can read it.
    if (!isSame(request.headers.get('authorization') ?? '', `Bearer ${token}`))
      return new Response(null, { status: 401 })
    const asked = (await request.json().catch(() => undefined)) as OperatorRequest | undefined
    return Response.json(await act(ports, x.url, asked))
  })
  const forgetNote = await note({ x: x.url, bot: x.bot.username, control: server.origin, token })
  return async () => {
    await forgetNote()
    await server.close()
  }
}

async function act(ports: LocalPorts, x: string, asked: OperatorRequest | undefined): Promise<OperatorResult> {
  const { breaker, now } = ports
  switch (asked?.action) {
    case 'state':
      return done(await breaker.state())
    case 'pause':
      await breaker.trip(`Paused by an operator: ${asked.reason}`, now())
      return done((await breaker.state()).stopped)
    case 'resume':
      await breaker.reset()
      return done('Posting is allowed again.')
    case 'id-of': {
      const people = (await (await fetch(`${x}/_local/people`)).json()) as readonly { id: string; username: string }[]
      const person = people.find(({ username }) => username.toLowerCase() === asked.username.toLowerCase())
      if (!person) return { kind: 'refused', detail: `Nobody on this local X is called @${asked.username}.` }
      return done({ uid: person.id })
    }
    case 'forget':
      return done(await forget(ports, asked.uid))
    case 'purge':
      if (asked.sure !== LOCAL_STAGE) return { kind: 'refused', detail: `To purge, say sure: "${LOCAL_STAGE}".` }
      await purge(ports)
      return done('Nothing of anybody is held any more.')
    default:
      return { kind: 'refused', detail: 'It is asked to do what it does not know: is it another version of hexbird?' }
  }
}

const done = (result: unknown): OperatorResult => ({ kind: 'done', result })
