import { boundsOf, type OperatorResult, operate } from '@hexbird/core/host'
import { defined, memoize } from '@hexbird/core/util'
import * as z from 'zod/mini'
import type { LoadBot } from './answering.js'
import { entry, type Make } from './entry.js'
import { idOf, webhooksOf } from './webhooks.js'

const id = z.string('must be 1 to 19 digits').check(z.regex(/^\d{1,19}$/, 'must be 1 to 19 digits'))
const text = z.string('must be a string')
const time = z.iso.datetime('must be a time in UTC, such as 2026-11-23T09:00:00Z')
const dialect = z.enum(['x-activity', 'account-activity'], 'must be x-activity or account-activity')

/** What an operator may ask: `aws lambda invoke --payload '{"action":"webhook-list"}' …`. */
const REQUESTS = [
  z.object({ action: z.literal('webhook-register'), url: z.url('must be a URL') }),
  z.object({ action: z.literal('webhook-list') }),
  z.object({ action: z.literal('webhook-revalidate'), id }),
  z.object({ action: z.literal('webhook-delete'), id }),
  /** What X delivered, or tried to, between two times of the last 24 hours, to be delivered once more. */
  z.object({ action: z.literal('webhook-replay'), id, from: time, to: time }),
  /** `eventTypes`: X Activity alone; with `dm.received`, "stop" in a message is heard, and each message has its price. */
  z.object({
    action: z.literal('subscribe'),
    webhookId: id,
    dialect,
    eventTypes: z.optional(
      z.array(z.string().check(z.regex(/^[a-z]+(\.[a-z_]+)+$/, 'must be an X Activity event type'))),
    ),
  }),
  z.object({ action: z.literal('subscriptions'), webhookId: id }),
  /** `id`: of the subscription in X Activity, of the account in Account Activity. */
  z.object({ action: z.literal('unsubscribe'), webhookId: id, dialect, id: text }),
  z.object({ action: z.literal('pause'), reason: text }),
  z.object({ action: z.literal('resume') }),
  z.object({ action: z.literal('state') }),
  /** Somebody who said "stop" wants to be answered again. */
  z.object({ action: z.literal('opt-in'), uid: id }),
  /** The id of who has a name on X, for `forget`. */
  z.object({
    action: z.literal('id-of'),
    username: z.string().check(z.regex(/^\w{1,15}$/, 'must be a name without @')),
  }),
  z.object({ action: z.literal('forget'), uid: id }),
  /** Everything of everybody, for good: `sure` is the name of the stage. */
  z.object({ action: z.literal('purge'), sure: text }),
] as const
const REQUEST = z.discriminatedUnion(
  'action',
  REQUESTS,
  `must be one of ${REQUESTS.map(({ shape }) => shape.action.def.values[0]).join(', ')}`,
)

export type AdminRequest = z.infer<typeof REQUEST>

export type AdminResult = OperatorResult

/** What `operate` works with; a request loads those that it calls. */
const PORTS = ['accounts', 'blobs', 'killSwitch', 'budget', 'ledger', 'optOuts', 'sessions', 'userActions'] as const

/** What an operator does by hand. Nothing public leads here: whoever may invoke the function may do all of it. */
export const makeAdmin =
  (load: LoadBot): Make<'admin', unknown, AdminResult> =>
  (settings, observer) => {
    const ports = memoize(async () => {
      const { createWiring } = await import('../container.js')
      return { ...createWiring(settings).lazy(...PORTS), now: Date.now }
    })
    const webhooks = memoize(() => webhooksOf(settings))

    return async (event) => {
      const request = REQUEST.safeParse(event)
      if (!request.success) return refused(z.prettifyError(request.error))
      observer.warn('An operator made a request.', { action: request.data.action })
      return act(request.data)
    }

    async function act(request: AdminRequest): Promise<AdminResult> {
      switch (request.action) {
        case 'webhook-register':
          return done(await (await webhooks()).register(request.url))
        case 'webhook-list':
          return done(await (await webhooks()).list())
        case 'webhook-revalidate':
          return done(await (await webhooks()).revalidate(request.id))
        case 'webhook-delete':
          return done(await (await webhooks()).remove(request.id))
        case 'webhook-replay': {
          const [from, to] = [Date.parse(request.from), Date.parse(request.to)]
          return done(await (await webhooks()).replay({ webhookId: request.id, from, to }))
        }
        case 'subscribe': {
          const { webhookId, dialect, eventTypes } = request
          const asked = { webhookId, dialect, botId: settings.bot.id, ...defined({ eventTypes }) }
          return done(await (await webhooks()).subscribe(asked))
        }
        case 'subscriptions':
          return done(await subscriptions(request.webhookId))
        case 'unsubscribe':
          return unsubscribe(request)
        case 'id-of': {
          const uid = await idOf(settings, request.username)
          return uid === undefined ? refused(`Nobody on X is called @${request.username}.`) : done({ uid })
        }
        default:
          return operate(await ports(), { ...settings, ...boundsOf((await load()).default, settings) }, request)
      }
    }

    async function subscriptions(webhookId: string) {
      const x = await webhooks()
      const activities = await x.subscriptions({ dialect: 'x-activity' })
      try {
        return [...activities, ...(await x.subscriptions({ dialect: 'account-activity', webhookId }))]
      } catch (error) {
        // On pay-per-use Account Activity wants an application: who has none is not to miss the rest.
        if (!isClosed(error)) throw error
        observer.warn('X does not list Account Activity subscriptions for this app.')
        return activities
      }
    }

    async function unsubscribe({ webhookId, dialect, id }: Extract<AdminRequest, { action: 'unsubscribe' }>) {
      const known = (await subscriptions(webhookId)).find(
        (subscription) =>
          subscription.dialect === dialect && ('id' in subscription ? subscription.id : subscription.userId) === id,
      )
      if (!known) return refused(`There is no ${dialect} subscription ${id} at webhook ${webhookId}.`)
      return done(await (await webhooks()).unsubscribe(known))
    }
  }

const isClosed = (error: unknown) =>
  error instanceof Error && 'code' in error && ['X_REQUEST_REFUSED', 'X_UNAUTHORIZED'].includes(String(error.code))

const done = (result: unknown): AdminResult => ({ kind: 'done', result })
const refused = (detail: string): AdminResult => ({ kind: 'refused', detail })

export const handlerOf = (load: LoadBot) => entry('admin', makeAdmin(load))
