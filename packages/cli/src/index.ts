export { bundleBot, loadBot, type StartBot } from './bot-file.js'
export { type Dialect, type LocalBot, type LocalBotOptions, type LocalPorts, startLocalBot } from './local-bot.js'
export { UsageError } from './usage-error.js'
