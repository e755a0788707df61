/**
 * What a bot may spend, and what X allows: prices, rate limits, and who may get a reply. Both are plain data with a
 * date, and you can replace both.
 *
 * @module
 */

export type { BotAccount, IgnoreReason, Limits, Platform } from '../../packages/core/src/index.js'
export { defaultLimits, selfServe2026 } from '../../packages/core/src/index.js'
