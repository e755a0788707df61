import type { DeployOptions } from '../aws/deploy.js'
import type { Terminal } from '../terminal.js'
import type { HexbirdCommand } from './hexbird-command.js'
import { dialectOption, projectStageOption, tracingOption } from './options.js'

export function addDeploy(program: HexbirdCommand, terminal: Terminal): void {
  program
    .command('deploy')
    .description('deploy one stage of the bot in this folder, after checking that the stage can start')
    .addOption(projectStageOption())
    .option('--register', 'then have X deliver to the stage; safe to repeat')
    .addOption(dialectOption("with --register: X's delivery format"))
    .addOption(tracingOption())
    .option('--yes', 'do not ask, even if permissions change')
    .example('hexbird deploy --stage staging', 'deploys the stage, or lists the commands that add what is missing')
    .example('hexbird deploy --stage production --register', 'deploys the stage, then has X deliver to it')
    .action(async (options: DeployOptions) => {
      const { deploy } = await import('../aws/deploy.js')
      await deploy(options, terminal)
    })
}
