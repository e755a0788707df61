import type { Hono } from 'hono'
import type { LocalPerson } from '../state/people.js'
import type { LocalTweet } from '../state/tweets.js'
import { compareIds } from '../util/ids.js'
import type { World } from '../world.js'
import { isId } from './body.js'
import { inWords, present, presentPerson, readSelection, SELECTION_QUERY } from './fields.js'
import { type ApiContext, type ApiEnv, callerOf, type Guard } from './guard.js'
import { answer, invalid, missing, refuse } from './problems.js'

/* docs.x.com/x-api/users/lookup and /posts/timelines: accounts, their tweets, and those that mention them. */

const TIMELINE_QUERY = [
  ...['max_results', 'pagination_token', 'since_id', 'until_id', 'start_time', 'end_time'],
  ...SELECTION_QUERY.tweets,
]

export function routeUsers(api: Hono<ApiEnv>, world: World, guard: Guard): void {
  const scopes = ['tweet.read', 'users.read']

  api.get('/2/users/me', guard({ allow: ['user'], scopes, limit: { user: 75 }, query: SELECTION_QUERY.users }), (c) =>
    account(c, world, callerOf(c, world)),
  )

  api.get(
    '/2/users/by/username/:username',
    guard({ allow: ['user', 'app'], scopes, limit: { user: 900, app: 300 }, query: SELECTION_QUERY.users }),
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
    '/2/users/:id',
    guard({ allow: ['user', 'app'], scopes, limit: { user: 900, app: 300 }, query: SELECTION_QUERY.users }),
    (c) => {
      const { id } = c.req.param()
      if (!isId(id)) return refuse(c, invalid(`The \`id\` query parameter value [${id}] is not valid`, { id: [id] }))
      const person = world.people.find(id)
      return person === undefined ? answer(c, { errors: [missing('user', 'id', id)] }) : account(c, world, person)
    },
  )

  api.get(
    '/2/users/:id/tweets',
    guard({ allow: ['user', 'app'], scopes, limit: { user: 900, app: 10_000 }, query: [...TIMELINE_QUERY, 'exclude'] }),
    (c) => {
      const excluded = c.req.query('exclude')?.split(',') ?? []
      return timeline(c, world, {
        newestFirst: world.tweets.by,
        belongs: ({ inReplyTo }) => !(excluded.includes('replies') && inReplyTo !== undefined),
        reach: 3200,
      })
    },
  )

  api.get(
    '/2/users/:id/mentions',
    guard({ allow: ['user', 'app'], scopes, limit: { user: 300, app: 450 }, query: TIMELINE_QUERY }),
    (c) =>
      timeline(c, world, {
        newestFirst: world.tweets.mentioning,
        belongs: ({ id, author }) =>
          author.id !== c.req.param('id') && !world.unlisted.has(id) && !world.blockers.has(author.id),
        reach: 800,
      }),
  )
}

function account(c: ApiContext, world: World, person: LocalPerson): Response {
  const read = readSelection(c, world, 'users')
  if (read.kind === 'refused') return refuse(c, read.problem)
  const { words, user } = read.selection
  world.bills.read('userRead', [person.id])
  return answer(c, inWords(words, { data: presentPerson(person, user, world, c.get('caller')) }))
}

type Timeline = {
  readonly newestFirst: (userId: string) => Iterable<LocalTweet>
  readonly belongs: (tweet: LocalTweet) => boolean
  /** What is older than that many does not show: docs.x.com/x-api/posts/timelines/introduction. */
  readonly reach: number
}

function timeline(c: ApiContext, world: World, { newestFirst, belongs, reach }: Timeline): Response {
  const userId = c.req.param('id') ?? ''
  if (!isId(userId)) return refuse(c, invalid(`The \`id\` query parameter value [${userId}] is not valid`))
  const read = readSelection(c, world, 'tweets')
  if (read.kind === 'refused') return refuse(c, read.problem)
  const range = readRange(c)
  if (range.kind === 'wrong') return refuse(c, invalid(range.message))
  if (world.people.find(userId) === undefined) return answer(c, { errors: [missing('user', 'id', userId)] })

  const matching = within(newestFirst(userId), belongs, reach, range)
  const start = startOf(matching, range)
  const page = matching.slice(start, start + range.maxResults)
  const [newest, oldest] = [page[0], page.at(-1)]
  // X leaves `data` away where there is nothing.
  if (newest === undefined || oldest === undefined) return answer(c, { meta: { result_count: 0 } })
  const caller = c.get('caller')
  // X's lower price is for what an account reads of its own, where it owns the app; the bot does.
  const isOwn = caller.kind === 'user' && caller.userId === userId && userId === world.bot.id
  const { data, includes } = present(page, read.selection, world, caller, isOwn ? 'ownedRead' : 'postRead')
  return answer(c, {
    data,
    ...(Object.keys(includes).length === 0 ? {} : { includes }),
    meta: {
      result_count: page.length,
      newest_id: newest.id,
      oldest_id: oldest.id,
      ...(start + page.length < matching.length ? { next_token: toToken({ side: 'older', id: oldest.id }) } : {}),
      ...(start > 0 ? { previous_token: toToken({ side: 'newer', id: newest.id }) } : {}),
    },
  })
}

