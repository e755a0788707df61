import { repeat } from 'lit/directives/repeat.js'
import { html, nothing } from 'lit/html.js'
import { startDraft } from './composer.js'
import { avatar, timeOf } from './parts.js'
import { ask, state } from './store.js'

/** Greater ids are later. */
const byId = (a, b) => (BigInt(a.id) < BigInt(b.id) ? -1 : 1)

const standing = () => [...state.tweets.values()].filter((tweet) => tweet.editHistory.at(-1) === tweet.id).sort(byId)

export function timeline() {
  const all = standing()
  const heads = all.filter((tweet) => tweet.inReplyTo === undefined).reverse()
  const repliesUnder = (head) =>
    all.filter((tweet) => tweet !== head && tweet.conversationId === head.conversationId && tweet.inReplyTo)
  return html`
    <h2 class="hidden">Tweets, newest first</h2>
    ${heads.length === 0 ? empty() : nothing}
    <ol class="threads" aria-label="Tweets, newest first">
      ${repeat(
        heads,
        ({ id }) => id,
        (head) => html`
          <li class="card thread">
            ${tweetView(head)}
            ${repeat(
              repliesUnder(head),
              ({ id }) => id,
              (reply) => tweetView(reply, { isReply: true }),
            )}
          </li>
        `,
      )}
    </ol>
  `
}

function empty() {
  return html`
    <div class="card empty">
      <img src="/_page/icon.svg" alt="" width="56" height="56" />
      <p><strong>It is quiet here.</strong></p>
      <p>Write to @${state.bot.username} above, with a photo if it answers photos, and press Post. The reply comes in here.</p>
    </div>
  `
}

/** One conversation, from its first tweet to its last, with what a developer wants to know of each. */
export function conversation(id) {
  const tweet = state.tweets.get(id)
  const all = standing().filter((one) => one.conversationId === tweet?.conversationId)
  return html`
    <p class="back"><a href="#/">← Timeline</a></p>
    <h2>Conversation</h2>
    ${tweet === undefined ? html`<p class="card empty">There is no tweet ${id} here.</p>` : nothing}
    <ol class="threads" aria-label="The conversation, oldest first">
      ${repeat(
        all,
        (one) => one.id,
        (one) => html`<li class=${one.id === id ? 'card thread chosen' : 'card thread'}>
          ${tweetView(one, { inFull: true })}
        </li>`,
      )}
    </ol>
  `
}

function tweetView(tweet, { isReply = false, inFull = false } = {}) {
  const { id, author, displayText, photos, inReplyTo, quoted, deleted, editHistory } = tweet
  const isBot = author.id === state.bot.id
  const address = `#/tweet/${id}`
  return html`
    <article
      class=${['tweet', isReply ? 'reply' : '', isBot ? 'bot' : '', deleted ? 'deleted' : ''].join(' ')}
      data-tweet=${id}
      aria-label=${`${author.name}${isReply ? ', in reply' : ''}`}
      @click=${(event) => openByClick(event, address)}
    >
      ${avatar(author)}
      <div class="body">
        <p class="who">
          <strong>${author.name}</strong> <span class="soft">@${author.username}</span>
          ${author.automated ? html`<span class="tag">Automated</span>` : nothing}
          ${author.protected ? html`<span class="tag">Protected</span>` : nothing}
          ${editHistory.length > 1 ? html`<span class="tag">Edited</span>` : nothing}
          <a class="soft time" href=${address} aria-label="${timeOf(tweet.createdAt)}, open the conversation">${timeOf(tweet.createdAt)}</a>
        </p>
        ${inReplyTo && inFull ? html`<p class="soft">in reply to @${inReplyTo.author.username}</p>` : nothing}
        ${deleted ? html`<p class="text soft">This tweet was deleted.</p>` : html`<p class="text">${displayText}</p>`}
        ${deleted || photos.length === 0 ? nothing : photosView(photos)}
        ${quoted && !deleted ? quotedView(quoted) : nothing}
        ${isBot ? nothing : outcomesView(tweet)} ${deleted ? nothing : actions(tweet, isBot)}
        ${inFull ? details(tweet) : nothing}
      </div>
    </article>
  `
}

/** The card opens its conversation by a click anywhere but on what has an effect of its own. */
function openByClick(event, address) {
  const isText = String(getSelection()) !== ''
  if (!isText && event.target.closest('a, button, details, input, label') === null) location.hash = address
}

