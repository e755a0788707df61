/**
 * Set what a bot may spend (`Limits`), and what X allows and charges (`Platform`): prices, rate limits, and which
 * tweets may get a reply. Both are plain data, and you can replace either. A `Platform` carries the date of its
 * figures.
 *
 * @module
 */

export type { BotAccount, IgnoreReason, Limits, Platform } from '../../packages/core/src/index.js'
export { defaultLimits, selfServe2026 } from '../../packages/core/src/index.js'
