import { Command, type Option } from 'commander'

/** A command, with the examples at the end of its help. */
export class HexbirdCommand extends Command {
  readonly #examples: string[] = []

  constructor(name?: string) {
    super(name)
    this.addHelpText('after', () => (this.#examples.length > 0 ? ['\nExamples:', ...this.#examples].join('\n') : ''))
  }

  override createCommand(name?: string): HexbirdCommand {
    return new HexbirdCommand(name)
  }

  takes(...options: readonly Option[]): this {
    for (const option of options) this.addOption(option)
    return this
  }

  example(command: string, does: string): this {
    this.#examples.push(`  $ ${command}\n      ${does}`)
    return this
  }
}
