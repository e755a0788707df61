import { createHash, createHmac, timingSafeEqual } from 'node:crypto'

/** The purpose of a sealed text. It opens only for that purpose. If its format changes, it needs a new name. */
type Purpose = 'login-1' | 'outcome-1' | 'form-1' | 'status-1'

/** Signs data that browsers store for us. It doesn't encrypt, so don't seal secrets. */
interface Seal {
  /** Returns the text with its signature, in URL-safe characters and one dot. `holder` must not contain spaces. */
  seal(purpose: Purpose, text: string, holder?: string): string
  /** Returns the text if it was sealed here for this purpose and holder; otherwise `undefined`. */
  open(purpose: Purpose, sealed: string, holder?: string): string | undefined
}

/** Creates a seal. The first key signs, and all keys are accepted. A text opens only at the origin that sealed it. */
export function createSeal(keys: readonly string[], origin: string): Seal {
  const sign = (key: string, purpose: Purpose, payload: string, holder: string) =>
    createHmac('sha256', key).update(`hexbird ${purpose} ${origin} ${holder} ${payload}`).digest('base64url')
  return {
    seal(purpose, text, holder = '') {
      const [key] = keys
      if (!key) throw new RangeError('There is no key to sign with.')
      const payload = Buffer.from(text).toString('base64url')
      return `${payload}.${sign(key, purpose, payload, holder)}`
    },
    open(purpose, sealed, holder = '') {
      const [payload = '', signature = '', ...more] = sealed.split('.', 3)
      if (more.length > 0 || !keys.some((key) => isEqual(signature, sign(key, purpose, payload, holder))))
        return undefined
      return Buffer.from(payload, 'base64url').toString()
    },
  }
}

/** Compares in constant time. Both texts are hashed first, so their lengths don't matter either. */
export function isEqual(a: string, b: string): boolean {
  const hash = (text: string) => createHash('sha256').update(text).digest()
  return timingSafeEqual(hash(a), hash(b))
}
