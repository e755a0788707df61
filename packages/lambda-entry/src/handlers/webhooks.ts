import { linesOf, type Settings } from '../settings.js'

/** The administration of webhooks at X, loaded when it is asked for. */
export async function webhooksOf({ parameters }: Settings<'sweep'> | Settings<'admin'>) {
  const { XWebhooks } = await import('@hexbird/adapters-x')
  return new XWebhooks({
    bearerToken: parameters['bearer-token'],
    userCredentials: {
      consumerKey: parameters['consumer-key'],
      consumerSecret: linesOf(parameters['consumer-secret'])[0] ?? '',
      accessToken: parameters['access-token'],
      accessSecret: parameters['access-secret'],
    },
  })
}
