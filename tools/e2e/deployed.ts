import { fileURLToPath } from 'node:url'
import type { Part } from '@hexbird/lambda-entry'
import { createApp, type Stage } from '@hexbird/lambda-entry/stack'
import { permissionsOf, resourcesOf, roleOf, type Template } from '@hexbird/testkit/template'
import type { May } from './roles.js'

/** The stage that runs here is the only one that takes emulators for AWS. */
export const STAGE = 'local'

/** What the stack makes of a bot: its functions, and what each may do. */
export interface Deployed {
  /** The folder that has one for each function. */
  readonly build: string
  readonly without: readonly Part[]
  readonly may: May
}

/** Makes the stack of a bot, as for AWS. */
export function deployed(root: URL, name: string, bot: string, signIn?: Stage['signIn']): Deployed {
  const outdir = fileURLToPath(new URL(`.cache/e2e/${name}`, root))
  const stage: Stage = {
    name: STAGE,
    botId: '1',
    botUsername: 'hexbird',
    webhookStage: true,
    webhookConcurrency: 0,
    ...(signIn && { signIn }),
  }
  const file = fileURLToPath(new URL(bot, root))
  const app = createApp({ bot: file, stages: [stage], outdir, alarms: false, dashboard: false })
  const template = app.synth().getStackByName(`hexbird-${STAGE}`).template as Template
  const there = resourcesOf(template, 'AWS::Lambda::Function').map(([, { Properties }]) => Properties)
  const without = there[0]?.Environment.Variables.HEXBIRD_WITHOUT?.split(',') ?? []
  const allowed = new Map(
    there.map(({ FunctionName: each }) => [
      String(each).replace(`${STAGE}-hexbird-`, ''),
      permissionsOf(template, roleOf(template, each)),
    ]),
  )
  return {
    // Where the stack has put them.
    build: `${outdir}/functions-0`,
    without,
    may: (each, action, resource) => allowed.get(each)?.some((line) => allows(line, action, resource)) ?? false,
  }
}

/** A line is an action and what it is allowed on; at the end of that a `*` stands for whatever follows. */
function allows(line: string, action: string, resource: string): boolean {
  const [may, on = ''] = line.split(' ')
  return may === action && (on.endsWith('*') ? resource.startsWith(on.slice(0, -1)) : resource === on)
}
