import { existsSync } from 'node:fs'
import { rename, rm } from 'node:fs/promises'
import { resolve } from 'node:path'
import { unlessMissing } from '../file-problem.js'
import { loadModule } from '../module-file.js'
import type { Terminal } from '../terminal.js'
import { UsageError } from '../usage-error.js'
import { allPlaceholders } from './project.js'

const APP = 'app.ts'

/** So long the whole of it may take, in milliseconds: the CDK takes some ten seconds for two stages. */
const PATIENCE = 10 * 60_000

export interface SynthOptions {
  readonly tracing?: true
}

/**
 * The `synth` command: runs the project's app, which writes the templates of all stages. The CDK's command runs it too.
 *
 * @throws UsageError that says what is wrong with the app, the bot or the stages
 */
export async function synth({ tracing }: SynthOptions, terminal: Terminal): Promise<void> {
  const given = process.env.CDK_OUTDIR
  const folder = given ?? 'cdk.out'
  const before = `${folder}.before`
  // Templates of stages that are gone must not stay, but those that are there are kept until the new ones are.
  if (given === undefined) {
    await remove(before)
    await rename(folder, before).catch(unlessMissing(undefined))
  }
  process.env.CDK_OUTDIR = resolve(folder)
  if (tracing) process.env.CDK_CONTEXT_JSON = JSON.stringify({ tracing })
  await terminal.during('Writing the templates', loadModule(APP, PATIENCE)).catch(async (error: unknown) => {
    // The CDK would try it again at the end of this process.
    process.removeAllListeners('beforeExit')
    await putBack()
    const { cause } = error as Error
    throw isOfFile(cause) ? new UsageError(cause.message, { cause }) : error
  })
  // An app may say itself what is wrong.
  terminal.exitCode = Number(process.exitCode ?? 0)
  if (terminal.exitCode !== 0) return putBack()
  if (given === undefined) {
    await remove(before)
    terminal.say(`The templates are in ${folder}/.`)
    const placeholders = await allPlaceholders()
    if (placeholders.length > 0)
      terminal.note(['Before you deploy, replace the placeholder values in stages.json:', ...placeholders].join('\n- '))
  }
  terminal.result({ folder: resolve(folder) })

  async function putBack(): Promise<void> {
    if (given !== undefined || !existsSync(before)) return
    await remove(folder)
    await rename(before, folder)
  }
}

const remove = (path: string) => rm(path, { recursive: true, force: true })

/** What is wrong with the stages or the bot has nothing to do with the place in the app where they are read. */
const isOfFile = (cause: unknown): cause is Error =>
  cause instanceof Error && 'code' in cause && (cause.code === 'STAGES_INVALID' || cause.code === 'BOT_UNUSABLE')
