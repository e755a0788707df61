export { type Dialect, type LocalBot, type LocalBotOptions, startLocalBot } from './local-bot.js'
export { UsageError } from './usage-error.js'
