import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { Template } from '@hexbird/testkit/template'
import { type Stage, stackName } from '../src/deployment/stages.js'
import { createApp } from '../src/stack/app.js'
import { HexbirdStack, type HexbirdStackProps } from '../src/stack/stack.js'

export const staging: Stage = {
  name: 'staging',
  botId: '2244994945',
  botUsername: 'hexbird_staging',
  signIn: {
    follow: 'link',
    message: 'off',
    privacyPolicyUrl: 'https://bot.example/privacy',
    returnTo: ['https://one.example', 'https://two.example'],
  },
  webhookStage: false,
  webhookConcurrency: 0,
}

export const production: Stage = {
  ...staging,
  name: 'production',
  botId: '2244994946',
  botUsername: 'hexbird',
  origin: 'https://bot.example',
  limits: { HEXBIRD_LIMIT_PER_DAY: '20' },
  signIn: {
    follow: 'api',
    message: 'off',
    privacyPolicyUrl: 'https://bot.example/privacy',
    returnTo: [],
    concurrency: 70,
  },
  alarmEmail: 'somebody@bot.example',
  webhookStage: true,
  webhookConcurrency: 120,
}

const { signIn: _, ...stagingWithoutSignIn } = staging

/** A stage of that name where nobody signs in. */
export const withoutSignIn = (name: string): Stage => ({ ...stagingWithoutSignIn, name })

/** The bot that is deployed from here: it labels photos. */
export const PHOTO = fileURLToPath(new URL('../bot.ts', import.meta.url))
/** A bot of `bots`. */
export const botOf = (name: string): string => fileURLToPath(new URL(`bots/${name}.ts`, import.meta.url))

const folders: string[] = []

function scratch(prefix: string): string {
  const folder = mkdtempSync(join(tmpdir(), prefix))
  folders.push(folder)
  return folder
}

/** Removes everything that was synthesized: each test file that does so calls it at its end. */
export function removeSynthesized(): void {
  for (const folder of folders.splice(0)) rmSync(folder, { recursive: true, force: true })
}

/** A stage of a bot, which is the one with photos where nothing else is said. */
type Deployed = Omit<HexbirdStackProps, 'bot'> & Partial<Pick<HexbirdStackProps, 'bot'>>

/** Synthesizes stages, with every check, and gives each template by its stage's name. */
export function synthesized(deployed: readonly Deployed[]) {
  const app = createApp({ bot: PHOTO, stages: [], outdir: scratch('hexbird-cdk-out-') })
  for (const props of deployed) new HexbirdStack(app, stackName(props.stage), { bot: PHOTO, ...props })
  const assembly = app.synth()
  const templates = deployed.map(({ stage }) => {
    const stack = assembly.getStackByName(stackName(stage))
    return [stage.name, { template: stack.template as Template, file: stack.templateFullPath }] as const
  })
  return Object.fromEntries(templates)
}

/** Every string in a value, wherever it is, keys too. */
export function stringsIn(value: unknown): readonly string[] {
  if (typeof value === 'string') return [value]
  if (typeof value !== 'object' || value === null) return []
  return Object.entries(value).flatMap(([key, each]) => [key, ...stringsIn(each)])
}
