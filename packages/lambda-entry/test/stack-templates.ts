import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Code } from 'aws-cdk-lib/aws-lambda'
import { createApp } from '../stack/app.js'
import type { Stage } from '../stack/stages.js'

export interface Resource {
  readonly Type: string
  // biome-ignore lint/suspicious/noExplicitAny: a template is whatever CloudFormation takes.
  readonly Properties: any
  readonly DependsOn?: readonly string[]
  readonly DeletionPolicy?: string
}

export interface Template {
  readonly Resources: Readonly<Record<string, Resource>>
  readonly Outputs: Readonly<Record<string, { readonly Value: unknown }>>
}

export const staging: Stage = {
  name: 'staging',
  botId: '2244994945',
  botUsername: 'hexbird_staging',
  follow: 'link',
  message: 'off',
  privacyPolicyUrl: 'https://bot.example/privacy',
  returnTo: ['https://one.example', 'https://two.example'],
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
  follow: 'api',
  returnTo: [],
  alarmEmail: 'somebody@bot.example',
  webhookStage: true,
  webhookConcurrency: 120,
  signInConcurrency: 70,
}

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

/** The stack's code in these tests: only what is bundled for the deployment does anything. */
function placeholderCode(): (name: string) => Code {
  const folder = scratch('hexbird-stack-')
  return (name) => {
    const path = join(folder, name)
    mkdirSync(path, { recursive: true })
    writeFileSync(join(path, 'index.mjs'), `export const handler = async () => '${name}'\n`)
    return Code.fromAsset(path)
  }
}

/** Synthesizes stages, with every check, and gives each template by its stage's name. */
export function synthesized(stages: readonly Stage[], tracing = false) {
  const outdir = scratch('hexbird-cdk-out-')
  const assembly = createApp({ stages, code: placeholderCode(), outdir, tracing }).synth()
  const templates = stages.map(({ name }) => {
    const stack = assembly.getStackByName(`hexbird-${name}`)
    return [name, { template: stack.template as Template, file: stack.templateFullPath }] as const
  })
  return Object.fromEntries(templates)
}

/** The resources of a type, by their logical ids. */
export const resourcesOf = ({ Resources }: Template, type: string): readonly (readonly [string, Resource])[] =>
  Object.entries(Resources).filter(([, { Type }]) => Type === type)

/** A value with CloudFormation's functions read out, and resources by the names that they are given. */
export function readable(template: Template, value: unknown): string {
  if (typeof value !== 'object' || value === null) return String(value)
  const [name, given] = Object.entries(value)[0] ?? []
  switch (name) {
    case 'Fn::Join':
      return (given as [string, unknown[]])[1].map((part) => readable(template, part)).join((given as [string])[0])
    case 'Ref':
      return named(template, given as string)
    case 'Fn::GetAtt': {
      const [logicalId, attribute] = given as [string, string]
      return attribute === 'ApiEndpoint' ? 'https://api' : named(template, logicalId)
    }
    case 'Fn::Select': {
      const [index, { 'Fn::Split': split }] = given as [number, { 'Fn::Split': [string, unknown] }]
      return readable(template, split[1]).split(split[0])[index] ?? readable(template, split[1])
    }
    default:
      return JSON.stringify(value)
  }
}

function named({ Resources }: Template, logicalId: string): string {
  if (logicalId.startsWith('AWS::')) return logicalId.slice('AWS::'.length).toLowerCase()
  const { Type, Properties } = Resources[logicalId] ?? { Type: '', Properties: {} }
  if (Type === 'AWS::S3::Bucket') return 'bucket'
  if (Type === 'AWS::Lambda::Alias') return `alias of ${named({ Resources, Outputs: {} }, Properties.FunctionName.Ref)}`
  const { TableName, QueueName, FunctionName, LogGroupName, TopicName } = Properties
  return TableName ?? QueueName ?? FunctionName ?? LogGroupName ?? TopicName ?? logicalId
}

/** Every string in a value, wherever it is, keys too. */
export function stringsIn(value: unknown): readonly string[] {
  if (typeof value === 'string') return [value]
  if (typeof value !== 'object' || value === null) return []
  return Object.entries(value).flatMap(([key, each]) => [key, ...stringsIn(each)])
}
