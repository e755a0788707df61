/**
 * Run a bot from your own program: sweep for mentions that X didn't deliver, catch up after a lost store, pause and
 * resume, read limits from the environment, and find out what a bot needs from its host.
 *
 * @module
 */

export type {
  Attempt,
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
  timedOut,
  variantOf,
} from '../../packages/core/src/host/index.js'
