import type { BotAccount } from '@hexbird/core'
import { html, raw } from 'hono/html'
import type { Outcome } from './cookies.js'
import type { Ending } from './endings.js'
import type { SignInAppSettings } from './options.js'
import type { Style } from './style.js'

/* The pages of a sign-in. They work without scripts, and the policy allows the one style sheet by its hash. */

type Page = ReturnType<typeof html>

const X_LOGO = raw(
  '<svg viewBox="0 0 24 24" aria-hidden="true" focusable="false"><path d="M18.244 2.25h3.308l-7.227 8.26 8.502 11.24H16.17l' +
    '-5.214-6.817L4.99 21.75H1.68l7.73-8.835L1.254 2.25H8.08l4.713 6.231zm-1.161 17.52h1.833L7.084 4.126H5.117z"/></svg>',
)

/** Creates the pages of one app. `formToken` goes into every form. */
export function createPages(settings: SignInAppSettings, style: Style) {
  const { service, paths, account: target, privacyPolicyUrl, termsUrl, xOrigins } = settings
  const localX = xOrigins.find((origin) => origin.startsWith('http:'))
  const actsForPeople = settings.follow === 'api' || settings.message === 'api'

  return {
    /** The page where a sign-in starts. All boxes start unticked. */
    signIn(formToken: string, carried: readonly (readonly [name: string, value: string])[]): Page {
      return page(
        `Sign in to ${service}`,
        html`<h1>Sign in to ${service}</h1>
<p>Please read the <a href="${privacyPolicyUrl}">privacy policy</a>${
          termsUrl === undefined ? '' : html` and the <a href="${termsUrl}">terms</a>`
        } before you sign in.</p>
<h2>What will happen</h2>
<ol>
<li>You go to X, and X asks whether ${service} may see your account. Your password stays with X.</li>
<li>${service} keeps your handle, your account&rsquo;s number and the keys that X gives it, until you disconnect.${
          carried.some(([name]) => name !== 'return_to')
            ? ' It also keeps the data in the link that brought you here.'
            : ''
        }</li>
<li>${service} does nothing in your name${actsForPeople ? ' except what you tick here' : ''}. You agree to nothing else.</li>
</ol>
<form method="post" action="${paths.start}" autocomplete="off">
${hidden('csrf', formToken)}${carried.map(([name, value]) => hidden(name, value))}
${choice('follow', 'Follow (optional)', {
  api: `Follow @${target.username} with my account`,
  link: `After that, show me the page at X where I can follow @${target.username}`,
})}
${choice('message', 'Message (optional)', {
  api: 'Send my own account a direct message that says I signed in',
  link: `After that, show me the page at X where I can write to @${target.username}`,
})}
<p><button class="x">${X_LOGO}Sign in with X</button></p>
</form>
<p>You can disconnect on this page at any time.</p>`,
      )
    },

    /** The sign-in page for somebody who has already signed in. */
    account(formToken: string, { username }: BotAccount): Page {
      return page(
        `You are signed in · ${service}`,
        html`<h1>You are signed in</h1>
<p>At ${service} you are <strong>@${username}</strong>.</p>
${accountForms(formToken)}
${policies()}`,
      )
    },

    /** The page after a sign-in, with the outcomes of the choices. */
    result(formToken: string, { username }: BotAccount, outcome: Outcome | undefined): Page {
      return page(
        `You are signed in · ${service}`,
        html`<h1>You are signed in</h1>
<p>At ${service} you are <strong>@${username}</strong>.</p>
${outcome === undefined ? '' : outcomes(outcome)}
${accountForms(formToken)}
${policies()}`,
      )
    },

    ending({ title, text, atX }: Ending): Page {
      return page(
        `${title} · ${service}`,
        html`<h1>${title}</h1>
<p>${text}</p>
${atX === undefined ? '' : html`<p><a href="${pageAtX(atX.url)}" rel="noreferrer">${atX.text}</a></p>`}
<p><a href="${paths.page}">Start again</a></p>`,
      )
    },
  }

  function page(title: string, body: Page): Page {
    return html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${title}</title>
<style>${raw(style.css)}</style>
</head>
<body><main><p class="service">${service}</p>${body}</main></body>
</html>`
  }

  /** With a local X, no link leads off this machine. */
  function pageAtX(url: string): string {
    const { pathname, search } = new URL(url)
    return localX === undefined ? url : `${localX}${pathname}${search}`
  }

  function choice(name: 'follow' | 'message', legend: string, texts: { readonly api: string; readonly link: string }) {
    const mode = settings[name]
    if (mode === 'off') return ''
    return html`<fieldset><legend>${legend}</legend>
<label><input type="checkbox" name="${name}" value="true"><span>${texts[mode]}</span></label>
</fieldset>`
  }

  function outcomes({ follow, message, returnTo }: Outcome): Page {
    return html`${describeOutcome(follow, {
      done: `Your account now follows @${target.username}.`,
      pending: `@${target.username} is protected, so X has sent a follow request.`,
      'not-chosen': `You did not choose to follow @${target.username}.`,
      'not-done': `Your account could not follow @${target.username} from here.`,
      page: `Follow @${target.username} on X`,
    })}
${describeOutcome(message, {
  done: 'Your account sent itself the message.',
  pending: 'The message is on its way.',
  'not-chosen': 'You did not choose a message.',
  'not-done': 'The message could not be sent from here.',
  page: `Write to @${target.username} on X`,
})}
${returnTo === undefined ? '' : html`<p><a href="${returnTo}">Continue</a></p>`}`
  }

  function describeOutcome(outcome: Outcome['follow'], texts: Told) {
    if (outcome.kind === 'off') return ''
    const text = outcome.kind === 'link' ? '' : html`${texts[outcome.kind]} `
    if (!('url' in outcome)) return html`<p>${text}</p>`
    return html`<p>${text}<a href="${pageAtX(outcome.url)}" rel="noreferrer">${texts.page}</a></p>`
  }

  function accountForms(formToken: string): Page {
    return html`<div class="account">
<form method="post" action="${paths.signOut}">${hidden('csrf', formToken)}<button>Log out</button></form>
<form method="post" action="${paths.disconnect}">${hidden('csrf', formToken)}<button>Disconnect</button></form>
</div>
<p>Logging out makes this browser forget you. Disconnecting deletes your account at ${service} and ends its access to X.</p>`
  }

  function policies(): Page {
    return html`<p><a href="${privacyPolicyUrl}">Privacy policy</a>${
      termsUrl === undefined ? '' : html` &middot; <a href="${termsUrl}">Terms</a>`
    }</p>`
  }
}

interface Told {
  readonly done: string
  readonly pending: string
  readonly 'not-chosen': string
  readonly 'not-done': string
  /** The text of the link to X's own page for it. */
  readonly page: string
}

const hidden = (name: string, value: string): Page => html`<input type="hidden" name="${name}" value="${value}">`
