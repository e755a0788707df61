import { readFileSync } from 'node:fs'

/** A JPEG of 451 × 300, such as X takes. */
export const PHOTO = new Uint8Array(readFileSync(new URL('../../local-x/samples/photos/cat.jpg', import.meta.url)))
