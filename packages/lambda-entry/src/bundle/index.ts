/* How a bot becomes functions of Lambda. */

export { BotFileError, type BundledBot, bundleBot } from './bundle-bot.js'
export { type BundleFunctionsOptions, bundleFunctions, entryOf } from './bundle-functions.js'
export { AS_DEPLOYED } from './options.js'
