/* Who asks, as far as browsers tell: https://www.w3.org/TR/fetch-metadata/ */

/** A form of our own page. Browsers that send no `Sec-Fetch-Site` tell by `Origin`; who sends neither is refused. */
export function isFromOurPage({ headers }: Request, origin: string): boolean {
  const site = headers.get('sec-fetch-site')
  const from = headers.get('origin')
  if (site === null) return from === origin
  // Our pages send no referrer, for which browsers write `null` here.
  return site === 'same-origin' && (from === null || from === 'null' || from === origin)
}

/** The browser asks before the person does: nothing may happen for that. */
export function looksAhead({ headers }: Request): boolean {
  const ahead = ['sec-purpose', 'purpose', 'x-moz', 'x-purpose'].map((name) => headers.get(name) ?? '')
  return ahead.some((purpose) => /\b(prefetch|prerender|preview)\b/i.test(purpose))
}

/** Asked for by a person who will see the answer: no image, frame or script. Clients other than browsers do not tell. */
export function isNavigation(request: Request): boolean {
  return !looksAhead(request) && (request.headers.get('sec-fetch-dest') ?? 'document') === 'document'
}

/** Who led the person here. */
export function cameFrom({ headers }: Request): 'own-page' | 'typed' | 'elsewhere' | 'no-browser' {
  const site = headers.get('sec-fetch-site')
  if (site === null) return 'no-browser'
  if (site === 'same-origin') return 'own-page'
  return site === 'none' ? 'typed' : 'elsewhere'
}

/**
 * Whether the browser is at the origin, as far as it tells: under another spelling of the host it would keep other
 * cookies, and its forms would be foreign. The scheme is not looked at: a proxy may have taken TLS off.
 */
export function isAtOrigin({ headers }: Request, origin: string): boolean {
  const host = headers.get('host')
  if (host === null) return true
  const { protocol, host: ours } = new URL(origin)
  return URL.canParse(`${protocol}//${host}`) && new URL(`${protocol}//${host}`).host === ours
}
