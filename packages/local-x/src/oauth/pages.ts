import { createHash } from 'node:crypto'
import { html, raw } from 'hono/html'
import type { LocalPerson } from '../state/people.js'
import type { AccessLevel } from '../state/tokens.js'
import { LOGO } from '../util/logo.js'

/* The pages of a sign-in. They work without scripts; the one style sheet is allowed by its hash. */

type Page = ReturnType<typeof html>

const STYLE = `
:root { color-scheme: light dark; font: 1rem/1.5 system-ui, sans-serif }
body { margin: 0; min-height: 100vh; display: grid; place-items: center; background: Canvas; color: CanvasText }
main { box-sizing: border-box; width: min(100%, 30rem); padding: 1.5rem }
h1 { font-size: 1.5rem; line-height: 1.25 }
.logo { width: 3rem; height: 3rem }
fieldset { border: 1px solid GrayText; border-radius: .75rem; padding: .5rem 1rem; margin: 1rem 0 }
label { display: flex; gap: .75rem; align-items: center; min-height: 2.75rem; cursor: pointer }
small { opacity: .8 }
button { font: inherit; font-weight: 600; min-height: 2.75rem; padding: 0 1.5rem; border-radius: 2rem; cursor: pointer }
button[value=approve] { background: #0b5cad; color: #fff; border: 2px solid #0b5cad }
button[value=deny] { background: transparent; color: inherit; border: 2px solid GrayText }
:focus-visible { outline: 3px solid #f59e0b; outline-offset: 2px }
[role=alert] { border-left: .25rem solid #c2410c; padding-left: .75rem }
output { font: 700 2rem/1.5 ui-monospace, monospace; letter-spacing: .1em }
`

export const STYLE_HASH = `sha256-${createHash('sha256').update(STYLE).digest('base64')}`

function page(title: string, body: Page): Page {
  return html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${title} · local X</title>
<style>${raw(STYLE)}</style>
</head>
<body><main>${raw(LOGO.replace('<svg ', '<svg class="logo" aria-hidden="true" '))}${body}</main></body>
</html>`
}

type Consent = {
  /** The account that owns the app. */
  readonly owner: LocalPerson
  readonly permissions: readonly string[]
  readonly people: readonly LocalPerson[]
  readonly chosen: LocalPerson | undefined
  readonly authenticityToken: string
  readonly problem?: string
}

/** Asks who the person is, and whether the app may act for them. */
export function consentPage({ owner, permissions, people, chosen, authenticityToken, problem }: Consent): Page {
  const choices = people.map(
    (person) => html`<label>
<input type="radio" name="person" value="${person.id}" required ${person.id === chosen?.id ? raw('checked') : ''}>
<span>${person.name} <small>@${person.username}${person.automated ? ' · Automated' : ''}</small></span>
</label>`,
  )
  return page(
    `Authorize the app of @${owner.username}`,
    html`<h1>Authorize the app of @${owner.username} to access your account?</h1>
${problem === undefined ? '' : html`<p role="alert">${problem}</p>`}
<p>This is a local X: choose who you are. There are no passwords.</p>
<form method="post">
<input type="hidden" name="authenticity_token" value="${authenticityToken}">
<fieldset><legend>Who are you?</legend>${choices}</fieldset>
<p>This app will be able to:</p>
<ul>${permissions.map((permission) => html`<li>${permission}</li>`)}</ul>
<p>
<button name="decision" value="approve">Authorize app</button>
<button name="decision" value="deny" formnovalidate>Cancel</button>
</p>
</form>`,
  )
}

export function pinPage(pin: string): Page {
  return page(
    'Your PIN',
    html`<h1>You have granted access</h1>
<p>To finish, go back to the app and enter this PIN:</p>
<p><output>${pin}</output></p>`,
  )
}

export function messagePage(title: string, message: string): Page {
  return page(title, html`<h1>${title}</h1><p>${message}</p>`)
}

const READ = ['See tweets from your timeline, and whom you follow.']
const WRITE = [...READ, 'Follow and tweet for you, and delete your tweets.']

export const LEVEL_PERMISSIONS: Readonly<Record<AccessLevel, readonly string[]>> = {
  read: READ,
  'read-write': WRITE,
  'read-write-directmessages': [...WRITE, 'Send direct messages for you, and read them.'],
}
