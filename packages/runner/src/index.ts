export type { Around, JobQueue, Queue, Queues, Work } from './consume.js'
export type { Running, RunOptions, RunPorts, Service } from './start-bot.js'
export { startBot } from './start-bot.js'
export type { SignInSetup, WebOptions } from './web.js'
