import { live } from 'lit/directives/live.js'
import { html } from 'lit/html.js'
import { people } from './parts.js'
import { ask, set, state } from './store.js'

const FORMER_RETRIES = [3000, 27000, 242000]

/** What X does now and then, and bots get wrong. */
export function switchBoard() {
  return html`
    <h2 id="switches-title">Switches</h2>
    <p class="soft">What X does now and then. Bots often get it wrong.</p>
    <fieldset>
      <legend>Deliveries</legend>
      ${toggle('duplicate', 'Deliver each event twice')} ${toggle('reorder', 'Swap every two deliveries')}
      ${choice(
        'Try again after a failure',
        'after 3, 27 and 242 s, as X once said',
        state.switches.retryAfterMs?.length > 0,
        (on) => put({ retryAfterMs: on ? FORMER_RETRIES : [] }),
      )}
      ${number('delayMs', 'Late by', 'ms')} ${number('drop', 'Lose the next')}
    </fieldset>
    <fieldset>
      <legend>The API</legend>
      ${number('slowApiMs', 'Answers late by', 'ms')} ${number('failApi', 'Answer 503 to the next')}
      ${number('cutAfterPost', 'Take the tweet, then cut the line, for the next')}
      ${toggle('dropUnknownFields', 'Drop unknown fields', 'instead of answering 400')}
      ${toggle('postWordsOnly', 'Know post.fields alone', 'and not tweet.fields')}
      ${toggle('takesSameWords', 'Same words twice', 'the bot may repeat itself')}
    </fieldset>
    <fieldset>
      <legend>The activity stream</legend>
      ${number('cutStream', 'Cut the line inside the next')} ${number('disconnectStream', 'Disconnect in place of the next')}
      ${toggle('streamSilent', 'Fall silent', 'no events, no keep-alives')}
      ${toggle('lateStreamHeaders', 'Late headers', 'they come with the first byte')}
    </fieldset>
    <fieldset>
      <legend>Photos</legend>
      ${toggle('keepMetadata', 'Keep metadata', 'keywords, positions; X removes them')}
    </fieldset>
    <details>
      <summary>People: protect, revoke</summary>
      ${people().map(
        ({ username, protected: isProtected }) => html`
            <div class="person">
              ${choice(`Protect @${username}`, '', isProtected, (on) =>
                ask('PUT', `/_local/people/${username}`, { protected: on }),
              )}
              <button
                class="quiet"
                aria-label="Revoke access of @${username}"
                @click=${() => ask('POST', `/_local/people/${username}/revoke`)}
              >
                Revoke access
              </button>
            </div>
          `,
      )}
    </details>
  `
}

/** Shows a switch as it was set at once, and as it was before if the local X refuses. */
async function put(some) {
  const before = Object.fromEntries(Object.keys(some).map((name) => [name, state.switches[name]]))
  set({ switches: { ...state.switches, ...some } })
  if ((await ask('PUT', '/_local/switches', some)) === undefined) set({ switches: { ...state.switches, ...before } })
}

const toggle = (name, label, hint = '') =>
  choice(label, hint, state.switches[name] === true, (on) => put({ [name]: on }))

function choice(label, hint, checked, act) {
  return html`
    <label class="switch">
      <input type="checkbox" role="switch" .checked=${live(checked)} @change=${(event) => act(event.target.checked)} />
      <span class="track" aria-hidden="true"></span>
      <span>${label}${hint ? html` <small class="soft">${hint}</small>` : ''}</span>
    </label>
  `
}

function number(name, label, unit = '') {
  return html`
    <label class="number">
      <span>${label}</span>
      <input
        type="number"
        min="0"
        max="86400000"
        step="1"
        name=${name}
        .value=${live(String(state.switches[name] ?? 0))}
        @change=${(event) => put({ [name]: event.target.valueAsNumber || 0 })}
      />
      <span class="soft">${unit}</span>
    </label>
  `
}
