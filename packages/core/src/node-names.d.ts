/** The few names that core needs of Node. Declared here so that no other global or module of Node comes in with them. */
declare module 'node:crypto' {
  export function createHash(algorithm: 'sha256'): { update(data: string): { digest(encoding: 'base64url'): string } }
  export function createHmac(algorithm: 'sha256', key: string): Hmac
  export function timingSafeEqual(a: Uint8Array, b: Uint8Array): boolean

  interface Hmac {
    update(data: Uint8Array | string): Hmac
    digest(encoding: 'base64'): string
  }
}
