// The build that inversify loads: the other would be read besides.
import { storedJobs } from '@hexbird/core/host'
import { defined, memoize } from '@hexbird/core/util'
import 'reflect-metadata/lite'
import { randomUUID } from 'node:crypto'
import type { DynamoTableOptions, TableId } from '@hexbird/adapters-aws/dynamo'
import type { Ports } from '@hexbird/core/adapter'
import { Container, ContainerModule, type ServiceIdentifier } from 'inversify'
import type { ParameterName } from './functions.js'
import type { SetAside } from './set-aside.js'
import { type AnySettings, linesOf, SettingsError } from './settings.js'

/** What a function needs of the world, made when it is first asked for. */
export interface Wiring {
  /** The ports of those names. Their adapters alone are loaded and made, each once. */
  ports<Name extends PortName>(...names: readonly Name[]): Promise<Pick<Ports, Name>>
  /** Stand-ins for them, at once. An adapter is loaded and made when its stand-in is first called. */
  lazy<Name extends LazyName>(...names: readonly Name[]): Pick<Ports, Name>
}

/** The ports that answer with promises alone. */
/** Whose store is restored from a backup is asked for what it lost by `hexbird run` alone. */
export type PortName = Exclude<keyof Ports, 'ownTweets'>
type LazyName = Exclude<PortName, 'now' | 'newId'>

/** How the adapter of each port is made. */
type Makers = { readonly [Name in PortName]: () => Promise<Ports[Name]> }

/** What a port is called in the container; tells which port it is. */
const idOf = <Name extends PortName>(name: Name): ServiceIdentifier<Ports[Name]> => name

/**
 * The one place that knows which adapter stands behind which port.
 *
 * @param setAside told of events that the queue can never take; whoever asks for `inbox` gives it
 */
export function createWiring(settings: AnySettings, setAside?: SetAside): Wiring {
  const container = new Container({ defaultScope: 'Singleton' })
  container.load(moduleOf(asDeployed(settings, setAside)))
  return {
    lazy(...names) {
      const standIns = names.map((name) => [name, standInFor(() => container.getAsync(idOf(name)))] as const)
      return Object.fromEntries(standIns) as unknown as Pick<Ports, (typeof names)[number]>
    },
    async ports(...names) {
      const made = await Promise.all(names.map(async (name) => [name, await container.getAsync(idOf(name))] as const))
      return Object.fromEntries(made) as Pick<Ports, (typeof names)[number]>
    },
  }
}

/** Binds every port to what makes its adapter, which is made when it is first asked for. */
function moduleOf(makers: Makers): ContainerModule {
  return new ContainerModule(({ bind }) => {
    for (const name of Object.keys(makers) as PortName[]) bind(idOf(name)).toDynamicValue(makers[name])
  })
}

type Callable = Readonly<Record<string, (...args: unknown[]) => Promise<unknown>>>

/** Whatever is called on it is called on the port. It is no promise itself, although anything can be called on it. */
function standInFor<Port extends object>(load: () => Promise<Port>): Port {
  return new Proxy({} as Port, {
    get: (_, method) =>
      typeof method === 'string' && method !== 'then'
        ? async (...args: unknown[]) => {
            const port = (await load()) as Callable
            return port[method]?.(...args)
          }
        : undefined,
  })
}

/** A stage holds nothing of what it does without: what is empty in memory says the same. */
function asDeployed(settings: AnySettings, setAside?: SetAside): Makers {
  const memory = memoize(() => import('@hexbird/adapters-memory'))
  const blobs = memoize(async () => new (await memory()).MemoryBlobStore())
  return {
    ...onAws(settings, setAside),
    ...(settings.without.includes('jobs') && { blobs, jobs: async () => storedJobs(await blobs()) }),
    ...(settings.without.includes('sign-in') && {
      accounts: async () => new (await memory()).MemoryAccountStore(),
      sessions: async () => new (await memory()).MemorySessionStore(),
    }),
  }
}

