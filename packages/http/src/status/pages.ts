import type { JournalEntry } from '@hexbird/core/adapter'
import type { Spent } from '@hexbird/core/host'
import { html, raw } from 'hono/html'
import { INLINE_LOGO } from '../logo.js'
import { charts } from './chart.js'
import { STATUS_CSS } from './style.js'
import { cost as costText, howLong, isoOf, KINDS, money, reasonOf, timeOf } from './text.js'
import type { About, DeadLetterView, QueueView, StatusView, WaitingView } from './view.js'

/* The pages work without scripts, and the policy allows the one style sheet by its hash. All text from X or from people
   goes through `html`, which escapes it. */

type Html = ReturnType<typeof html>

/** The paths of the status page. The browser sends the cookie to no others. */
export const STATUS_PATHS = {
  page: '/status',
  icon: '/status/icon.svg',
  signIn: '/status/sign-in',
  signOut: '/status/sign-out',
  pause: '/status/pause',
  resume: '/status/resume',
  retry: '/status/retry',
} as const

const UNLISTED = html`<p class="small soft">While posting is stopped, the bot lists no mentions. After you resume, it lists those of the last day.</p>`

/** What the operator just did, by the name in the address. */
const NOTICES = {
  paused: 'Posting is paused.',
  resumed: 'Posting is allowed again.',
  retried: 'The dead letter is back in its queue.',
  gone: 'This dead letter no longer exists.',
} as const

export type Notice = keyof typeof NOTICES
export const isNotice = (name: string | undefined): name is Notice => name !== undefined && Object.hasOwn(NOTICES, name)

/** Asks for the token. */
export function signInPage(problem?: string): Html {
  return page(
    'Sign in · hexbird',
    html`<header class="top"><div class="brand">${raw(INLINE_LOGO)}<h1>Bot status</h1></div></header>
<main><section class="card narrow" aria-labelledby="sign-in"><h2 id="sign-in">Sign in</h2>
${problem === undefined ? '' : html`<p class="alert" role="alert">${problem}</p>`}
<form method="post" action="${STATUS_PATHS.signIn}">
<label>Token for this page<input type="password" name="token" required autocomplete="current-password" autofocus></label>
<button class="primary">Sign in</button></form>
<p class="soft small">You find it in the bot&rsquo;s settings, as <code>HEXBIRD_STATUS_TOKEN</code>.</p></section></main>`,
  )
}

/** The page for a request that did nothing. It says why. */
export function endingPage(title: string, text: string): Html {
  return page(
    `${title} · hexbird`,
    html`<header class="top"><h1>${title}</h1></header>
<main><p>${text}</p><p><a href="${STATUS_PATHS.page}">Back to the status page</a></p></main>`,
  )
}

/** What a page needs besides the data that it shows. */
export interface PageOptions {
  /** Goes into every form. */
  readonly formToken: string
  /** Gives the URL of a tweet. */
  readonly tweetUrl: (id: string) => string
  readonly notice?: Notice | undefined
}

