import { readFileSync } from 'node:fs'
import { type Command, CommanderError } from 'commander'
import pico from 'picocolors'
import { addAdd } from './commands/add.js'
import { addAdmin } from './commands/admin.js'
import { addBackup, addRestore } from './commands/backup.js'
import { addBilled } from './commands/billed.js'
import { addCosts } from './commands/costs.js'
import { addCreate } from './commands/create.js'
import { addDeploy } from './commands/deploy.js'
import { addDev } from './commands/dev.js'
import { addDoctor } from './commands/doctor.js'
import { addForget } from './commands/forget.js'
import { HexbirdCommand } from './commands/hexbird-command.js'
import { addLocalX } from './commands/local-x.js'
import { addLogs } from './commands/logs.js'
import { addPause } from './commands/pause.js'
import { addProve } from './commands/prove.js'
import { addPurge } from './commands/purge.js'
import { addReceive } from './commands/receive.js'
import { addResume } from './commands/resume.js'
import { addRotate } from './commands/rotate.js'
import { addRun } from './commands/run.js'
import { addSetup } from './commands/setup.js'
import { addSubscribe } from './commands/subscribe.js'
import { addSubscriptions } from './commands/subscriptions.js'
import { addSynth } from './commands/synth.js'
import { addTweet } from './commands/tweet.js'
import { addUnsubscribe } from './commands/unsubscribe.js'
import { addWebhook } from './commands/webhook.js'
import { fileMistake } from './file-problem.js'
import { foreign, harmlessText } from './foreign.js'
import { offlineMessage } from './offline.js'
import type { OperatorOptions } from './operate/operator.js'
import { isColourful, type Terminal } from './terminal.js'
import { UsageError } from './usage-error.js'

/** The commands under their headings in the help, in its order. */
const GROUPS = {
  'On your machine:': [
    addCreate,
    addDev,
    addProve,
    addSetup,
    addRun,
    addLocalX,
    addBackup,
    addRestore,
    addTweet,
    addReceive,
  ],
  'Operate a bot:': [addPause, addResume, addBilled, addForget, addPurge],
  'On AWS:': [addAdd, addSynth, addDeploy, addLogs, addAdmin],
  'At X:': [addWebhook, addSubscribe, addSubscriptions, addUnsubscribe, addRotate, addDoctor, addCosts],
} as const

/** The command with all its parts. Nothing runs before it is told to parse. */
export function createProgram(terminal: Terminal): Command {
  const { stdout, stderr } = terminal.streams
  const program = new HexbirdCommand('hexbird')
    .description('Build X bots that reply to posts and photos: try them on your machine, then run them anywhere.')
    .version(version())
    .option('--json', 'print the result as one JSON object, on the last line of standard output')
    .on('option:json', () => {
      terminal.json = true
    })
    .configureHelp({ showGlobalOptions: true })
    .configureOutput({
      writeOut: (text) => stdout.write(harmlessText(text)),
      writeErr: (text) => stderr.write(harmlessText(text)),
      getOutHasColors: () => isColourful(stdout),
      getErrHasColors: () => isColourful(stderr),
    })
    .exitOverride()
    .showHelpAfterError('Add --help to see the options.')
    .addHelpText('after', '\nExit codes: 0 success, 1 failure, 2 usage error.')

  for (const [heading, group] of Object.entries(GROUPS)) {
    program.commandsGroup(heading)
    for (const add of group) add(program, terminal)
  }
  return program
}

/** Runs what `args` ask for, says what went wrong, and gives the exit code. */
export async function run(program: Command, args: readonly string[], terminal: Terminal): Promise<number> {
  let options: OperatorOptions = {}
  program.hook('preAction', (_, command) => {
    options = command.opts()
  })
  try {
    await program.parseAsync(args, { from: 'user' })
    return terminal.exitCode
  } catch (error) {
    if (error instanceof CommanderError) {
      // Help and version end this way too. What is wrong has been said.
      if (error.exitCode === 0) return 0
      terminal.result({ error: { code: 'USAGE', message: error.message.replace(/^error: /, '') } })
      return 2
    }
    return explain(fileMistake(error) ?? (await away(error, options)) ?? error, terminal)
  }
}

/** The error of an X that does not answer, with its address. Most commands don't ask X and don't load what asks it. */
async function away(error: unknown, options: OperatorOptions): Promise<Error | undefined> {
  // Without a network, the start of another X is no help.
  if (codeOf(error) !== 'X_UNREACHABLE' || offlineMessage(error) !== undefined) return undefined
  const { unreachable } = await import('./operate/unreachable.js')
  return unreachable(error, options)
}

/** A mistake gets a message; so does a broken world, with its causes; what nobody foresaw gets its stack trace. */
function explain(error: unknown, terminal: Terminal): number {
  const red = pico.createColors(isColourful(terminal.streams.stderr)).red
  const offline = error instanceof UsageError ? undefined : offlineMessage(error)
  if (offline !== undefined) {
    terminal.note(`${red('hexbird:')} ${foreign(offline)}`)
    terminal.result({ error: { code: 'OFFLINE', message: offline } })
    return 1
  }
  if (!(error instanceof Error) || codeOf(error) === undefined) {
    terminal.note([foreign(String(error)), ...framesOf(error)].join('\n'))
    terminal.note(red('hexbird: This should not have happened. Please report it.'))
    terminal.result({ error: { code: 'UNFORESEEN', message: String(error) } })
    return 1
  }
  terminal.note(`${red('hexbird:')} ${reasons(error).join(': ')}`)
  terminal.result({ error: { code: codeOf(error), message: error.message } })
  // A bot that cannot be run is a mistake of its author.
  return error instanceof UsageError || error.name === 'BotError' ? 2 : 1
}

/** Where it happened. What the error says may look like that, and is not repeated. */
function framesOf(error: unknown): readonly string[] {
  const { stack = '', message } = error instanceof Error ? error : { message: '' }
  const frames = stack.slice(Math.max(stack.indexOf(message), 0) + message.length)
  return frames.split('\n').slice(1).map(foreign)
}

/** Of an error that somebody foresaw. Node's own `ERR_…` tell of mistakes in the code. */
const codeOf = (error: unknown): string | undefined =>
  error instanceof Error && 'code' in error && typeof error.code === 'string' && !error.code.startsWith('ERR_')
    ? error.code
    : undefined

/** What went wrong and why, from the outside in. A usage error has said all there is to say. */
function reasons(error: Error): string[] {
  const rest = error instanceof UsageError || !(error.cause instanceof Error) ? [] : reasons(error.cause)
  // What others wrote is in it, but for the lines that a usage error has on purpose.
  const message = error instanceof UsageError ? error.message : foreign(error.message)
  return [message.replace(/\.$/, rest.length > 0 ? '' : '.'), ...rest]
}

function version(): string {
  const json = readFileSync(new URL('../package.json', import.meta.url), 'utf8')
  return (JSON.parse(json) as { version: string }).version
}
