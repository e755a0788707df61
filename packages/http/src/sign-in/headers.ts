import type { SignInAppSettings } from './options.js'

/**
 * The headers of every answer: no scripts, no other resources, no framing, no caching, no referrer. Chromium also
 * checks `form-action` for redirects after a form, so X's origins are on the list.
 */
export function securityHeaders(
  { origin, xOrigins }: Pick<SignInAppSettings, 'origin' | 'xOrigins'>,
  styleHash: string,
): Readonly<Record<string, string>> {
  return {
    'content-security-policy': [
      "default-src 'none'",
      `style-src '${styleHash}'`,
      `form-action ${["'self'", ...xOrigins].join(' ')}`,
      "frame-ancestors 'none'",
      "base-uri 'none'",
    ].join('; '),
    'x-frame-options': 'DENY',
    'x-content-type-options': 'nosniff',
    'referrer-policy': 'no-referrer',
    'cache-control': 'no-store',
    'permissions-policy': 'camera=(), display-capture=(), geolocation=(), microphone=(), payment=(), usb=()',
    'cross-origin-opener-policy': 'same-origin',
    'cross-origin-resource-policy': 'same-origin',
    ...(origin.startsWith('https:') && { 'strict-transport-security': 'max-age=31536000' }),
  }
}
