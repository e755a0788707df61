import { createHash, createHmac, timingSafeEqual } from 'node:crypto'

/** What a sealed text is for. One that was sealed for something else does not open; a new form gets a new name. */
type Purpose = 'login-1' | 'outcome-1' | 'form-1' | 'status-1'

/** Signs what browsers keep for us. It hides nothing: nothing secret goes in. */
interface Seal {
  /** The text and its signature, of URL-safe characters and one dot. `holder` has no blanks. */
  seal(purpose: Purpose, text: string, holder?: string): string
  /** The text, if it was sealed here for this purpose and this holder; `undefined` otherwise. */
  open(purpose: Purpose, sealed: string, holder?: string): string | undefined
}

/** The first key signs, all are accepted. What was sealed for one origin opens at no other. */
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

/** How long it takes tells nothing about either: both are hashed first, to one length. */
export function isEqual(a: string, b: string): boolean {
  const hash = (text: string) => createHash('sha256').update(text).digest()
  return timingSafeEqual(hash(a), hash(b))
}
