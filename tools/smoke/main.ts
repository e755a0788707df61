import { readFileSync } from 'node:fs'
import { answerChecks } from './answers.js'
import { connect } from './aws.js'
import { contractChecks } from './contracts.js'
import { definitionChecks, placeOf } from './definitions.js'
import { SmokeError } from './errors.js'
import { type Options, optionsFrom } from './options.js'
import { originOf } from './outputs.js'
import { type Check, failed, Report } from './report.js'
import { type ThrowAway, throwAwayOf } from './throw-away.js'

/* Whether a deployed stage is as the sources say, and AWS as the adapters take it to be: `npm run smoke`. */

const SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const
const say = (line: string) => console.log(line)

/** Gives the exit code: 0, 1 where something failed, 2 where nothing was tried, 130 where it was stopped. */
export async function smoke(args: readonly string[], root: URL): Promise<number> {
  const stop = new AbortController()
  const onSignal = () => {
    say(stop.signal.aborted ? 'Still removing; a moment.' : '\nStopped. What was made is being removed.')
    stop.abort()
  }
  for (const signal of SIGNALS) process.on(signal, onSignal)
  try {
    return await withStage(optionsFrom(args, stagesIn(root)), root, stop.signal)
  } catch (error) {
    if (!(error instanceof SmokeError)) throw error
    console.error(error.message)
    return 2
  } finally {
    for (const signal of SIGNALS) process.off(signal, onSignal)
  }
}

const stagesIn = (root: URL): readonly string[] =>
  Object.keys(JSON.parse(readFileSync(new URL('packages/lambda-entry/stages.json', root), 'utf8')) as object)

async function withStage(options: Options, root: URL, signal: AbortSignal): Promise<number> {
  if (!options.emulators) return trial(options, signal, options.origin)
  // What stands in for AWS is loaded for this alone.
  const { startEmulators } = await import('./emulators.js')
  const emulators = await startEmulators(root)
  try {
    return await trial(options, signal, emulators.origin)
  } finally {
    await emulators.close()
  }
}

async function trial({ stage }: Options, signal: AbortSignal, told: string | undefined): Promise<number> {
  const aws = await connect(process.env)
  try {
    const place = await placeOf(aws, stage)
    const origin = told ?? originOf(stage, aws.region)
    const throwAway = throwAwayOf(aws, stage, place.account)
    say(`${stage} in ${place.account}, ${place.region}, at ${origin}. What is written goes to ${throwAway.stage}.\n`)
    return await tried(throwAway, signal, [
      answerChecks(origin),
      definitionChecks(aws, throwAway, stage, place),
      ...contractChecks(aws, throwAway),
    ])
  } finally {
    aws.close()
  }
}

/** Groups at the same time, the checks of each one after another; and then, whatever happened, the removal. */
async function tried(
  throwAway: ThrowAway,
  signal: AbortSignal,
  groups: readonly (readonly Check[])[],
): Promise<number> {
  const report = new Report(say)
  const stopped = new Promise<void>((resolve) => signal.addEventListener('abort', () => resolve(), { once: true }))
  const all = groups.map(async (checks) => {
    for (const check of checks) await report.run(check, signal)
  })
  try {
    await Promise.race([Promise.all(all), stopped])
  } finally {
    const left = await throwAway.remove()
    for (const command of left) report.add(throwAway.stage, 'is removed', failed(`it was not: ${command}`))
  }
  report.end()
  if (signal.aborted) return 130
  return report.failed === 0 ? 0 : 1
}
