import type { Hono } from 'hono'
import type { LocalPerson } from '../state/people.js'
import { compareIds, isLatest, type LocalTweet } from '../state/tweets.js'
import type { World } from '../world.js'
import { isId } from './body.js'
import { present, presentPerson, readSelection, SELECTION_QUERY } from './fields.js'
import { type ApiContext, type ApiEnv, callerOf, type Guard } from './guard.js'
import { answer, invalid, missing, refuse } from './problems.js'

/* docs.x.com/x-api/users/lookup and /posts/timelines: accounts, their tweets, and those that mention them. */

const TIMELINE_QUERY = [
  ...['max_results', 'pagination_token', 'since_id', 'until_id', 'start_time', 'end_time'],
  ...SELECTION_QUERY,
]

export function routeUsers(api: Hono<ApiEnv>, world: World, guard: Guard): void {
  const scopes = ['tweet.read', 'users.read']

  api.get('/2/users/me', guard({ allow: ['user'], scopes, limit: { user: 75 }, query: SELECTION_QUERY }), (c) =>
    account(c, world, callerOf(c, world)),
  )

  api.get(
    '/2/users/by/username/:username',
    guard({ allow: ['user', 'app'], scopes, limit: { user: 900, app: 300 }, query: SELECTION_QUERY }),
    (c) => {
      const { username } = c.req.param()
      if (!/^[A-Za-z0-9_]{1,15}$/.test(username)) {
        const message = `The \`username\` query parameter value [${username}] does not match ^[A-Za-z0-9_]{1,15}$`
        return refuse(c, invalid(message, { username: [username] }))
      }
      const person = world.people.named(username)
      if (person !== undefined) return account(c, world, person)
      // X answers 200 about an account that is not there.
      return answer(c, { errors: [missing('user', 'username', username)] })
    },
  )

  api.get(
    '/2/users/:id/tweets',
    guard({ allow: ['user', 'app'], scopes, limit: { user: 900, app: 10_000 }, query: [...TIMELINE_QUERY, 'exclude'] }),
    (c) => {
      const excluded = c.req.query('exclude')?.split(',') ?? []
      return timeline(
        c,
        world,
        (tweet, userId) =>
          tweet.author.id === userId && !(excluded.includes('replies') && tweet.inReplyTo !== undefined),
      )
    },
  )

  api.get(
    '/2/users/:id/mentions',
    guard({ allow: ['user', 'app'], scopes, limit: { user: 300, app: 450 }, query: TIMELINE_QUERY }),
    (c) =>
      timeline(
        c,
        world,
        (tweet, userId) => tweet.author.id !== userId && tweet.mentions.some(({ person }) => person.id === userId),
      ),
  )
}

function account(c: ApiContext, world: World, person: LocalPerson): Response {
  const read = readSelection(c)
  if (read.kind === 'refused') return refuse(c, read.problem)
  return answer(c, { data: presentPerson(person, read.selection.user, world, c.get('caller')) })
}

function timeline(c: ApiContext, world: World, belongs: (tweet: LocalTweet, userId: string) => boolean): Response {
  const userId = c.req.param('id') ?? ''
  if (!isId(userId)) return refuse(c, invalid(`The \`id\` query parameter value [${userId}] is not valid`))
  const read = readSelection(c)
  if (read.kind === 'refused') return refuse(c, read.problem)
  const range = readRange(c)
  if (range.kind === 'wrong') return refuse(c, invalid(range.message))
  if (world.people.find(userId) === undefined) return answer(c, { errors: [missing('user', 'id', userId)] })

  const matching = world.tweets
    .all()
    .filter((tweet) => !tweet.deleted && isLatest(tweet) && belongs(tweet, userId) && range.holds(tweet))
    .reverse()
  const page = matching.slice(0, range.maxResults)
  const [newest, oldest] = [page[0], page.at(-1)]
  // X leaves `data` away where there is nothing.
  if (newest === undefined || oldest === undefined) return answer(c, { meta: { result_count: 0 } })
  const { data, includes } = present(page, read.selection, world, c.get('caller'))
  return answer(c, {
    data,
    ...(Object.keys(includes).length === 0 ? {} : { includes }),
    meta: {
      result_count: page.length,
      newest_id: newest.id,
      oldest_id: oldest.id,
      ...(page.length < matching.length ? { next_token: toToken(oldest.id) } : {}),
    },
  })
}

type Range =
  | { readonly kind: 'range'; readonly maxResults: number; readonly holds: (tweet: LocalTweet) => boolean }
  | { readonly kind: 'wrong'; readonly message: string }

function readRange(c: ApiContext): Range {
  const { max_results = '10', since_id = '0', until_id, start_time, end_time, pagination_token } = c.req.query()
  const maxResults = Number(max_results)
  if (!Number.isInteger(maxResults) || maxResults < 5 || maxResults > 100) {
    return {
      kind: 'wrong',
      message: `The \`max_results\` query parameter value [${max_results}] is not between 5 and 100`,
    }
  }
  const before = [until_id, pagination_token === undefined ? undefined : fromToken(pagination_token)]
  const [from, to] = [start_time, end_time].map((time) => (time === undefined ? undefined : Date.parse(time)))
  if (!isId(since_id) || before.some((id) => id !== undefined && !isId(id)) || Number.isNaN(from) || Number.isNaN(to)) {
    return { kind: 'wrong', message: 'One of since_id, until_id, start_time, end_time, pagination_token is not valid' }
  }
  return {
    kind: 'range',
    maxResults,
    holds: (tweet) =>
      compareIds(tweet.id, since_id) > 0 &&
      before.every((id) => id === undefined || compareIds(tweet.id, id) < 0) &&
      (from === undefined || tweet.createdAt >= from) &&
      (to === undefined || tweet.createdAt < to),
  }
}

// X's tokens are base32hex too; what they hold is its own affair.
const toToken = (id: string): string => BigInt(id).toString(32)

function fromToken(token: string): string {
  let id = 0n
  for (const digit of token) id = id * 32n + BigInt('0123456789abcdefghijklmnopqrstuv'.indexOf(digit))
  return id.toString()
}
