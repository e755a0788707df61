/**
 * What a bot may spend, and what X allows: prices, windows and who may be answered. Both are plain data with a date,
 * and both can be replaced.
 *
 * @module
 */

export type { BotAccount, IgnoreReason, Limits, Platform } from '../../packages/core/src/index.js'
export { defaultLimits, selfServe2026 } from '../../packages/core/src/index.js'
