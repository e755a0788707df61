import { html } from 'lit/html.js'
import { state } from './store.js'

const USUAL = ['alice', 'bob', 'carol']

/** Who can tweet: the usual three, who come into being when they first do something, and everybody who is known. */
export function people() {
  const known = state.people.filter(({ id }) => id !== state.bot.id)
  const usual = USUAL.map((username) => known.find((one) => one.username === username) ?? { id: '', username })
  return [...usual, ...known.filter(({ username }) => !USUAL.includes(username))]
}

const COLOURS = 6

/** A hexagon with the first letter of the name. */
export function avatar({ id, username }) {
  const colour = id === state.bot.id ? 'bot' : sum(username) % COLOURS
  return html`<span class="avatar colour-${colour}" aria-hidden="true">${[...username][0]?.toUpperCase()}</span>`
}

const sum = (text) => [...text].reduce((total, letter) => (total * 31 + (letter.codePointAt(0) ?? 0)) % 9973, 5)

const clock = new Intl.DateTimeFormat(undefined, { hour: '2-digit', minute: '2-digit', second: '2-digit' })

export const timeOf = (time) => clock.format(time)
