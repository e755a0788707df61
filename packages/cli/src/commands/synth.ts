import type { SynthOptions } from '../aws/synth.js'
import type { Terminal } from '../terminal.js'
import type { HexbirdCommand } from './hexbird-command.js'
import { tracingOption } from './options.js'

export function addSynth(program: HexbirdCommand, terminal: Terminal): void {
  program
    .command('synth')
    .description('write the CloudFormation templates of all stages to cdk.out; needs no account and no network')
    .addOption(tracingOption())
    .example('hexbird synth', 'writes the templates, or lists every error in stages.json')
    .action(async (options: SynthOptions) => {
      const { synth } = await import('../aws/synth.js')
      await synth(options, terminal)
    })
}
