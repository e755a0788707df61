/** Error codes for a machine without a network or a name server. */
const OFFLINE = /\b(?:ENOTFOUND|EAI_AGAIN|ENETUNREACH|ENETDOWN|EHOSTUNREACH)\b/

/** Whether a text tells of a machine without a network. */
export const saysOffline = (text: string): boolean => OFFLINE.test(text)

/** What to do without a network. */
export const CONNECT = 'Check the network connection, and try again.'
/** The same, for a list of findings. */
export const NO_NETWORK = `This machine has no network. ${CONNECT}`

/** That there is no network, and what was looked for, if that is why something failed. */
export function offlineMessage(error: unknown): string | undefined {
  const text = textsOf(error).find(saysOffline)
  if (text === undefined) return undefined
  const [code] = OFFLINE.exec(text) ?? []
  const [, host] = /(?:ENOTFOUND|EAI_AGAIN) ([\w-]+(?:\.[\w-]+)+)/.exec(text) ?? []
  const isOfX = error instanceof Error && 'code' in error && String(error.code).startsWith('X_')
  return `No network: ${host ?? (isOfX ? 'X' : 'the server')} cannot be reached (${code}). ${CONNECT}`
}

/** What an error and its causes say, and their codes. */
function textsOf(error: unknown, depth = 0): readonly string[] {
  if (!(error instanceof Error) || depth > 5) return []
  const own = `${error.message} ${'code' in error ? error.code : ''}`
  const inner = error instanceof AggregateError ? error.errors : [error.cause]
  return [...inner.flatMap((one) => textsOf(one, depth + 1)), own]
}
