import type { TweetOptions } from '../local/tweet.js'
import type { Terminal } from '../terminal.js'
import type { HexbirdCommand } from './hexbird-command.js'
import { portNumber } from './options.js'

export function addTweet(program: HexbirdCommand, terminal: Terminal): void {
  program
    .command('tweet')
    .description('tweet on the local X of a running `hexbird dev` or `hexbird local-x`')
    .option('--as <username>', 'the author; created if the name is new', 'alice')
    .option('--text <words>', 'the text (default: "@<bot> what is this?")')
    .option('--photo <file...>', 'up to four photos (JPEG, PNG, WEBP, GIF)')
    .option('--reply-to <id>', 'the tweet to reply to')
    .option('--wait', 'wait for the outcome, and show the reply')
    .option('--port <number>', 'the port of the local X (default: the one of the running `hexbird dev`)', portNumber)
    .example('hexbird tweet --photo dog.jpg --wait', 'shows the reply')
    .example('hexbird tweet --as bob --text "@hexbird stop"', 'the bot no longer answers bob')
    .action(async (options: TweetOptions) => {
      const { tweet } = await import('../local/tweet.js')
      terminal.exitCode = await tweet(options, terminal)
    })
}
