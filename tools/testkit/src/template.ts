/** A resource of a template of CloudFormation. */
export interface Resource {
  readonly Type: string
  // biome-ignore lint/suspicious/noExplicitAny: a template is whatever CloudFormation takes.
  readonly Properties: any
  readonly DependsOn?: readonly string[]
  readonly DeletionPolicy?: string
}

/** As much of a template as is looked at. */
export interface Template {
  readonly Resources: Readonly<Record<string, Resource>>
  readonly Outputs: Readonly<Record<string, { readonly Value: unknown }>>
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

/** One statement of a policy. */
export interface Statement {
  readonly Effect: string
  readonly Action: string | readonly string[]
  readonly Resource: unknown
  readonly Principal?: unknown
  readonly Condition?: { readonly StringEquals?: Readonly<Record<string, unknown>> }
}

/** The role of a function. */
export function roleOf(template: Template, functionName: string): Resource {
  const [, lambda] =
    resourcesOf(template, 'AWS::Lambda::Function').find(
      ([, { Properties }]) => Properties.FunctionName === functionName,
    ) ?? []
  const role = template.Resources[lambda?.Properties.Role['Fn::GetAtt'][0]]
  if (!role) throw new Error(`${functionName} has no role.`)
  return role
}

/** What the policies within a role say. */
export const statementsOf = ({ Properties }: Resource): readonly Statement[] =>
  Properties.Policies.flatMap(
    ({ PolicyDocument }: { PolicyDocument: { Statement: Statement[] } }) => PolicyDocument.Statement,
  )

/** Each pair of an action and what a role allows it on, as a line. @throws Error where something is denied */
export function permissionsOf(template: Template, role: Resource): readonly string[] {
  return statementsOf(role)
    .flatMap(({ Effect, Action, Resource }) => {
      if (Effect !== 'Allow') throw new Error(`A role denies ${Action}: to allow nothing else is enough.`)
      const resources = (Array.isArray(Resource) ? Resource : [Resource]).map((each) => readable(template, each))
      return [Action].flat().flatMap((action) => resources.map((resource) => `${action} ${resource}`))
    })
    .sort()
}
