import { type Command, Option } from 'commander'
import type { DeployOptions } from '../aws/deploy.js'
import type { Terminal } from '../terminal.js'
import { examples } from './examples.js'
import { projectStageOption, tracingOption } from './options.js'

export function addDeploy(program: Command, terminal: Terminal): void {
  program
    .command('deploy')
    .description('deploys one stage of the bot in this folder, once it has checked that the stage can start')
    .addOption(projectStageOption())
    .option('--register', 'afterwards, has X deliver to the stage; repeating it does no harm')
    .addOption(
      new Option('--dialect <name>', 'with --register: how X delivers')
        .choices(['x-activity', 'account-activity'])
        .default('x-activity'),
    )
    .addOption(tracingOption())
    .option('--yes', 'without a question, even if permissions change')
    .addHelpText(
      'after',
      examples(
        ['hexbird deploy --stage staging', 'says what is missing, with the command that adds it'],
        ['hexbird deploy --stage production --register', 'X then delivers to this stage'],
      ),
    )
    .action(async (options: DeployOptions) => {
      const { deploy } = await import('../aws/deploy.js')
      await deploy(options, terminal)
    })
}
