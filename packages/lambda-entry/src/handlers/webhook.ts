import { memoize } from '@hexbird/core/util'
import type { WebhookAppEvent } from '@hexbird/http'
import { answerChallenge, challengeSecretOf, WEBHOOK_PATH } from '@hexbird/http/challenge'
import type { Observer } from '../observe.js'
import { identify, tellSetAside } from '../set-aside.js'
import { linesOf } from '../settings.js'
import { entry, type Make } from './entry.js'
import { answerOver, type HttpResult, overHttp, questionOf } from './http.js'

/**
 * X's challenges and deliveries. A challenge has to be answered within three seconds, from cold: it is, before anything is
 * loaded that only a delivery needs.
 */
export const makeWebhook: Make<'webhook', unknown, HttpResult> = (settings, observer) => {
  const secrets = {
    consumerSecrets: linesOf(settings.parameters['consumer-secret']),
    clientSecrets: linesOf(settings.parameters['client-secret']),
  }
  const inbox = memoize(async () => {
    const { createWiring } = await import('../container.js')
    return (await createWiring(settings, tellSetAside(observer)).ports('inbox')).inbox
  })
  const onEvent = (event: WebhookAppEvent) => tell(observer, event)
  const deliveries = memoize(async () => {
    const { createWebhookApp } = await import('@hexbird/http')
    return overHttp(
      createWebhookApp({ inbox: { put: async (events) => (await inbox()).put(events) }, ...secrets, onEvent }),
    )
  })
  return async (event, context) => {
    const question = questionOf(event)
    if (question?.method !== 'GET' || question.path !== WEBHOOK_PATH) return (await deliveries())(event, context)
    const answer = answerChallenge(new URLSearchParams(question.query), challengeSecretOf(secrets))
    onEvent(answer.event)
    return answerOver(event, answer)
  }
}

function tell(observer: Observer, event: WebhookAppEvent): void {
  switch (event.kind) {
    case 'challenge-answered':
      observer.info('A challenge was answered.')
      return
    case 'challenge-unusual':
      observer.warn('Answered a challenge in a form that X does not use: someone may be probing.')
      return
    case 'challenge-refused':
    case 'delivery-refused':
      observer.count('Refused', 1, { reason: event.reason })
      observer.warn('Refused.', { what: event.kind, reason: event.reason })
      return
    case 'delivery-unreadable':
      observer.count('Unreadable')
      observer.error('X signed a delivery that cannot be read.', new Error(event.reason), { code: event.code })
      return
    case 'delivery-taken':
      observer.count('Received', event.events.length)
      observer.info('A delivery was accepted.', {
        events: event.events.map(identify),
        passedOver: event.passedOver.map(identify),
      })
      return
    case 'delivery-not-taken':
      observer.count('Failed')
      observer.error('The queue did not accept a delivery, so X got an error and may deliver it again.', event.error)
      return
    case 'broken':
      observer.error('The webhook failed.', event.error)
      return
  }
}

export const handlerOf = () => entry('webhook', makeWebhook)
