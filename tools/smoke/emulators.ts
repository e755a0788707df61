import { fileURLToPath } from 'node:url'
import { SIGN_IN_PATHS, WEBHOOK_PATH } from '@hexbird/http'
import { startGateway } from '@hexbird/testkit/gateway'
import { startLambda } from '@hexbird/testkit/lambda-host'
import { installRuntime } from '@hexbird/testkit/lambda-runtime'
import { startLocalStage } from './local-stage.js'

/** A stage on this machine, its bundles under Lambda's own runtime behind a gateway. */
export interface Emulators {
  readonly origin: string
  close(): Promise<void>
}

export async function startEmulators(root: URL): Promise<Emulators> {
  const { node, runtime } = await installRuntime(root)
  const stage = await startLocalStage()
  const gateway = await startGateway()
  const started = (name: string) =>
    startLambda({
      name,
      node,
      runtime,
      taskRoot: fileURLToPath(new URL(`packages/lambda-entry/build/${name}`, root)),
      preload: fileURLToPath(new URL('tools/testkit/src/lambda-preload.cjs', root)),
      environment: { ...stage.environment, HEXBIRD_ORIGIN: gateway.origin },
      onLine: () => {},
    })
  const [webhook, signIn] = [await started('webhook'), await started('sign-in')]
  gateway.route(WEBHOOK_PATH, (event) => webhook.invoke(event))
  gateway.route(SIGN_IN_PATHS.page, (event) => signIn.invoke(event))
  return {
    origin: gateway.origin,
    async close() {
      for (const each of [gateway, webhook, signIn, stage]) await each.close()
    },
  }
}
