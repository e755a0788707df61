import { readFileSync } from 'node:fs'

/** The logo as SVG, from src/util and from dist/util alike. */
export const LOGO = readFileSync(new URL('../../src/page/assets/icon.svg', import.meta.url), 'utf8')
