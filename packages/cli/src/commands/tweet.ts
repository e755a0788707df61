import type { Command } from 'commander'
import type { TweetOptions } from '../local/tweet.js'
import type { Terminal } from '../terminal.js'
import { examples } from './examples.js'
import { localXPortOption } from './options.js'

export function addTweet(program: Command, terminal: Terminal): void {
  program
    .command('tweet')
    .description('tweets on the local X of a running `hexbird dev`, or on that of `hexbird local-x`')
    .option('--as <username>', 'who tweets; made if nobody has the name', 'alice')
    .option('--text <words>', 'what the tweet says', '@hexbird what is this?')
    .option('--photo <file...>', 'up to four photos to attach (JPEG, PNG, WEBP, GIF)')
    .option('--reply-to <id>', 'the tweet to reply to')
    .option('--wait', 'waits for what becomes of it, and shows the reply')
    .addOption(localXPortOption())
    .addHelpText(
      'after',
      examples(
        ['hexbird tweet --photo dog.jpg --wait', 'and see the reply'],
        ['hexbird tweet --as bob --text "@hexbird stop"', 'bob is not answered any more'],
      ),
    )
    .action(async (options: TweetOptions) => {
      const { tweet } = await import('../local/tweet.js')
      terminal.exitCode = await tweet(options, terminal)
    })
}
