/** Every status that the web apps answer with, and why. */
export const STATUS = {
  /** The challenge is answered, or every event is safe in the inbox. */
  ok: 200,
  /** No challenge that may be answered, or no body that could be a delivery. X treats it as passing, and asks again. */
  refused: 400,
  /** The signature is not that of the bytes. */
  notSigned: 401,
  notFound: 404,
  methodNotAllowed: 405,
  tooLarge: 413,
  broken: 500,
  /** The inbox did not take the events. X may deliver again; the sweep recovers what it does not. */
  notTaken: 503,
} as const
