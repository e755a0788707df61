import { type Gateway, startGateway } from '@hexbird/testkit/gateway'
import type { Context } from 'aws-lambda'
import { makeWebhook } from '../src/handlers/webhook.js'
import type { Fixture } from './fixture.js'
import { telling } from './observers.js'

/** The webhook function behind an address that X can call. */
export interface WebhookAtX {
  readonly url: string
  /** From now on challenges are answered rightly, or not. */
  works(rightly: boolean): void
  close(): Promise<void>
}

const PATH = '/twitter/webhook/handleapi'

export async function startWebhookAtX(fixture: Fixture): Promise<WebhookAtX> {
  const gateway: Gateway = await startGateway()
  const run = makeWebhook(await fixture.settings('webhook'), telling())
  let works = true
  const wrong = { statusCode: 200, body: '{"response_token":"sha256=d3Jvbmc="}' }
  gateway.route(PATH, async (event) => (works ? run(event, {} as Context) : wrong))
  return {
    url: `${gateway.origin}${PATH}`,
    works: (rightly) => {
      works = rightly
    },
    close: gateway.close,
  }
}