function photosView(photos) {
  return html`
    <div class="photos count-${photos.length}">
      ${photos.map(
        ({ key, altText, kind, width, height }) => html`
          <figure>
            <img
              src="/_local/media/${key}"
              alt=${altText ?? (kind === 'photo' ? 'Photo without a description' : 'Still without a description')}
              width=${width}
              height=${height}
            />
            ${kind === 'photo' ? nothing : html`<figcaption>${kind === 'video' ? 'Video' : 'GIF'}</figcaption>`}
          </figure>
        `,
      )}
    </div>
  `
}

function quotedView({ id, author }) {
  const text = state.tweets.get(id)?.displayText ?? ''
  return html`<blockquote><strong>@${author.username}</strong> ${text}</blockquote>`
}

const GOOD = ['replied']
const BAD = ['refused', 'unresolved', 'failed']
const UNDER_WAY = ['job-stored', 'deferred', 'failed']

/** What the bot says became of a tweet: each end, and what is under way if that is the latest. */
function outcomesView(tweet) {
  const outcomes = state.outcomes.get(tweet.id)
  if (outcomes === undefined) return silence(tweet)
  const latest = outcomes.at(-1)
  const shown = outcomes.filter((one) => one === latest || !UNDER_WAY.includes(one.kind))
  const counted = [...Map.groupBy(shown, ({ label }) => label)].map(([label, same]) => ({
    ...same[0],
    label,
    times: same.length,
  }))
  return html`
    <p class="outcomes">
      <span class="soft">@${state.bot.username}</span>
      ${counted.map(
        ({ kind, code, label, times }) => html`
          <span class="outcome ${classOf(kind)}" title=${code}
            >${label}${times > 1 ? ` ×${times}` : ''}</span
          >
        `,
      )}
      ${latest.retryAt ? html`<span class="soft">${nextStep(latest)} ${timeOf(latest.retryAt)}</span>` : nothing}
    </p>
  `
}

/** A reply that may have been posted is looked for before it is tried again. */
const nextStep = ({ code }) => (code === 'deferred: ambiguous' ? 'checking at' : 'next try:')

/** Why the bot says nothing of a tweet. */
function silence({ deleted, mentions, quoted, editHistory, id }) {
  const { bot, botNote } = state
  if (deleted || editHistory.at(-1) !== id) return nothing
  if (!mentions.some(({ person }) => person.id === bot.id) && quoted?.author.id !== bot.id) {
    return html`<p class="outcomes soft">@${bot.username} is not mentioned, so X does not tell the bot of this.</p>`
  }
  if (botNote.nextSweepAt === undefined) return nothing
  const until = botNote.paused ? 'It is paused.' : `Next try: ${timeOf(botNote.nextSweepAt)}`
  return html`<p class="outcomes soft">@${bot.username} knows nothing of this yet. ${until}</p>`
}

function classOf(kind) {
  if (GOOD.includes(kind)) return 'good'
  if (BAD.includes(kind)) return 'bad'
  return UNDER_WAY.includes(kind) ? 'plain' : ''
}

function actions(tweet, isBot) {
  const { id, author } = tweet
  const of = `the tweet of @${author.username}`
  const editable = !isBot && (tweet.inReplyTo === undefined || tweet.inReplyTo.author.id === author.id)
  const start = (changes) => {
    location.hash = '#/'
    startDraft(changes)
  }
  return html`
    <p class="actions">
      <button class="quiet" aria-label="Reply to ${of}" @click=${() => start({ inReplyTo: tweet })}>Reply</button>
      <button class="quiet" aria-label="Quote ${of}" @click=${() => start({ quote: tweet })}>Quote</button>
      ${
        editable
          ? html`<button
            class="quiet"
            aria-label="Edit ${of}"
            @click=${() => start({ edits: tweet, as: author.username, text: tweet.displayText })}
          >
            Edit
          </button>`
          : nothing
      }
      <button class="quiet" aria-label="Delete ${of}" @click=${() => ask('DELETE', `/_local/tweets/${id}`)}>Delete</button>
    </p>
  `
}

function details({ id, editHistory, replySettings, mentions, text }) {
  return html`
    <dl class="facts">
      <dt>Id</dt>
      <dd><code>${id}</code></dd>
      ${editHistory.length > 1 ? html`<dt>Versions</dt><dd><code>${editHistory.join(' ')}</code></dd>` : nothing}
      <dt>As X stores it</dt>
      <dd><code>${text}</code></dd>
      <dt>Mentions</dt>
      <dd>${mentions.length === 0 ? 'nobody' : mentions.map(({ person }) => `@${person.username}`).join(', ')}</dd>
      <dt>Who can reply</dt>
      <dd>${replySettings}</dd>
    </dl>
  `
}
