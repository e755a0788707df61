import type { Hono } from 'hono'
import { APP_ID } from '../state/app.js'
import type { World } from '../world.js'
import type { ApiEnv, Guard } from './guard.js'
import { readNames } from './names.js'
import { answer, invalid, refuse } from './problems.js'

const DAY_MS = 24 * 60 * 60 * 1000

/** docs.x.com/x-api/getting-started/pricing: so many posts a month. */
const PROJECT_CAP = 3_000_000

/** What X gives where no fields are named: docs.x.com/x-api/x-api-v2/usage/tweets, sample response. */
const DEFAULT_FIELDS = ['cap_reset_day', 'project_cap', 'project_id', 'project_usage']
const FIELDS = [...DEFAULT_FIELDS, 'daily_client_app_usage', 'daily_project_usage']

/** How many posts were read. The app and its project have the same id here. */
export function routeUsage(api: Hono<ApiEnv>, world: World, guard: Guard): void {
  const { bills, now } = world
  api.get('/2/usage/tweets', guard({ allow: ['app'], limit: { app: 50 }, query: ['days', 'usage.fields'] }), (c) => {
    const { days = '7' } = c.req.query()
    const count = Number(days)
    if (!Number.isInteger(count) || count < 1 || count > 90) {
      return refuse(
        c,
        invalid(`The \`days\` query parameter value [${days}] is not between 1 and 90`, { days: [days] }),
      )
    }
    const read = readNames(c, world, 'usage.fields', FIELDS)
    if (read.kind === 'refused') return refuse(c, read.problem)
    const { names: fields = DEFAULT_FIELDS } = read
    const dates = Array.from({ length: count }, (_, back) => new Date(now() - back * DAY_MS).toISOString().slice(0, 10))
    const usage = dates.map((date) => ({ date: `${date}T00:00:00.000Z`, usage: String(bills.postsOn(date)) }))
    const today = new Date(now())
    const monthUsage = Array.from({ length: today.getUTCDate() }, (_, back) => now() - back * DAY_MS)
      .map((time) => bills.postsOn(new Date(time).toISOString().slice(0, 10)))
      .reduce((sum, posts) => sum + posts, 0)
    const all = {
      cap_reset_day: 1,
      daily_client_app_usage: [{ client_app_id: APP_ID, usage, usage_result_count: usage.length }],
      daily_project_usage: { project_id: APP_ID, usage },
      project_cap: String(PROJECT_CAP),
      project_id: APP_ID,
      project_usage: String(monthUsage),
    }
    return answer(c, { data: Object.fromEntries(Object.entries(all).filter(([name]) => fields.includes(name))) })
  })
}
