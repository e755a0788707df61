import { readFile } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { unlessMissing, unreadable } from '../file-problem.js'
import { UsageError } from '../usage-error.js'
import type { Deployment, Stage } from './deployment.js'

const STAGES = 'stages.json'

/**
 * Reads a stage of the project in the current folder, with the project's own copy of what knows how to deploy it.
 *
 * @throws UsageError if the folder is not set up for AWS, there is no such stage, or stages.json has a fault
 */
export async function readStage(given: string | undefined): Promise<{ stage: Stage; deployment: Deployment }> {
  const text = await stagesText()
  if (text === undefined) {
    throw new UsageError(
      `There is no ${STAGES} in this folder. Change to your bot's folder, or set the bot up for AWS: npx hexbird add aws`,
    )
  }
  const name = chosen(given, namesIn(text))
  const deployment = await deploymentPackage()
  const stage = stagesIn(text, deployment).find((one) => one.name === name)
  if (stage === undefined) throw new UsageError(`${STAGES} has no stage "${name}".`)
  return { stage, deployment }
}

/** What `deploy` would refuse in the stages of the project. Empty where an app has no stages.json. */
export async function allPlaceholders(): Promise<readonly string[]> {
  const text = await stagesText()
  if (text === undefined) return []
  const deployment = await deploymentPackage()
  return stagesIn(text, deployment).flatMap((stage) => deployment.placeholdersOf(stage))
}

const deploymentPackage = async () =>
  (await import(pathToFileURL(inProject('@hexbird/lambda-entry/deployment')).href)) as Deployment

/**
 * The name of a stage that is deployed: one of `stages.json`, if the current folder has that file.
 *
 * @throws UsageError that says which stages there are
 */
export async function nameOfStage(given: string | undefined): Promise<string> {
  const text = await stagesText()
  return chosen(given, text === undefined ? undefined : namesIn(text))
}

function chosen(given: string | undefined, names: readonly string[] | undefined): string {
  const which = names === undefined ? '--stage <name>' : names.map((name) => `--stage ${name}`).join(' or ')
  if (given === undefined) throw new UsageError(`Pass ${which}.`)
  if (names === undefined || names.includes(given)) return given
  throw new UsageError(`${STAGES} has no stage "${given}". Pass ${which}.`)
}

const stagesText = () => readFile(STAGES, 'utf8').catch(unlessMissing(undefined)).catch(unreadable(STAGES))

/** Only the names: whatever else is wrong with the file is told, all at once, afterwards. */
function namesIn(text: string): readonly string[] {
  try {
    return Object.keys(JSON.parse(text) as object)
  } catch (cause) {
    throw new UsageError(`${STAGES} is not JSON. Correct it: ${(cause as Error).message}`, { cause })
  }
}

function stagesIn(text: string, deployment: Deployment): readonly Stage[] {
  try {
    return deployment.parseStages(text)
  } catch (error) {
    const isOfFile = error instanceof Error && 'code' in error && error.code === 'STAGES_INVALID'
    throw isOfFile ? new UsageError(error.message, { cause: error }) : error
  }
}

/** The CDK's command, as the project has it. */
export const cdkCommand = (): string => inProject('aws-cdk/bin/cdk')

/** What the author installed, which need not be beside this command. @throws UsageError if it is not there */
function inProject(module: string): string {
  try {
    return createRequire(join(process.cwd(), 'package.json')).resolve(module)
  } catch (cause) {
    const [name = module] = /^(?:@[^/]+\/)?[^/]+/.exec(module) ?? []
    throw new UsageError(
      `${name} is not installed in this project. Run npm install. If package.json does not list it, run: npx hexbird add aws`,
      { cause },
    )
  }
}
