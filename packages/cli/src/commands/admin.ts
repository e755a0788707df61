import type { Terminal } from '../terminal.js'
import type { HexbirdCommand } from './hexbird-command.js'
import { projectStageOption } from './options.js'

export function addAdmin(program: HexbirdCommand, terminal: Terminal): void {
  program
    .command('admin')
    .description("send a request to a stage's admin function, for actions without a command of their own")
    .argument('<json>', 'an object with an `action`; for a list of all actions, pass an unknown one')
    .addOption(projectStageOption())
    .example(
      `hexbird admin '{"action":"state"}' --stage staging`,
      'shows whether posting is stopped, and which calls to X have to wait',
    )
    .example(
      `hexbird admin '{"action":"opt-in","uid":"42"}' --stage staging`,
      'lets the bot reply again to someone who said "stop"',
    )
    .action(async (json: string, { stage }: { readonly stage?: string }) => {
      const { admin } = await import('../aws/admin.js')
      await admin(json, stage, terminal)
    })
}
