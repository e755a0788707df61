/** All statuses that the web apps send, with the reasons. */
export const STATUS = {
  /** The challenge is answered, every event is in the inbox, or a page is shown. */
  ok: 200,
  /** Continue elsewhere with a GET. Never 301: browsers cache it, and the second sign-in would not reach us. */
  seeOther: 303,
  /**
   * The challenge is invalid, or the body can't be a delivery. X treats this as temporary, and asks again.
   * Also for a form that can't be read, or a callback without a sign-in.
   */
  refused: 400,
  /** The signature doesn't match the body, or the status page needs its token first. */
  notSigned: 401,
  /** The request isn't from our own page, isn't from the browser that started the sign-in, or X denied access. */
  forbidden: 403,
  notFound: 404,
  methodNotAllowed: 405,
  tooLarge: 413,
  notAForm: 415,
  /** This address has started too many sign-ins. */
  tooMany: 429,
  broken: 500,
  /** X, or another service that a sign-in needs, is unreachable. */
  unreachable: 502,
  /** The inbox didn't store the events. X may deliver them again; the sweep finds the others. */
  notTaken: 503,
  /** The process is shutting down. X delivers again, after the restart. */
  closing: 503,
  /** The app's settings at X allow nobody to sign in. */
  notSetUp: 503,
} as const
