/** Returns the current time in epoch milliseconds. */
export type Now = () => number

/**
 * Returns a new, unguessable random id, such as the owner of a claim or the secret that ties a sign-in to its browser.
 * It has at least 120 random bits: `randomUUID` of `node:crypto` will do.
 */
export type NewId = () => string
