import type { Command } from 'commander'
import type { Terminal } from '../terminal.js'
import { examples } from './examples.js'
import { projectStageOption } from './options.js'

export function addAdmin(program: Command, terminal: Terminal): void {
  program
    .command('admin')
    .description("send a request to a stage's admin function, for actions without a command of their own")
    .argument('<json>', 'an object with an `action`; for a list of all actions, pass an unknown one')
    .addOption(projectStageOption())
    .addHelpText(
      'after',
      examples(
        [
          `hexbird admin '{"action":"state"}' --stage staging`,
          'shows whether posting is stopped, and which calls to X have to wait',
        ],
        [
          `hexbird admin '{"action":"opt-in","uid":"42"}' --stage staging`,
          'lets the bot reply again to someone who said "stop"',
        ],
      ),
    )
    .action(async (json: string, { stage }: { readonly stage?: string }) => {
      const { admin } = await import('../aws/admin.js')
      await admin(json, stage, terminal)
    })
}
