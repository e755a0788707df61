#!/usr/bin/env node
import { readFileSync } from 'node:fs'
import { Command, CommanderError, InvalidArgumentError, Option } from 'commander'
import type { DevOptions } from './dev.js'
import { UsageError } from './usage-error.js'

const { version } = JSON.parse(readFileSync(new URL('../package.json', import.meta.url), 'utf8')) as { version: string }

const program = new Command('hexbird')
  .description('Bots on X that answer pictures, on your machine and beyond it.')
  .version(version)
  .exitOverride()
  .showHelpAfterError('Add --help to see what it takes.')

program
  .command('dev')
  .description('starts the bot and a local X on this machine; nothing leaves it')
  .option('--once', 'tweets once at the bot, waits for what becomes of it, prints that as JSON, and ends')
  .option('--photo <file...>', 'with --once: up to four JPEG or PNG files to attach')
  .option('--text <words>', 'with --once: what the tweet says', '@hexbird what is this?')
  .option('--json-events <file>', 'with --once: a recorded delivery to feed in place of a tweet')
  .addOption(
    new Option('--dialect <name>', 'how the local X delivers')
      .choices(['x-activity', 'account-activity'])
      .default('x-activity'),
  )
  .option('--port <number>', 'where the local X listens (default: a free port)', port)
  .addHelpText(
    'after',
    `
Examples:
  $ hexbird dev
  $ hexbird dev --once --photo dog.jpg --text "@hexbird what is this?"
  $ hexbird dev --once --json-events delivery.json --photo dog.jpg`,
  )
  .action(async (options: DevOptions) => {
    const { dev } = await import('./dev.js')
    process.exitCode = await dev(options)
  })

// Whoever read the output has left, as `head` does: there is nobody to tell anything more.
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code !== 'EPIPE') throw error
  process.exit(0)
})

try {
  await program.parseAsync()
} catch (error) {
  process.exitCode = explained(error)
}

function port(text: string): number {
  const number = Number(text)
  if (!/^[0-9]+$/.test(text) || number > 65_535) throw new InvalidArgumentError('A port is a number from 0 to 65535.')
  return number
}

/** Says what went wrong, and gives the exit code: 2 for what the person can mend, 1 for what is broken. */
function explained(error: unknown): number {
  if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : 2
  if (error instanceof UsageError) {
    console.error(`hexbird: ${error.message}`)
    return 2
  }
  console.error(error)
  return 1
}
