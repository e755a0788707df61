/** A name that only this machine answers to; other sites cannot make a browser send it as `Host`. */
export function isLoopbackName(hostname: string): boolean {
  return ['localhost', '127.0.0.1', '[::1]'].includes(hostname)
}

/** `127.0.0.1:8080` without its port. */
export const withoutPort = (host: string): string => host.replace(/:\d+$/, '')

/**
 * Why a request to this machine is refused: a page of another origin made it. Browsers say where a request comes from, and
 * programs say nothing. Only the address of the page itself may be linked to.
 */
export function foreignOrigin({ method, url, headers }: Request): string | undefined {
  const origin = headers.get('origin')
  if (origin !== null && origin !== `http://${headers.get('host')}`) {
    return `Requests from ${origin} are refused: use this address alone.`
  }
  const site = headers.get('sec-fetch-site') ?? 'none'
  const isLink = new URL(url).pathname === '/' && headers.get('sec-fetch-mode') === 'navigate' && method === 'GET'
  return site === 'same-origin' || site === 'none' || isLink ? undefined : 'Requests from other sites are refused.'
}
