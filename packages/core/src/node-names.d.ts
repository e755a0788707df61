/** The few Node APIs that core uses. Declared here, so that core cannot use other globals and modules of Node. */
declare module 'node:crypto' {
  export function createHash(algorithm: 'sha256'): { update(data: string): { digest(encoding: 'base64url'): string } }
  export function createHmac(algorithm: 'sha256', key: string): Hmac
  export function timingSafeEqual(a: Uint8Array, b: Uint8Array): boolean

  interface Hmac {
    update(data: Uint8Array | string): Hmac
    digest(encoding: 'base64'): string
  }
}
