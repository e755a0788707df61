import type { Command } from 'commander'
import type { SynthOptions } from '../aws/synth.js'
import type { Terminal } from '../terminal.js'
import { examples } from './examples.js'
import { tracingOption } from './options.js'

export function addSynth(program: Command, terminal: Terminal): void {
  program
    .command('synth')
    .description('writes the CloudFormation templates of all stages to cdk.out, without an account or a network')
    .addOption(tracingOption())
    .addHelpText('after', examples(['hexbird synth', 'names every fault in stages.json']))
    .action(async (options: SynthOptions) => {
      const { synth } = await import('../aws/synth.js')
      await synth(options, terminal)
    })
}
