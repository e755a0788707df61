import type { Command } from 'commander'
import type { Terminal } from '../terminal.js'
import { examples } from './examples.js'
import { projectStageOption } from './options.js'

export function addAdmin(program: Command, terminal: Terminal): void {
  program
    .command('admin')
    .description('asks the admin function of a stage for what has no command of its own')
    .argument('<json>', 'an object with an `action`; a wrong one is refused with the list of all')
    .addOption(projectStageOption())
    .addHelpText(
      'after',
      examples(
        [`hexbird admin '{"action":"state"}' --stage staging`, 'whether posting is stopped, and what waits'],
        [`hexbird admin '{"action":"opt-in","uid":"42"}' --stage staging`, 'answers somebody again who said "stop"'],
      ),
    )
    .action(async (json: string, { stage }: { readonly stage?: string }) => {
      const { admin } = await import('../aws/admin.js')
      await admin(json, stage, terminal)
    })
}
