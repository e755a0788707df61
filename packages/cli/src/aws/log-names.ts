/** What a stage has logs of: its functions, and the requests to its API. */
export const LOGS = ['webhook', 'sign-in', 'tweets', 'images', 'sweep', 'admin', 'api'] as const
export type LogName = (typeof LOGS)[number]
