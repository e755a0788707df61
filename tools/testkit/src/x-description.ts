import { readFileSync } from 'node:fs'
import { test } from '@jest/globals'
import { Ajv } from 'ajv'

/** X's description of its own API, https://api.x.com/2/openapi.json. */
export type XDescription = {
  /** What of an answer to `GET /2/users/{id}` is not as described. A name that X does not describe is a fault. */
  readonly faultsOf: (route: string, status: number, body: unknown) => string[]
  /** A schema by its name, with the references in it left as they are. */
  readonly schema: (name: string) => JsonSchema
}

export type JsonSchema = {
  readonly $ref?: string
  readonly type?: string
  readonly properties?: Readonly<Record<string, JsonSchema>>
  readonly items?: JsonSchema
  readonly enum?: readonly unknown[]
  readonly example?: unknown
  readonly format?: string
  readonly pattern?: string
  readonly oneOf?: readonly JsonSchema[]
  readonly discriminator?: { readonly mapping?: Readonly<Record<string, string>> }
}

const FILE = process.env.X_OPENAPI

/** A test that needs X's description. Where `X_OPENAPI` names no copy of it the test is skipped, and its name says so. */
export function describedTest(name: string, run: (description: XDescription) => unknown): void {
  if (FILE === undefined) test.skip(`${name} (skipped: X_OPENAPI names no copy of X’s description)`, () => {})
  else test(name, async () => void (await run(readDescription(FILE))))
}

type OpenApi = {
  readonly paths: Readonly<Record<string, Readonly<Record<string, unknown>>>>
  readonly components: { readonly schemas: Readonly<Record<string, JsonSchema>> }
}

function readDescription(file: string): XDescription {
  const openapi: OpenApi = JSON.parse(readFileSync(file, 'utf8'))
  const ajv = new Ajv({ strict: false, allErrors: true, validateFormats: false })
  ajv.addSchema(closed(openapi) as object, 'x')

  function validatorOf(route: string, status: number) {
    const [method = '', path = ''] = route.split(' ')
    if (openapi.paths[path]?.[method.toLowerCase()] === undefined) throw new Error(`X describes no ${route}.`)
    const response = ['paths', path, method.toLowerCase(), 'responses', String(status)]
    const pointer = [...response, 'content', 'application/json', 'schema']
      .map((step) => step.replaceAll('~', '~0').replaceAll('/', '~1'))
      .map(encodeURIComponent)
      .join('/')
    return ajv.compile({ $ref: `x#/${pointer}` })
  }

  return {
    faultsOf(route, status, body) {
      const validate = validatorOf(route, status)
      if (validate(body)) return []
      return (validate.errors ?? []).map(
        (error) => `${route} ${error.instancePath} ${error.message} ${JSON.stringify(error.params)}`,
      )
    },
    schema(name) {
      const found = openapi.components.schemas[name]
      if (found === undefined) throw new Error(`X describes no ${name}.`)
      return found
    },
  }
}

/** The description requires next to nothing by itself: here an object has no other properties than it names. */
function closed(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(closed)
  if (typeof value !== 'object' || value === null) return value
  const copy = Object.fromEntries(Object.entries(value).map(([name, member]) => [name, closed(member)]))
  const { type, properties, additionalProperties } = copy
  const isSchema = type === 'object' && typeof properties === 'object' && Object.keys(properties ?? {}).length > 0
  return isSchema && additionalProperties === undefined ? { ...copy, additionalProperties: false } : copy
}
