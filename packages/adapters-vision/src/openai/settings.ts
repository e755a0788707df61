import { invalid } from './errors.js'

/**
 * The address of `/chat/completions` under a base URL.
 *
 * @throws VisionServerError `VISION_INPUT_INVALID`; its message quotes no password.
 */
export function endpointUnder(baseUrl: string, allowPlainHttp: boolean): string {
  const url = URL.canParse(baseUrl) ? new URL(baseUrl) : undefined
  if (!url || !['http:', 'https:'].includes(url.protocol)) {
    throw invalid(
      'The base URL of the vision server must be an http or https address, such as http://127.0.0.1:11434/v1.',
    )
  }
  if (url.username !== '' || url.password !== '' || url.search !== '' || url.hash !== '') {
    throw invalid(
      'The base URL of the vision server must have no user name, password, query or fragment. Pass the key as apiKey.',
    )
  }
  if (url.protocol === 'http:' && !allowPlainHttp && !isLoopback(url.hostname)) {
    throw invalid(
      `${url.origin} is plain HTTP: others on the network could read the photos and the API key. Use https, or pass allowPlainHttp: true for a server on a network that you trust.`,
    )
  }
  return `${url.origin}${url.pathname.replace(/\/+$/, '')}/chat/completions`
}

const isLoopback = (host: string) => /^(?:localhost|.+\.localhost|127(?:\.\d{1,3}){3}|\[::1\])$/.test(host)

/** A key that may stand in a header. An invalid one is not quoted. */
export function checkKey(apiKey: string | undefined): void {
  if (apiKey === undefined || /^[\x21-\x7e]+$/.test(apiKey)) return
  throw invalid('The API key must be printable ASCII without spaces. Look for a line break or quotes around it.')
}

export function checkWhole(name: string, value: number, least: number, most: number): void {
  if (Number.isSafeInteger(value) && value >= least && value <= most) return
  throw invalid(`${name} must be a whole number from ${least} to ${most}, and is ${value}.`)
}
