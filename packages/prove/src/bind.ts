import { AsyncLocalStorage } from 'node:async_hooks'
import { type Context, type Definition, defineBot, type ReplyContent } from '@hexbird/core'
import { callThrough, type Injector, isInjected, type Process } from './harness/faults.js'
import type { LocalStage } from './harness/local-stage.js'
import type { Answer, CallListener } from './harness/meter.js'
import type { Lab, Subject } from './lab.js'

/** Which process of the bot runs. */
const current = new AsyncLocalStorage<Process>()

/** What is noted while handlers run. */
export interface Notes extends CallListener {
  /** Handlers that have begun and not ended. */
  readonly open: Set<string>
  /** By the first id of a tweet: how many images each reply was to have that a handler asked for. */
  readonly images: Map<string, number[]>
  /** Calls by the bot's own client before the time that X had named. */
  early: number
  /** The tweets whose handler threw an error of its own, by the first id. */
  readonly threw: Set<string>
  /** A handler starts for the tweet with that first id. Returns what to call when the handler ends. */
  readonly onStart: (handler: string, firstId: string, process: Process) => () => void
  readonly onThrow: (handler: string, error: unknown) => void
}

/** A subject under test on a stage. */
export interface Bound {
  /** The definition as it is now; made if there is none. */
  readonly current: () => Definition
  readonly definition: (process: Process, injector: Injector) => Definition
  /** The process has died: what the bot had in memory is lost. */
  readonly forget: () => void
  readonly within?: <Result>(process: Process, work: () => Result) => Result
  /** Makes a call of whatever process runs, which may go wrong. */
  readonly through: <Result>(label: string, effect: () => Promise<Result>) => Promise<Result>
}

export function bind(subject: Subject, stage: LocalStage, notes: Notes, tracks: boolean): Bound {
  let made: Definition | undefined
  let injector: Injector | undefined

  const through = <Result>(label: string, effect: () => Promise<Result>): Promise<Result> => {
    const process = current.getStore()
    return process && injector ? callThrough(label, effect, process, injector) : effect()
  }
  const lab = labOf(stage, notes, through)
  const now = () => {
    made ??= typeof subject === 'function' ? start(subject, lab) : subject
    return made
  }
  return {
    current: now,
    definition(process, injected) {
      injector = injected
      return watched(now(), process, injected, notes)
    },
    forget() {
      made = undefined
    },
    ...((tracks || typeof subject === 'function') && {
      within: <Result>(process: Process, work: () => Result) => current.run(process, work),
    }),
    through,
  }
}

/** A bot that does not start fails at whatever it is given. */
function start(make: (lab: Lab) => Definition, lab: Lab): Definition {
  try {
    return make(lab)
  } catch (error) {
    return defineBot().use(() => {
      throw error
    })
  }
}

const X_HOSTS = new Set(['api.x.com', 'api.twitter.com', 'x.com', 'twitter.com', 'upload.twitter.com'])

function labOf({ x, clock }: LocalStage, notes: Notes, through: Bound['through']): Lab {
  const { url, bot } = x
  /** By method and path: until when X asked that process to wait, epoch milliseconds. */
  const waits = new Map<string, { readonly until: number; readonly heardBy: Process | undefined }>()
  let token: string | undefined

  const fetch: Lab['fetch'] = async (input, init) => {
    const request = new Request(input, init)
    const asked = new URL(request.url)
    if (!X_HOSTS.has(asked.hostname) && asked.origin !== url) {
      throw new TypeError(`Under prove, a bot can fetch only from X, not from ${asked.hostname}. Give it a stub.`)
    }
    const headers = new Headers(request.headers)
    token ??= x.userToken(bot.username).accessToken
    if (!headers.has('authorization')) headers.set('authorization', `Bearer ${token}`)
    const { method } = request
    const body = method === 'GET' || method === 'HEAD' ? null : await request.arrayBuffer()
    const process = current.getStore()
    const path = asked.pathname.replaceAll(/\d{5,}/g, ':id')
    const call = `${method} ${path}`
    const reset = ({ headers }: Response) => Number(headers.get('x-rate-limit-reset') ?? 0) * 1000
    const heard = await through(`fetch ${call}`, async () => {
      const wait = waits.get(call)
      // A process that has died since may not have had the time to store it.
      if (wait && clock.now() < wait.until && !wait.heardBy?.isDead()) {
        notes.early += 1
        notes.onEarly(call, wait.until, process)
      }
      const answered = (answer: Answer) => notes.onAnswer(call, answer, process)
      try {
        const response = await globalThis.fetch(`${url}${asked.pathname}${asked.search}`, { method, headers, body })
        answered({ status: response.status, until: reset(response) || undefined })
        return response
      } catch (error) {
        answered({ status: undefined })
        throw error
      }
    })
    if (heard.status === 429) waits.set(call, { until: reset(heard), heardBy: process })
    return heard
  }

  return {
    x: { url, bot, credentials: x.credentials },
    fetch,
    now: clock.now,
    port: (name, port) =>
      new Proxy(port, {
        get(target, property) {
          const method: unknown = Reflect.get(target, property)
          if (typeof method !== 'function') return method
          return (...input: readonly unknown[]) =>
            through(`${name}.${String(property)}`, async () => method.apply(target, input) as unknown)
        },
      }),
  }
}

type Run = (ctx: Context, input: never) => unknown

/** The definition with a call of the injector at the begin and the end of each handler and job. */
function watched(definition: Definition, process: Process, injector: Injector, notes: Notes): Definition {
  let lastThrown: unknown
  /** `ctx.defer` knows a job by what it runs. */
  const jobs = new Map(
    definition.jobs.map((job): [Run, typeof job] => [job.run, { ...job, run: around(`job ${job.name}`, job.run) }]),
  )
  return {
    ...definition,
    steps: definition.steps.map((step, nth) => ({ ...step, run: around(nameOf(step, nth), step.run as Run) })) as never,
    jobs: [...jobs.values()] as never,
  }

  function around<Handler extends Run>(name: string, run: Handler): Handler {
    const point = (label: string) => callThrough(label, async () => {}, process, injector)
    const handler = async (ctx: Context, input: never) => {
      const opened = `${name} ${process.about}`
      await point(name)
      notes.open.add(opened)
      const onEnd = notes.onStart(name, ctx.tweet.firstId, process)
      try {
        await run(seen(ctx), input)
      } catch (error) {
        if (!isInjected(error)) {
          notes.threw.add(ctx.tweet.firstId)
          // Middleware throws what it awaits once more.
          if (error !== lastThrown) notes.onThrow(name, error)
          lastThrown = error
        }
        throw error
      } finally {
        notes.open.delete(opened)
        onEnd()
      }
      await point(`${name}, end`)
    }
    // What core reads of a handler, such as `labels`, stays.
    return Object.assign(handler, run as object) as unknown as Handler
  }

  function seen(ctx: Context): Context {
    return Object.create(ctx, {
      reply: {
        value(content: ReplyContent) {
          const count = typeof content === 'object' ? (content.images?.length ?? 0) : 0
          const { firstId } = ctx.tweet
          notes.images.set(firstId, [...(notes.images.get(firstId) ?? []), count])
          return ctx.reply(content)
        },
      },
      defer: {
        value: (job: { readonly run: Run }, data: never) => ctx.defer((jobs.get(job.run) ?? job) as never, data),
      },
    }) as Context
  }
}

function nameOf(step: Definition['steps'][number], nth: number): string {
  if (step.kind === 'command') return `handler ${step.name}`
  return step.kind === 'on' ? `handler ${step.filter}` : `handler ${nth + 1}`
}
