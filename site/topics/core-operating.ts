/**
 * For programs that run a bot: the sweep that finds what X did not deliver, the catch-up after a lost
 * store, pause and resume, and the limits in the environment.
 *
 * @module
 */

export type {
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