/** The status page, for a person who has signed in. */
export function statusPage(view: StatusView, { formToken, tweetUrl, notice }: PageOptions): Html {
  const { username, at, killSwitch, queues, entries } = view
  const deadLetters = queues.reduce((sum, { deadLetterCount }) => sum + deadLetterCount, 0)
  return page(
    `@${username} · hexbird`,
    html`<a class="skip" href="#main">Skip to the status</a>
<header class="top">
<div class="brand">${raw(INLINE_LOGO)}
<div><h1>@${username}</h1><p>${state()}</p></div></div>
<div class="row"><a class="button" href="${STATUS_PATHS.page}">Refresh</a>${form(STATUS_PATHS.signOut, html`<button>Sign out</button>`)}</div>
</header>
${notice === undefined ? '' : html`<p class="notice" role="status">${NOTICES[notice]}</p>`}
<main id="main" tabindex="-1">
<div class="cards">
${section('posting', 'Posting', posting())}
${section('money', 'Money today', moneyToday(view))}
${section('days', `The last ${view.days.length} days`, charts(view.days))}
</div>
${section('dead', deadLetters === 0 ? 'Dead letters' : `Dead letters (${deadLetters})`, deadTable())}
${section('came', 'Recent tweets', cameTable())}
${section('waits', 'In the queues', html`${waitsTable()}${killSwitch.stopped ? UNLISTED : ''}`)}
</main>
<footer>As of ${time(at)}. All times are UTC. The page goes back 30 days, and never shows the text of a tweet.</footer>`,
  )

  function state(): Html {
    if (killSwitch.stopped) return html`<span class="dot" aria-hidden="true"></span> Stopped: the bot posts nothing.`
    return html`<span class="dot on" aria-hidden="true"></span> The bot posts replies.`
  }

  function posting(): Html {
    const { stopped, waits, strikes } = killSwitch
    const waiting = Object.entries(waits).filter(([, until]) => until > at)
    return html`${
      stopped
        ? html`<p class="alert"><strong>Stopped</strong> since ${time(stopped.since)}. ${stopped.reason}</p>
<p class="small soft">If X stopped the bot, settle the matter with X first. After you resume, the bot answers the tweets of the last day that are still waiting, in its queues or at X.</p>
${form(STATUS_PATHS.resume, html`<button class="primary">Resume posting</button>`)}`
        : html`<p>The bot posts replies.</p>
${form(STATUS_PATHS.pause, html`<label>Reason (optional)<input name="reason" maxlength="200"></label><button>Pause posting</button>`)}`
    }
${waiting.map(
  ([call, until]) =>
    html`<p class="small">X accepts no <code>${call}</code> calls before ${time(until)} (${howLong(until - at)}).</p>`,
)}
${strikes.length === 0 ? '' : html`<p class="small">X refused ${strikes.length} in a row without a reason. After three, the bot stops.</p>`}`
  }

  function deadTable(): Html {
    if (deadLetters === 0) return html`<p class="soft">None. The bot has given up on nothing.</p>`
    const shown = queues.reduce((sum, queue) => sum + queue.deadLetters.length, 0)
    const which = shown < deadLetters ? `; the first ${shown} of ${deadLetters}` : ''
    return html`<table><caption>The bot gave up on these after too many failures. It keeps them for 14 days${which}</caption>
<thead><tr><th scope="col">What</th><th scope="col">Why</th><th scope="col"><span class="soft">Action</span></th></tr></thead>
<tbody>${queues.map((queue) => queue.deadLetters.map((letter) => deadRow(queue, letter)))}</tbody></table>
<p class="small soft">If you changed the bot&rsquo;s file, restart the bot before you try again.</p>`
  }

  function deadRow({ name }: QueueView, { id, about, receives, reason, at: since }: DeadLetterView): Html {
    const fields = html`${hidden('queue', name)}${hidden('id', `${id}`)}`
    const label = `Try again: ${name} ${id}`
    return html`<tr><td>${aboutText(about)}<br><span class="small soft">${time(since)}</span></td>
<td>${reason}<br><span class="small soft">${receives} tries, in ${name}</span></td>
<td>${form(STATUS_PATHS.retry, html`${fields}<button aria-label="${label}">Try again</button>`)}</td></tr>`
  }

  function cameTable(): Html {
    if (entries.length === 0) return html`<p class="soft">Nothing yet.</p>`
    return html`<table><caption>The ${entries.length} that came last, the latest outcome first</caption>
<thead><tr><th scope="col">Tweet</th><th scope="col">Outcome</th><th scope="col" class="number">Cost</th></tr></thead>
<tbody>${entries.map(cameRow)}</tbody></table>`
  }

  function cameRow(entry: JournalEntry) {
    const { at: when, kind, reason, detail, replyId, until, cost } = entry
    const [text, tone] = KINDS[kind]
    const why = [reason === undefined ? '' : reasonOf(reason), detail ?? ''].filter((part) => part !== '').join(' ')
    return html`<tr><td>${tweetText(entry)}<br><span class="small soft">${time(when)}</span></td>
<td><span class="outcome ${tone}">${text}</span>${replyId === undefined ? '' : html` ${link(replyId, 'the reply')}`}${
      until === undefined ? '' : html` <span class="small">until ${time(until)}</span>`
    }${why === '' ? '' : html`<br><span class="small">${why}</span>`}</td>
<td class="number">${costText(cost)}</td></tr>`
  }

  function waitsTable(): Html {
    const waiting = queues.reduce((sum, queue) => sum + queue.waiting.length, 0)
    const sizes = queues.map(({ name, size }) => `${size} in ${name}`).join(', ')
    if (waiting === 0) return html`<p class="soft">Nothing is waiting in the queues. Items: ${sizes}.</p>`
    return html`<table><caption>In progress or waiting: ${sizes}</caption>
<thead><tr><th scope="col">What</th><th scope="col">Until</th></tr></thead>
<tbody>${queues.map(({ name, waiting: items }) => items.map((item) => waitRow(name, item)))}</tbody></table>`
  }

  function waitRow(queue: string, { about, until, inFlight }: WaitingView): Html {
    const when = inFlight ? html`in progress` : html`${time(until)}, ${howLong(until - at)}`
    return html`<tr><td>${aboutText(about)}<span class="small soft">${'kind' in about ? ' ' : ', '}in ${queue}</span></td><td>${when}</td></tr>`
  }

  function aboutText(about: About): Html {
    return 'kind' in about ? html`${about.kind}` : tweetText(about)
  }

  /** Shows the author and the id, alike in every table, so that a person finds a tweet again. */
  function tweetText({ tweetId, authorId, username: name }: Exclude<About, { readonly kind: string }>): Html {
    const author = name === undefined ? `User ${authorId}` : `@${name}`
    return html`${link(tweetId, author)}<br><span class="small soft">${tweetId}</span>`
  }

  function link(id: string, text: string): Html {
    return /^\d+$/.test(id) ? html`<a href="${tweetUrl(id)}" rel="noreferrer">${text}</a>` : html`${text}`
  }

  function form(action: string, content: Html): Html {
    return html`<form method="post" action="${action}">${hidden('csrf', formToken)}${content}</form>`
  }
}

