import { html, nothing, render } from 'lit/html.js'
import { composer } from './composer.js'
import { inspector } from './inspector.js'
import { timeOf } from './parts.js'
import { listen, onChange, set, state } from './store.js'
import { switchBoard } from './switches.js'
import { conversation, timeline } from './tweets.js'

function page() {
  const { connected, announcement, notice, shown, bot, botNote } = state
  return html`
    <a class="skip" href="#timeline" @click=${jump}>Skip to the timeline</a>
    <header class="top">
      <div class="brand">
        <img src="/_page/icon.svg" alt="" width="32" height="32" />
        <div>
          <h1>local X</h1>
          <p>
            <span class=${connected ? 'dot on' : 'dot'} aria-hidden="true"></span>
            ${connected ? 'On this machine only. Nothing leaves it.' : 'Not connected. Trying again…'}
          </p>
        </div>
      </div>
      ${
        (botNote.links ?? []).length > 0
          ? html`<nav class="pages" aria-label="Pages of the bot">
            ${botNote.links.map(({ text, url }) => html`<a class="button" href=${url} rel="noreferrer">${text}</a>`)}
          </nav>`
          : nothing
      }
      <nav class="parts" aria-label="Parts of the page">
        <a href="#timeline" @click=${jump}>Timeline</a>
        <a href="#switches" @click=${jump}>Switches</a>
        <a href="#deliveries" @click=${jump}>Deliveries</a>
      </nav>
    </header>
    <p class="hidden" role="status" aria-live="polite">${announcement}</p>
    <p class="notice" role="alert" ?hidden=${notice === ''}>
      <span>${notice}</span><button class="quiet" @click=${() => set({ notice: '' })}>Dismiss</button>
    </p>
    <div class="columns">
      <main id="timeline" tabindex="-1" aria-label=${shown ? 'Conversation' : 'Timeline'}>
        ${shown ? conversation(shown) : html`${composer()}${nextSweep()}${timeline()}`}
      </main>
      <aside>
        <section id="switches" tabindex="-1" aria-labelledby="switches-title" class="card">${switchBoard()}</section>
        <section id="deliveries" tabindex="-1" aria-labelledby="deliveries-title" class="card">${inspector()}</section>
      </aside>
    </div>
    <footer>A stand-in for X, for bots under development. @${bot.username} is the bot.</footer>
  `
}

function nextSweep() {
  const { bot, botNote } = state
  if (botNote.paused) return html`<p class="soft sweep">@${bot.username} is paused, and asks for no mentions.</p>`
  if (botNote.nextSweepAt === undefined) return nothing
  return html`<p class="soft sweep">
    @${bot.username} also asks for mentions that were not delivered. Next try: ${timeOf(botNote.nextSweepAt)}
  </p>`
}

/** Moves to a part of the page and leaves the address to the conversation that it names. */
function jump(event) {
  event.preventDefault()
  const target = document.querySelector(event.currentTarget.getAttribute('href'))
  target?.scrollIntoView()
  target?.focus({ preventScroll: true })
}

function follow() {
  const [, id] = /^#\/tweet\/(\d+)$/.exec(location.hash) ?? []
  const moved = id !== state.shown
  set({ shown: id })
  if (!moved) return
  requestAnimationFrame(() => {
    scrollTo(0, 0)
    document.querySelector('#timeline')?.focus({ preventScroll: true })
  })
}

onChange(() => render(page(), document.body))
addEventListener('hashchange', follow)
follow()
listen()
