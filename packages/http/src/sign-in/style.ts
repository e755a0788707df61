import { createHash } from 'node:crypto'

/* System colors follow people's light or dark mode and their contrast settings. */
const STYLE = `
:root { color-scheme: light dark; font: 1rem/1.5 system-ui, sans-serif }
body { margin: 0; background: Canvas; color: CanvasText }
main { box-sizing: border-box; width: min(100%, 34rem); margin: 0 auto; padding: 1.5rem 1rem 3rem; overflow-wrap: anywhere }
main > .service { margin: 0; font-weight: 600 }
h1 { font-size: 1.5rem; line-height: 1.25 }
h2 { font-size: 1.125rem; margin: 1.5rem 0 .5rem }
ol, ul { padding-left: 1.25rem }
fieldset { min-width: 0; margin: 1rem 0; padding: .25rem 1rem; border: 1px solid GrayText; border-radius: .75rem }
legend { padding: 0 .25rem; font-weight: 600 }
label { display: flex; gap: .75rem; align-items: center; min-height: 2.75rem; cursor: pointer }
input[type=checkbox] { flex: none; width: 1.25rem; height: 1.25rem }
button { display: inline-flex; gap: .5rem; align-items: center; justify-content: center; box-sizing: border-box;
  min-height: 2.75rem; max-width: 100%; padding: .5rem 1.5rem; border: 2px solid CanvasText; border-radius: 2rem;
  background: Canvas; color: CanvasText; font: inherit; font-weight: 600; cursor: pointer }
button.x { background: CanvasText; color: Canvas }
button svg { flex: none; width: 1.25rem; height: 1.25rem; fill: currentColor }
.account { display: flex; flex-wrap: wrap; gap: .75rem; margin-top: 1.5rem }
:focus-visible { outline: 3px solid #d97706; outline-offset: 3px }
`

export interface Style {
  readonly css: string
  /** The hash by which the policy allows it. */
  readonly hash: string
}

/** Builds the pages' one style sheet, with the operator's additions. */
export function styleWith(added: string): Style {
  // Normalize it as browsers do, because they hash the normalized text.
  const css = STYLE + added.replaceAll(/\r\n?/g, '\n').replaceAll('\0', '\ufffd')
  return { css, hash: `sha256-${createHash('sha256').update(css).digest('base64')}` }
}
