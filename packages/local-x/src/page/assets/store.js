/*
 * What the page knows: what the local X tells as it happens, and what the person is doing. One object, changed by `set`,
 * which shows the page anew.
 */

export const state = {
  connected: false,
  bot: { id: '', username: '' },
  /** What the bot tells of itself. */
  botNote: {},
  people: [],
  tweets: new Map(),
  deliveries: new Map(),
  outcomes: new Map(),
  switches: {},
  webhooks: [],
  /** The tweet whose conversation is shown, from the address of the page. */
  shown: undefined,
  /** What a screen reader is told. */
  announcement: '',
  notice: '',
}

let show = () => {}
let waiting = false

/** @param {() => void} render is called once after however many changes. */
export function onChange(render) {
  show = render
}

export function set(changes) {
  Object.assign(state, changes)
  if (waiting) return
  waiting = true
  queueMicrotask(() => {
    waiting = false
    show()
  })
}

/** Listens to the local X. The browser connects again by itself, and then everything is sent anew. */
export function listen() {
  const events = new EventSource('/_local/events')
  const on = (name, act) => events.addEventListener(name, ({ data }) => act(JSON.parse(data)))
  events.addEventListener('error', () => set({ connected: false }))
  on('snapshot', (all) => {
    state.outcomes = new Map()
    for (const outcome of all.outcomes) noted(outcome)
    set({
      ...all,
      connected: true,
      tweets: new Map(all.tweets.map((tweet) => [tweet.id, tweet])),
      deliveries: new Map(all.deliveries.map((delivery) => [delivery.id, delivery])),
      outcomes: state.outcomes,
    })
  })
  on('tweet', (tweet) => {
    const isNew = !state.tweets.has(tweet.id)
    state.tweets.set(tweet.id, tweet)
    if (!state.people.some(({ id }) => id === tweet.author.id)) state.people.push(tweet.author)
    if (isNew && tweet.inReplyTo && tweet.author.id === state.bot.id) {
      state.announcement = `@${tweet.author.username} replied to @${tweet.inReplyTo.author.username}: ${tweet.displayText}`
    }
    set({})
  })
  on('delivery', (delivery) => {
    state.deliveries.set(delivery.id, delivery)
    set({})
  })
  on('outcome', (outcome) => {
    noted(outcome)
    set({})
  })
  on('bot', (botNote) => set({ botNote }))
  on('switches', (switches) => set({ switches }))
  on('webhooks', (webhooks) => set({ webhooks }))
  on('people', (people) => set({ people }))
}

function noted({ tweetId, kind, reason, text, retryAt }) {
  const code = reason === undefined ? kind : `${kind}: ${reason}`
  const known = state.outcomes.get(tweetId) ?? []
  state.outcomes.set(tweetId, [...known, { kind, code, label: text ?? code, retryAt }])
}

export const NO_ANSWER = 'The local X did not answer. Is it still running?'

/** Asks the local X to do something; what it refuses is shown. */
export async function ask(method, path, body) {
  const isForm = body instanceof FormData
  const response = await fetch(path, {
    method,
    ...(body === undefined ? {} : { body: isForm ? body : JSON.stringify(body) }),
    headers: body === undefined || isForm ? {} : { 'content-type': 'application/json' },
  }).catch(() => undefined)
  if (response?.ok) {
    // A change that the local X is about to tell of must not be shown as it was before.
    if (state.notice !== '') set({ notice: '' })
    return response.status === 204 ? true : response.json()
  }
  const { error = NO_ANSWER } = (await response?.json().catch(() => ({}))) ?? {}
  set({ notice: error })
  return undefined
}
