import { XActivityStream, XWebhooks } from '@hexbird/adapters-x'
import type { Ports } from '@hexbird/core/adapter'
import { type Bounds, sweep } from '@hexbird/core/host'
import { defined } from '@hexbird/core/util'
import { flagsOf, type XAddress } from '../operate/x.js'
import { isPaused, keepAsking, type Pace } from './asking.js'
import type { IngressName } from './ingress-names.js'
import { fieldsOf, type Log } from './log.js'
import { noteBotAtLocalX } from './note-outcome.js'
import { createStreamTeller } from './tell-stream.js'
import { createSweptTeller } from './tell-swept.js'

const SECOND = 1000
const MINUTE = 60 * SECOND

/** A stream and a webhook bring tweets by themselves; asking finds what they missed. */
const PACES: Readonly<Record<IngressName, Pace>> = {
  poll: { every: 30 * SECOND, lookBackEvery: 10 * MINUTE },
  stream: { every: 10 * MINUTE, lookBackEvery: 0 },
  webhook: { every: 5 * MINUTE, lookBackEvery: 0 },
}

/** The least that X lists on a page. As a rule there is nothing new, and money for a page is reserved as if it were full. */
const FIRST_PAGE = 5

const UNTIL_THEN = 'Until then the bot finds mentions when it polls.'

export interface IngressOptions extends Bounds {
  readonly ingress: IngressName
  readonly every: number | undefined
  readonly botId: string
  readonly bearerToken: string | undefined
  readonly x: XAddress
  /** The file that the settings are from. */
  readonly file: string | undefined
  readonly webhookUrl: string | undefined
  readonly log: Log
  /** What to type about whatever keeps mentions from being listed. */
  readonly remedyOf: (reason: string) => string
  /** Told each time that X has listed the mentions. */
  readonly onListed: () => void
}

/** Brings tweets into the inbox until the function that it gives is called, which resolves when nothing of it runs. */
export function startIngress(
  ports: Pick<Ports, 'mentions' | 'cursor' | 'inbox' | 'budget' | 'killSwitch' | 'now'>,
  {
    ingress,
    every,
    botId,
    limits,
    platform,
    bearerToken = '',
    x,
    file,
    webhookUrl,
    log,
    remedyOf,
    onListed,
  }: IngressOptions,
): () => Promise<void> {
  const pace = PACES[ingress]
  const options = { bot: { id: botId }, limits, platform, firstPage: FIRST_PAGE }
  const tellSwept = createSweptTeller(log, remedyOf)
  const ask = () =>
    keepAsking(
      (lookBack) => sweep(ports, lookBack ? options : { ...options, overlap: 0 }),
      { ...pace, every: every ?? pace.every },
      (asked, nextSweepAt) => {
        tellSwept(asked)
        void noteBotAtLocalX(x.local, { nextSweepAt, paused: isPaused(asked) })
        if (asked.kind === 'swept') note(onListed, log)
      },
    )
  let stopAsking = ask()
  let isOver = false
  if (ingress !== 'poll') void warnIfUnsubscribed()
  if (ingress !== 'stream') {
    return () => {
      isOver = true
      return stopAsking()
    }
  }
  const tellStream = createStreamTeller(log)
  const stream = new XActivityStream({
    bearerToken,
    inbox: ports.inbox,
    ...defined({ agent: x.agent }),
    onEvent(event) {
      tellStream(event)
      if (event.kind === 'connected') void askAnew()
    },
  })
  stream.start()
  return async () => {
    isOver = true
    await stream.close()
    await stopAsking()
  }

  /** Listing the subscriptions costs nothing. If X does not list them, nothing is known to be wrong. */
  async function warnIfUnsubscribed(): Promise<void> {
    const webhooks = new XWebhooks({ bearerToken, ...defined({ agent: x.agent }) })
    const flags = flagsOf(x, file)
    const { deliveryFindings, streamedTypes } = await import('../operate/doctor/x-checks.js')
    if (ingress === 'stream') {
      const all = await webhooks.subscriptions({ dialect: 'x-activity' }).catch(() => undefined)
      if (isOver || all === undefined || streamedTypes(all, botId).includes('post.mention.create')) return
      const todo = `Run \`hexbird subscribe --stream${flags}\`.`
      const message = `The stream has no subscription for mentions, so X delivers none. ${todo} ${UNTIL_THEN}`
      return log({ level: 'warn', message })
    }
    if (bearerToken === '') return
    const url = webhookUrl ?? (await webhooks.list().catch(() => []))[0]?.url ?? ''
    const findings = await deliveryFindings(webhooks, url, botId, flags).catch(() => [])
    const failed = findings.find(({ status }) => status === 'fail')
    if (isOver || failed === undefined) return
    const todo = url === '' ? `Run \`hexbird setup${flagsOf(x)} --ingress webhook --webhook-url <url>\`.` : failed.todo
    const message = `X delivers no mentions to the webhook. ${todo} ${UNTIL_THEN}`
    log({ level: 'warn', message, fields: { detail: failed.detail } })
  }

  /** X does not send again what it could not send while there was no connection. */
  async function askAnew(): Promise<void> {
    await stopAsking()
    if (!isOver) stopAsking = ask()
  }
}

/** What only the doctor wants to know stops nothing. */
function note(onListed: () => void, log: Log): void {
  try {
    onListed()
  } catch (error) {
    log({ level: 'warn', message: 'The time of this poll could not be stored.', fields: fieldsOf(error) })
  }
}
