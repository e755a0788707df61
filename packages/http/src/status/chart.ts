import type { JournalDay } from '@hexbird/core/adapter'
import { html } from 'hono/html'
import { cost } from './text.js'

type Html = ReturnType<typeof html>

const [WIDTH, HEIGHT, TOP, BOTTOM] = [320, 84, 12, 12]

/** The parts of a bar, from the bottom up. */
const STACK: readonly {
  readonly name: string
  readonly className: string
  readonly of: (day: JournalDay) => number
}[] = [
  { name: 'Replied', className: 'replied', of: ({ replied }) => replied },
  { name: 'Ignored', className: 'ignored', of: ({ ignored }) => ignored },
  { name: 'Refused', className: 'refused', of: ({ refused, unresolved }) => refused + unresolved },
  { name: 'Failed', className: 'failed', of: ({ failed }) => failed },
]

/** Draws the outcomes and the costs of the last days as two charts, with the same figures in a table. */
export function charts(days: readonly JournalDay[]): Html {
  return html`<figure>
<figcaption>Tweets a day</figcaption>
${chart('tweets', days, STACK, String, `Tweets a day, the last ${days.length} days`)}
<ul class="key">${STACK.map(
    ({ name, className }) =>
      html`<li><svg viewBox="0 0 8 8" aria-hidden="true"><rect class="${className}" width="8" height="8" rx="2"/></svg>${name}</li>`,
  )}</ul>
<p class="small soft">Refused includes unresolved. Failed: the last attempt at the tweet failed. Once it gets its reply, it counts as replied only.</p>
</figure>
<figure>
<figcaption>Money a day</figcaption>
${chart('money', days, [{ className: 'money', of: (day) => day.cost }], cost, `Money a day, the last ${days.length} days`)}
</figure>
<details><summary>Show as a table</summary>
<table><caption>Tweets a day, UTC. The cost leaves out failed tweets.</caption>
<thead><tr><th scope="col">Day</th>${[...STACK.map(({ name }) => name), 'Cost'].map(
    (name) => html`<th scope="col" class="number">${name}</th>`,
  )}</tr></thead>
<tbody>${days
    .toReversed()
    .map(
      (day) =>
        html`<tr><th scope="row"><time datetime="${day.day}">${day.day.slice(5)}</time></th>${[
          ...STACK.map(({ of }) => `${of(day)}`),
          cost(day.cost),
        ].map((value) => html`<td class="number">${value}</td>`)}</tr>`,
    )}</tbody></table></details>`
}

type Bars = readonly { readonly className: string; readonly of: (day: JournalDay) => number }[]

function chart(
  id: string,
  days: readonly JournalDay[],
  stack: Bars,
  text: (value: number) => string,
  title: string,
): Html {
  const sumOf = (day: JournalDay) => stack.reduce((sum, { of }) => sum + of(day), 0)
  const most = Math.max(0, ...days.map(sumOf))
  const step = WIDTH / days.length
  const heightOf = (value: number) => (most === 0 ? 0 : (value / most) * (HEIGHT - TOP - BOTTOM))
  const today = days.at(-1)
  const description = `At most ${text(most)} a day; ${text(today ? sumOf(today) : 0)} today.`
  const base = HEIGHT - BOTTOM
  const bars = days.flatMap((day, index) => {
    let y = base
    return stack.map(({ className, of }) => {
      const height = heightOf(of(day))
      y -= height
      return height === 0
        ? ''
        : html`<rect class="${className}" x="${round(index * step + 2)}" y="${round(y)}" width="${round(step - 4)}" height="${round(height)}"/>`
    })
  })
  return html`<svg class="chart" viewBox="0 0 ${WIDTH} ${HEIGHT}" role="img" aria-labelledby="${id}-title ${id}-text">
<title id="${id}-title">${title}</title><desc id="${id}-text">${description}</desc>
<line x1="0" x2="${WIDTH}" y1="${base}" y2="${base}"/><text x="0" y="9">${text(most)}</text>
${bars}${days.map(({ day }, index) =>
  index % 2 === (days.length - 1) % 2
    ? html`<text x="${round((index + 0.5) * step)}" y="${HEIGHT - 1}" text-anchor="middle">${Number(day.slice(8))}</text>`
    : '',
)}
</svg>`
}

const round = (value: number) => Math.round(value * 100) / 100
