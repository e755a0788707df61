import type { Hono } from 'hono'
import type { World } from '../world.js'
import { isId, readObject, unknownKey } from './body.js'
import { type ApiEnv, callerOf, type Guard } from './guard.js'
import { answer, forbidden, invalid, refuse } from './problems.js'

/** docs.x.com/x-api/direct-messages/manage: one message to one account. Attachments are not served here. */
export function routeMessages(api: Hono<ApiEnv>, world: World, guard: Guard): void {
  const rule = {
    allow: ['user'],
    scopes: ['dm.write', 'tweet.read', 'users.read'],
    access: 'read-write-directmessages',
    limit: { user: 15, day: { user: 1440, app: 1440 } },
  } as const

  api.post('/2/dm_conversations/with/:participant_id/messages', guard(rule), async (c) => {
    const read = await readObject(c)
    if (read.kind === 'refused') return refuse(c, read.problem)
    const { text, attachments } = read.body
    const participantId = c.req.param('participant_id')
    const problem =
      unknownKey(read.body, ['text', 'attachments']) ??
      (attachments !== undefined
        ? invalid('$.attachments: X knows this, but the local X does not serve it')
        : undefined) ??
      (isId(participantId) ? undefined : invalid(`The \`participant_id\` [${participantId}] is not valid`))
    if (problem !== undefined) return refuse(c, problem)
    if (typeof text !== 'string' || text === '') return refuse(c, invalid('$.text: a string of 1 character or more'))
    const [from, to] = [callerOf(c, world), world.people.find(participantId)]
    if (to === undefined || !world.messages.mayReach(from, to)) {
      return refuse(c, forbidden('You do not have permission to DM one or more participants.'))
    }
    const message = world.messages.send({ from, to, text, byApp: true })
    world.bills.add('message')
    // X's answer does not wait for the webhooks.
    void world.announceMessage(message)
    return answer(c, { data: { dm_conversation_id: message.conversationId, dm_event_id: message.id } }, 201)
  })
}