/** Every adapter is behind an `import()`: a function does not load what it does not call. */
function onAws(settings: AnySettings, setAside?: SetAside): Makers {
  const { stage, bot } = settings
  const dynamo = memoize(async () => {
    const adapters = await import('@hexbird/adapters-aws/dynamo')
    return { ...adapters, client: adapters.dynamoClient(), names: adapters.tableNames(stage) }
  })
  type Dynamo = Awaited<ReturnType<typeof dynamo>>
  /** What makes an adapter over one of the stage's tables. */
  const over =
    <Made>(table: TableId, make: (adapters: Dynamo, on: DynamoTableOptions) => Made | Promise<Made>) =>
    async () => {
      const adapters = await dynamo()
      return make(adapters, { client: adapters.client, table: adapters.names[table] })
    }
  const blobs = memoize(async () => {
    const { S3BlobStore, s3Client } = await import('@hexbird/adapters-aws/s3')
    return new S3BlobStore({ client: s3Client(), bucket: environmentOf(settings, 'HEXBIRD_BUCKET') })
  })
  const x = () => import('@hexbird/adapters-x')
  const app = () => ({
    consumerKey: parameterOf(settings, 'consumer-key'),
    consumerSecret: linesOf(parameterOf(settings, 'consumer-secret'))[0] ?? '',
  })
  const asBot = () => ({
    credentials: {
      ...app(),
      accessToken: parameterOf(settings, 'access-token'),
      accessSecret: parameterOf(settings, 'access-secret'),
    },
    botId: bot.id,
  })
  return {
    accounts: over(
      'twitter',
      async ({ DynamoAccountStore }, on) => new DynamoAccountStore({ ...on, box: await boxOf(settings) }),
    ),
    blobs,
    killSwitch: over('breaker', ({ DynamoKillSwitch }, on) => new DynamoKillSwitch(on)),
    budget: over('budget', ({ DynamoBudget }, on) => new DynamoBudget(on)),
    cursor: over('cursor', ({ DynamoCursor }, on) => new DynamoCursor(on)),
    inbox: async () => {
      const { SqsInbox, sqsClient } = await import('@hexbird/adapters-aws/sqs')
      const queueUrl = environmentOf(settings, 'HEXBIRD_EVENTS_QUEUE_URL')
      return new SqsInbox({ client: sqsClient(), queueUrl, ...defined({ setAside }) })
    },
    // A stored job is all: the bucket tells the queue of it.
    jobs: async () => storedJobs(await blobs()),
    labeler: async () => {
      const { RekognitionImageLabeler, rekognitionClient } = await import('@hexbird/adapters-aws/rekognition')
      const bucket = environmentOf(settings, 'HEXBIRD_BUCKET')
      return new RekognitionImageLabeler({ client: rekognitionClient(), bucket, photos: await blobs() })
    },
    ledger: over('reply', ({ DynamoReplyLedger }, on) => new DynamoReplyLedger(on)),
    media: async () => new (await x()).HttpsMediaFetcher({}),
    mentions: async () => new (await x()).XMentions(asBot()),
    newId: async () => randomUUID,
    now: async () => Date.now,
    optOuts: over('optOut', ({ DynamoOptOuts }, on) => new DynamoOptOuts(on)),
    sessions: over(
      'session',
      async ({ DynamoSessionStore }, on) => new DynamoSessionStore({ ...on, box: await boxOf(settings) }),
    ),
    signIn: async () => new (await x()).XSignIn(app()),
    social: async () => new (await x()).XSocialClient(asBot()),
    userActions: async () => new (await x()).XUserActions(app()),
  }
}

/**
 * A function that was not given the keys can still remove an account, and can open none.
 *
 * @throws SettingsError where it is asked to open or seal without keys
 */
async function boxOf(settings: AnySettings) {
  const keys = settingIn(settings.parameters, 'secret-box-keys')
  if (keys === undefined) {
    const none = (): never => {
      throw new SettingsError(`The function ${settings.function} was not given secret-box-keys.`)
    }
    return { seal: none, open: none, needsResealing: none }
  }
  const { createSecretBox, parseKeys } = await import('@hexbird/secret-box')
  return createSecretBox({ stage: settings.stage, keys: parseKeys(keys) })
}

function parameterOf(settings: AnySettings, name: ParameterName): string {
  return required(settings, settingIn(settings.parameters, name), `parameter ${name}`)
}

function environmentOf(settings: AnySettings, name: string): string {
  return required(settings, settingIn(settings.environment, name), name)
}

const settingIn = (values: Readonly<Record<string, string>>, name: string): string | undefined =>
  Object.hasOwn(values, name) ? values[name] : undefined

/** A port whose adapter needs what the function was never given: a mistake in `functions.ts`. */
function required({ function: name }: AnySettings, value: string | undefined, what: string): string {
  if (value !== undefined) return value
  throw new SettingsError(`The function ${name} uses an adapter that needs ${what}, which it was not given.`)
}
