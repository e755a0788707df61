import { Argument } from 'commander'
import type { Terminal } from '../terminal.js'
import type { HexbirdCommand } from './hexbird-command.js'

export function addAdd(program: HexbirdCommand, terminal: Terminal): void {
  program
    .command('add')
    .description('add what a project needs to run on AWS: stages, a CDK app, scripts and packages')
    .addArgument(new Argument('<what>', 'what to add').choices(['aws']))
    .example('hexbird add aws', "in your bot's folder; overwrites none of your files")
    .action(async () => {
      const { addToProject } = await import('../aws/add.js')
      await addToProject(terminal)
    })
}
