#!/usr/bin/env node
import { createProgram, run } from './program.js'
import { createTerminal } from './terminal.js'

// Whoever read the output has left, as `head` does: there is nobody to tell anything more.
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code !== 'EPIPE') throw error
  process.exit(0)
})

const terminal = createTerminal(process)
process.exitCode = await run(createProgram(terminal), process.argv.slice(2), terminal)
