import type { World } from '../world.js'
import type { ApiContext } from './guard.js'
import { invalid, type Problem } from './problems.js'

/**
 * The names that a parameter such as `user.fields` lists, `undefined` where it is not there. A name that X does not have is
 * refused in X's words, or left out where the switch `dropUnknownFields` is on. `has` is what X has, by default the `known` ones.
 */
export function readNames(
  c: ApiContext,
  { switches }: World,
  parameter: string,
  known: readonly string[],
  has = (name: string) => known.includes(name),
):
  | { readonly kind: 'read'; readonly names: readonly string[] | undefined }
  | { readonly kind: 'refused'; readonly problem: Problem } {
  const list = c.req.query(parameter)
  const names = list?.split(',')
  const unknown = names?.find((name) => !has(name))
  if (unknown === undefined || switches.all().dropUnknownFields) return { kind: 'read', names: names?.filter(has) }
  const message = `The \`${parameter}\` query parameter value [${unknown}] is not one of [${known.join(',')}]`
  return { kind: 'refused', problem: invalid(message, { [parameter]: [list ?? ''] }) }
}
