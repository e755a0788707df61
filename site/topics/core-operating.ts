/**
 * For the program that runs a bot: the sweep that finds what X didn't deliver, the catch-up after a lost
 * store, pause and resume, the limits in the environment, and what a bot needs from its host.
 *
 * @module
 */

export type {
  BotNeeds,
  Bounds,
  CatchUpDeferred,
  CatchUpOptions,
  CaughtUp,
  Deferred,
  Final,
  Handled,
  JobStored,
  LimitSetting,
  LimitsSet,
  OperatorOptions,
  OperatorPorts,
  OperatorRequest,
  OperatorResult,
  Replied,
  Spent,
  Step,
  SweepOptions,
  SweepRoom,
  Swept,
} from '../../packages/core/src/host/index.js'
export {
  acceptsBody,
  boundsOf,
  catchUp,
  handledOf,
  isUsualCrcToken,
  limitsIn,
  needsOf,
  operate,
  pause,
  priceOfReply,
  readDefinition,
  shortenEvent,
  spentToday,
  storedJobs,
  sweep,
  sweepCharges,
  sweepRoom,
  TIMES,
  variantOf,
} from '../../packages/core/src/host/index.js'
