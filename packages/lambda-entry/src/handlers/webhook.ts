import type { WebhookNotice } from '@hexbird/http'
import { createWebhookApp } from '@hexbird/http'
import type { Observer } from '../observe.js'
import { once } from '../once.js'
import { linesOf } from '../settings.js'
import { entry, type Make } from './entry.js'
import { type HttpResult, overHttp } from './http.js'

/** X's challenges and deliveries: nothing is loaded for a challenge that only a delivery needs. */
export const makeWebhook: Make<'webhook', unknown, HttpResult> = (settings, observer) => {
  const inbox = once(async () => {
    const { createWiring } = await import('../container.js')
    return (await createWiring(settings).ports('inbox')).inbox
  })
  const app = createWebhookApp({
    inbox: { put: async (events) => (await inbox()).put(events) },
    consumerSecrets: linesOf(settings.parameters['consumer-secret']),
    clientSecrets: linesOf(settings.parameters['client-secret']),
    notice: (notice) => tell(observer, notice),
  })
  return overHttp(app)
}

function tell(observer: Observer, notice: WebhookNotice): void {
  switch (notice.kind) {
    case 'challenge-answered':
      observer.info('A challenge was answered.')
      return
    case 'challenge-unusual':
      observer.warn('A challenge was answered that is not of the form that X uses: somebody may be probing.')
      return
    case 'challenge-refused':
    case 'delivery-refused':
      observer.count('Refused', 1, { reason: notice.reason })
      observer.warn('Refused.', { what: notice.kind, reason: notice.reason })
      return
    case 'delivery-unreadable':
      observer.count('Unreadable')
      observer.error('X signed a delivery that cannot be read.', new Error(notice.reason), { code: notice.code })
      return
    case 'delivery-taken':
      observer.count('Received', notice.events.length)
      observer.info('A delivery was taken.', {
        events: notice.events.map(identify),
        passedOver: notice.passedOver.map(identify),
      })
      return
    case 'delivery-not-taken':
      observer.count('Failed')
      observer.error('The queue did not take a delivery; X was told so.', notice.error)
      return
    case 'broken':
      observer.error('The webhook broke.', notice.error)
      return
  }
}

type Event = Extract<WebhookNotice, { kind: 'delivery-taken' }>['events'][number]

const identify = (event: Event) => ({
  kind: event.kind,
  ...(event.kind === 'tweet' && { tweetId: event.tweet.id }),
  ...('name' in event && { name: event.name }),
})

export const handler = entry('webhook', makeWebhook)