function moneyToday({ money: { day, sweep }, limits, days }: StatusView): Html {
  const finished = days.at(-1)?.cost ?? 0
  const row = (name: string, spent: number, limit?: number) =>
    html`<div><dt>${name}</dt><dd>${costText(spent)}</dd><dd class="soft">${limit === undefined ? '' : `of ${money(limit)}`}</dd></div>`
  return html`<p><strong>${costText(Math.max(0, day.limit - day.spent))}</strong> is left until midnight UTC.</p>
${bar(day)}
<dl class="facts">${row('Spent or reserved', day.spent, day.limit)}
${row('Of that, for finding mentions', sweep.spent, sweep.limit)}
${row('Of that, for finished tweets', finished)}
${row('The rest', Math.max(0, day.spent - sweep.spent - finished))}</dl>
<p class="small soft">The rest is for tweets that are in progress or failed, and for listing the bot&rsquo;s own tweets at the start. It also includes follows and messages from the sign-in pages.</p>
${day.spent >= day.limit ? html`<p class="alert">Today&rsquo;s money is spent. The bot answers nobody before midnight UTC.</p>` : ''}
<p>Limits: ${money(limits.perAuthorPerDay)} a day for one author, ${limits.repliesPerConversation} replies a day in one conversation.</p>
<p class="small soft">This is the bot&rsquo;s own count. X also bills for delivering events, so set a spending limit at X as well.</p>`
}

function bar({ spent, limit }: Spent): Html {
  const part = limit > 0 ? Math.min(100, (spent / limit) * 100) : 0
  return html`<svg class="bar" viewBox="0 0 100 1" preserveAspectRatio="none" aria-hidden="true">
<rect class="track" width="100" height="1"/><rect class="${part < 100 ? 'spent' : 'full'}" width="${part.toFixed(2)}" height="1"/></svg>`
}

const section = (id: string, title: string, content: Html): Html =>
  html`<section class="card" aria-labelledby="${id}"><h2 id="${id}">${title}</h2>${content}</section>`

const time = (at: number): Html => html`<time datetime="${isoOf(at)}">${timeOf(at)}</time>`

const hidden = (name: string, value: string): Html => html`<input type="hidden" name="${name}" value="${value}">`

function page(title: string, body: Html): Html {
  return html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${title}</title>
<link rel="icon" href="${STATUS_PATHS.icon}">
<style>${raw(STATUS_CSS)}</style>
</head>
<body>${body}</body>
</html>`
}
