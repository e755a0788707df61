/* Where a request comes from, according to the browser: https://www.w3.org/TR/fetch-metadata/ */

/**
 * Whether our own page sent the form. Uses `Origin` if there is no `Sec-Fetch-Site`; without both, the answer is no.
 */
export function isFromOurPage({ headers }: Request, origin: string): boolean {
  const site = headers.get('sec-fetch-site')
  const from = headers.get('origin')
  if (site === null) return from === origin
  // Our pages send no referrer, so browsers send the origin `null`.
  return site === 'same-origin' && (from === null || from === 'null' || from === origin)
}

/** Whether the browser only prefetches the page. Such a request must change nothing. */
export function looksAhead({ headers }: Request): boolean {
  const ahead = ['sec-purpose', 'purpose', 'x-moz', 'x-purpose'].map((name) => headers.get(name) ?? '')
  return ahead.some((purpose) => /\b(prefetch|prerender|preview)\b/i.test(purpose))
}

/** Whether a person will see the answer: no image, frame or script. Clients other than browsers pass. */
export function isNavigation(request: Request): boolean {
  return !looksAhead(request) && (request.headers.get('sec-fetch-dest') ?? 'document') === 'document'
}

/** Returns how the person got here. */
export function cameFrom({ headers }: Request): 'own-page' | 'typed' | 'elsewhere' | 'no-browser' {
  const site = headers.get('sec-fetch-site')
  if (site === null) return 'no-browser'
  if (site === 'same-origin') return 'own-page'
  return site === 'none' ? 'typed' : 'elsewhere'
}

/**
 * Whether the browser's host is that of the origin. Under another spelling, the browser would have other cookies, and
 * we would refuse its forms. The scheme doesn't count, because a proxy may have terminated TLS.
 */
export function isAtOrigin({ headers }: Request, origin: string): boolean {
  const host = headers.get('host')
  if (host === null) return true
  const { protocol, host: ours } = new URL(origin)
  return URL.canParse(`${protocol}//${host}`) && new URL(`${protocol}//${host}`).host === ours
}
