/** The time, in epoch milliseconds. */
export type Now = () => number

/** A new id that nobody else has, without a meaning: the owner of a claim, a flow. */
export type NewId = () => string