/** What the timeline has within the range, newest first. */
function within(
  newestFirst: Iterable<LocalTweet>,
  belongs: Timeline['belongs'],
  reach: number,
  { sinceId, holds }: Range,
): LocalTweet[] {
  const found: LocalTweet[] = []
  let seen = 0
  for (const tweet of newestFirst) {
    if (!belongs(tweet)) continue
    seen += 1
    if (seen > reach || compareIds(tweet.id, sinceId) <= 0) break
    if (holds(tweet)) found.push(tweet)
  }
  return found
}

/** Where the page begins that the token stands for: what is older than its tweet, or so many that are newer. */
function startOf(matching: readonly LocalTweet[], { page, maxResults }: Range): number {
  if (page === undefined) return 0
  const { side, id } = page
  const first = matching.findIndex((tweet) => compareIds(tweet.id, id) < (side === 'older' ? 0 : 1))
  const at = first < 0 ? matching.length : first
  return side === 'older' ? at : Math.max(0, at - maxResults)
}

/** One side of a tweet. */
type Page = { readonly side: 'older' | 'newer'; readonly id: string }

type Range = {
  readonly kind: 'range'
  readonly maxResults: number
  readonly sinceId: string
  readonly page: Page | undefined
  readonly holds: (tweet: LocalTweet) => boolean
}

function readRange(c: ApiContext): Range | { readonly kind: 'wrong'; readonly message: string } {
  const { max_results = '10', since_id = '0', until_id, start_time, end_time, pagination_token } = c.req.query()
  const wrong = (message: string) => ({ kind: 'wrong', message }) as const
  const maxResults = Number(max_results)
  if (!Number.isInteger(maxResults) || maxResults < 5 || maxResults > 100) {
    return wrong(`The \`max_results\` query parameter value [${max_results}] is not between 5 and 100`)
  }
  const page = pagination_token === undefined ? undefined : fromToken(pagination_token)
  const [from, to] = [start_time, end_time].map((time) => (time === undefined ? undefined : Date.parse(time)))
  const ids = [since_id, until_id, page?.id].filter((id) => id !== undefined)
  if (!ids.every(isId) || Number.isNaN(from) || Number.isNaN(to)) {
    return wrong('One of since_id, until_id, start_time, end_time, pagination_token is not valid')
  }
  // X's description 2.167 says both of this path.
  if (until_id !== undefined && compareIds(since_id, until_id) >= 0) return wrong('since_id must be less than until_id')
  if (from !== undefined && to !== undefined && from >= to) return wrong('start_time must be earlier than end_time')
  return {
    kind: 'range',
    maxResults,
    sinceId: since_id,
    page,
    holds: (tweet) =>
      (until_id === undefined || compareIds(tweet.id, until_id) < 0) &&
      (from === undefined || tweet.createdAt >= from) &&
      (to === undefined || tweet.createdAt < to),
  }
}

// X's tokens are base32hex too; what they hold is its own affair.
const toToken = ({ side, id }: Page): string => (BigInt(id) * 2n + (side === 'older' ? 0n : 1n)).toString(32)

const BASE32HEX = '0123456789abcdefghijklmnopqrstuv'

/** Of what is no token, a page whose id is none. */
function fromToken(token: string): Page {
  if (!/^[0-9a-v]{1,20}$/.test(token)) return { side: 'older', id: '' }
  let held = 0n
  for (const digit of token) held = held * 32n + BigInt(BASE32HEX.indexOf(digit))
  return { side: held % 2n === 0n ? 'older' : 'newer', id: (held / 2n).toString() }
}
