import { repeat } from 'lit/directives/repeat.js'
import { html, nothing } from 'lit/html.js'
import { timeOf } from './parts.js'
import { ask, state } from './store.js'

/** What the webhooks were told, newest first, and what they answered. */
export function inspector() {
  const deliveries = [...state.deliveries.values()].reverse().slice(0, 100)
  return html`
    <h2 id="deliveries-title">Deliveries</h2>
    ${state.webhooks.length === 0 ? html`<p class="soft">No webhook is registered. Register one as on X: POST /2/webhooks.</p>` : nothing}
    <ul class="webhooks">
      ${state.webhooks.map(
        ({ id, url, valid }) => html`
          <li>
            <span class="outcome ${valid ? 'good' : 'bad'}">${valid ? 'valid' : 'invalid'}</span>
            <code>${url}</code>
            <button class="quiet" aria-label="Send a challenge to ${url}" @click=${() => ask('POST', `/_local/webhooks/${id}/check`)}>
              Send a challenge
            </button>
          </li>
        `,
      )}
    </ul>
    ${deliveries.length === 0 ? html`<p class="soft">Nothing has been delivered yet.</p>` : nothing}
    <ol class="deliveries" aria-label="Deliveries, newest first">
      ${repeat(deliveries, ({ id }) => id, deliveryView)}
    </ol>
  `
}

function deliveryView({ id, event, status, error, ms, at, attempt, body, signatures, url }) {
  const good = status !== null && status >= 200 && status < 300
  return html`
    <li data-delivery=${id}>
      <details>
        <summary>
          <span class="outcome ${good ? 'good' : 'bad'}">${status ?? 'no answer'}</span>
          <span class="event">${event}</span>
          <span class="soft">${attempt > 1 ? `attempt ${attempt}, ` : ''}${ms} ms, ${timeOf(at)}</span>
        </summary>
        ${error ? html`<p class="soft">No answer: ${error}.</p>` : nothing}
        <dl class="facts">
          <dt>To</dt>
          <dd><code>${url}</code></dd>
          ${Object.entries(signatures).map(([name, value]) => html`<dt>${name}</dt><dd><code>${value}</code></dd>`)}
        </dl>
        <pre tabindex="0" aria-label="Body">${pretty(body)}</pre>
      </details>
      <button
        class="quiet"
        aria-label="Redeliver ${event} of ${timeOf(at)}"
        @click=${() => ask('POST', `/_local/deliveries/${id}/redeliver`)}
      >
        Redeliver
      </button>
    </li>
  `
}

/** Indented without being read as numbers: the ids of the older dialect have more digits than JavaScript keeps. */
function pretty(json) {
  let depth = 0
  const pieces = json.match(/"(?:[^"\\]|\\.)*"|[{}[\],:]|[^\s{}[\],:"]+/g) ?? [json]
  const line = () => `\n${'  '.repeat(depth)}`
  return pieces
    .map((piece, at) => {
      const [before, after] = [pieces[at - 1], pieces[at + 1]]
      if (piece === '{' || piece === '[') {
        depth += 1
        return after === '}' || after === ']' ? piece : piece + line()
      }
      if (piece === '}' || piece === ']') {
        depth -= 1
        return before === '{' || before === '[' ? piece : line() + piece
      }
      if (piece === ',') return piece + line()
      return piece === ':' ? ': ' : piece
    })
    .join('')
}
