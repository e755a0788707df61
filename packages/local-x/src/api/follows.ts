import type { Hono } from 'hono'
import type { World } from '../world.js'
import { isId, readObject, unknownKey } from './body.js'
import { type ApiEnv, callerOf, type Guard } from './guard.js'
import { answer, forbidden, invalid, refuse } from './problems.js'

/** docs.x.com/x-api/users/follows. */
export function routeFollows(api: Hono<ApiEnv>, world: World, guard: Guard): void {
  const scopes = ['tweet.read', 'users.read', 'follows.write']
  const rule = { allow: ['user'], scopes, access: 'read-write', limit: { user: 50 } } as const

  api.post('/2/users/:id/following', guard(rule), async (c) => {
    const read = await readObject(c)
    if (read.kind === 'refused') return refuse(c, read.problem)
    const { target_user_id: targetId } = read.body
    const shape = unknownKey(read.body, ['target_user_id'])
    if (shape !== undefined) return refuse(c, shape)
    if (!isId(targetId)) return refuse(c, invalid('$.target_user_id: does not match the regex pattern ^[0-9]{1,19}$'))
    const source = callerOf(c, world)
    if (c.req.param('id') !== source.id) {
      return refuse(c, invalid(`The \`id\` query parameter value [${c.req.param('id')}] must be the user who asks`))
    }
    // X's words for self-serve apps are not published.
    if (world.app.follows === 'enterprise-only') {
      return refuse(c, forbidden('You are not permitted to perform this action.'))
    }
    const target = world.people.find(targetId)
    if (target === undefined) return refuse(c, invalid(`Could not find user with target_user_id: [${targetId}].`))
    if (target.id === source.id) return refuse(c, invalid('You cannot follow yourself.'))
    const isNew = !world.people.follows(source.id, target.id)
    const outcome = world.people.follow(source, target)
    world.bills.add('follow')
    if (isNew && outcome === 'following') void world.announceFollow({ source, target })
    return answer(c, { data: { following: outcome === 'following', pending_follow: outcome === 'asked' } })
  })
}
