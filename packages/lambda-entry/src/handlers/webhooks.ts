import { linesOf, type Settings } from '../settings.js'

/** The administration of webhooks at X, loaded when it is asked for. */
export async function webhooksOf({ parameters }: Settings<'sweep'> | Settings<'admin'>) {
  const { XWebhooks } = await import('@hexbird/adapters-x')
  return new XWebhooks({ bearerToken: parameters['bearer-token'], userCredentials: credentialsOf(parameters) })
}

/** Whose name this is on X; `undefined` where it is nobody's. */
export async function idOf({ parameters }: Settings<'admin'>, username: string): Promise<string | undefined> {
  const { XApp } = await import('@hexbird/adapters-x')
  const credentials = credentialsOf(parameters)
  return new XApp(credentials).idOf(username, credentials)
}

const credentialsOf = (parameters: Settings<'admin'>['parameters'] | Settings<'sweep'>['parameters']) => ({
  consumerKey: parameters['consumer-key'],
  consumerSecret: linesOf(parameters['consumer-secret'])[0] ?? '',
  accessToken: parameters['access-token'],
  accessSecret: parameters['access-secret'],
})
