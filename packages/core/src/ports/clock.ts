/** The time, in epoch milliseconds. */
export type Now = () => number

/**
 * A new id that nobody else has and nobody can guess, without a meaning: the owner of a claim, what ties a sign-in to its
 * browser. At least 120 random bits; `randomUUID` of `node:crypto` will do.
 */
export type NewId = () => string
