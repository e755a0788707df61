/** Every status that the web apps answer with, and why. */
export const STATUS = {
  /** The challenge is answered, or every event is safe in the inbox. A page is shown. */
  ok: 200,
  /** Go on elsewhere with a GET. Never 301: browsers keep that, and the second sign-in would not reach us. */
  seeOther: 303,
  /**
   * No challenge that may be answered, or no body that could be a delivery. X treats it as passing, and asks again.
   * A form that cannot be read, or a callback that leads to no sign-in.
   */
  refused: 400,
  /** The signature is not that of the bytes. The status page wants its token first. */
  notSigned: 401,
  /** Not from our own page, not in the browser that began, or not granted by X. */
  forbidden: 403,
  notFound: 404,
  methodNotAllowed: 405,
  tooLarge: 413,
  notAForm: 415,
  /** This address has started as many sign-ins as it may. */
  tooMany: 429,
  broken: 500,
  /** X, or something else that a sign-in needs, could not be reached. */
  unreachable: 502,
  /** The inbox did not take the events. X may deliver again; the sweep recovers what it does not. */
  notTaken: 503,
  /** The process takes nothing more: X delivers again, and finds it restarted. */
  closing: 503,
  /** The app's settings at X allow no sign-in, for anybody. */
  notSetUp: 503,
} as const
