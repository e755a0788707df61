import type { Command } from 'commander'
import type { SynthOptions } from '../aws/synth.js'
import type { Terminal } from '../terminal.js'
import { examples } from './examples.js'
import { tracingOption } from './options.js'

export function addSynth(program: Command, terminal: Terminal): void {
  program
    .command('synth')
    .description('write the CloudFormation templates of all stages to cdk.out; needs no account and no network')
    .addOption(tracingOption())
    .addHelpText('after', examples(['hexbird synth', 'writes the templates, or lists every error in stages.json']))
    .action(async (options: SynthOptions) => {
      const { synth } = await import('../aws/synth.js')
      await synth(options, terminal)
    })
}
