import { once } from 'node:events'
import { createServer } from 'node:http'
import { json } from 'node:stream/consumers'

/** @import { Photo } from '@hexbird/core' */

/** The part of Mastodon's REST API that the bot uses, over real HTTP, as https://docs.joinmastodon.org describes it. */
export class MastodonServer {
  accessToken = 'a-token'
  media = new Map()
  requests = 0
  #accounts = new Map()
  #statuses = new Map()
  #notifications = []
  #keys = new Map()
  #failure
  #lastId = 0n
  #port = 0
  #server

  constructor() {
    this.bot = this.person('petbot')
  }

  get url() {
    return `http://127.0.0.1:${this.#port}`
  }

  async start() {
    this.#server = createServer((request, response) => this.#serve(request, response))
    this.#server.listen(this.#port, '127.0.0.1')
    await once(this.#server, 'listening')
    this.#port = this.#server.address().port
    return this
  }

  async stop() {
    this.#server.close()
    this.#server.closeAllConnections()
    await once(this.#server, 'close')
  }

  person(username) {
    const known = this.#accounts.get(username)
    if (known) return known
    const account = { id: this.#newId(), username, acct: username, url: `https://mastodon.example/@${username}` }
    this.#accounts.set(username, account)
    return account
  }

  /**
   * As a person's client does: the author of what is replied to is put in front.
   *
   * @param {{ id: string, username: string }} author
   * @param {{ text: string, photos?: readonly Photo[], inReplyToId?: string, language?: string }} status
   */
  toot(author, { text, photos = [], inReplyToId, language = 'en' }) {
    const parent = this.#statuses.get(inReplyToId)
    const source = parent && parent.account.id !== author.id ? `@${parent.account.acct} ${text}` : text
    return this.#post(author, { source, photos, inReplyToId, language })
  }

  remove(id) {
    this.#statuses.delete(id)
  }

  repliesTo(id) {
    return [...this.#statuses.values()].filter(({ in_reply_to_id }) => in_reply_to_id === id)
  }

  /** The next request of this method fails in this way. */
  failNext(method, failure) {
    this.#failure = { method, failure }
  }

  #post(
    account,
    { source, photos = /** @type {readonly Photo[]} */ ([]), inReplyToId, language = 'en', visibility = 'public' },
  ) {
    const names = [...source.matchAll(/(?<![A-Za-z0-9_@])@([A-Za-z0-9_]+)/g)].map(([, name]) => name)
    const mentions = [...new Set(names)].flatMap((name) => this.#accounts.get(name) ?? [])
    const status = {
      id: this.#newId(),
      created_at: new Date().toISOString(),
      in_reply_to_id: inReplyToId ?? null,
      in_reply_to_account_id: this.#statuses.get(inReplyToId)?.account.id ?? null,
      visibility,
      language,
      content: htmlOf(source, mentions),
      reblog: null,
      account,
      media_attachments: photos.map(({ url, altText = null }, index) => ({
        id: String(index + 1),
        type: 'image',
        url,
        preview_url: url,
        description: altText,
      })),
      mentions: mentions.map(({ id, username, acct, url }) => ({ id, username, acct, url })),
      tags: [],
      emojis: [],
      // Not Mastodon's: what the author wrote, for the tests to look at.
      source,
    }
    this.#statuses.set(status.id, status)
    if (account !== this.bot && mentions.includes(this.bot)) {
      this.#notifications.unshift({
        id: this.#newId(),
        type: 'mention',
        created_at: status.created_at,
        account,
        status,
      })
    }
    return status
  }

  async #serve(request, response) {
    this.requests += 1
    const { pathname, searchParams } = new URL(request.url, this.url)
    // So that a server that was stopped refuses the next connection.
    response.setHeader('connection', 'close')
    const answer = (code, body, headers = {}) =>
      response.writeHead(code, { 'content-type': 'application/json', ...headers }).end(JSON.stringify(body))
    if (this.media.has(pathname)) return this.media.get(pathname)(response)
    const failure = this.#takeFailure(request.method)
    if (failure === 'cut-after' && request.method === 'GET') return request.socket.destroy()
    if (failure && failure !== 'cut-after') return answer(...FAILURES[failure])
    if (request.headers.authorization !== `Bearer ${this.accessToken}`) {
      return answer(401, { error: 'The access token is invalid' })
    }
    const [, id, part] = /^\/api\/v1\/statuses\/([0-9]+)(\/context)?$/.exec(pathname) ?? []
    if (id && !this.#statuses.has(id)) return answer(404, { error: 'Record not found' })
    if (part) return answer(200, { ancestors: [], descendants: this.#descendantsOf(id) })
    if (id) return answer(200, this.#statuses.get(id))
    if (pathname === '/api/v1/accounts/verify_credentials') return answer(200, this.bot)
    if (pathname === '/api/v1/notifications') return answer(200, ...this.#page(searchParams))
    if (pathname !== '/api/v1/statuses' || request.method !== 'POST') return answer(404, { error: 'Not found' })

    const key = request.headers['idempotency-key']
    const body = /** @type {Record<string, string>} */ (await json(request))
    const { status: source, in_reply_to_id: inReplyToId, visibility } = body
    if (inReplyToId && !this.#statuses.has(inReplyToId)) {
      return answer(404, { error: 'The post you are trying to reply to does not appear to exist.' })
    }
    const posted = this.#keys.get(key) ?? this.#post(this.bot, { source, inReplyToId, visibility })
    if (key) this.#keys.set(key, posted)
    if (failure === 'cut-after') return request.socket.destroy()
    return answer(200, posted)
  }

  #takeFailure(method) {
    if (this.#failure?.method !== method) return undefined
    const { failure } = this.#failure
    this.#failure = undefined
    return failure
  }

  #descendantsOf(id) {
    return this.repliesTo(id).flatMap((reply) => [reply, ...this.#descendantsOf(reply.id)])
  }

  /** Newest first, with a link to the next page. */
  #page(query) {
    const limit = Number(query.get('limit') ?? 40)
    const maxId = query.get('max_id')
    const older = this.#notifications.filter(({ id }) => maxId === null || BigInt(id) < BigInt(maxId))
    const page = older.slice(0, limit)
    if (older.length <= limit) return [page]
    query.set('max_id', page.at(-1).id)
    return [page, { link: `<${this.url}/api/v1/notifications?${query}>; rel="next"` }]
  }

  /** Milliseconds since 1970 in the upper bits, and never the same twice. */
  #newId() {
    const now = BigInt(Date.now()) << 16n
    this.#lastId = now > this.#lastId ? now : this.#lastId + 1n
    return String(this.#lastId)
  }
}

const FAILURES = {
  unauthorized: [401, { error: 'The access token was revoked' }],
  unexplained: [403, { error: 'This action is not allowed' }],
  locked: [403, { error: 'Your login is currently disabled' }],
  'rate-limited': [
    429,
    { error: 'Too many requests' },
    { 'x-ratelimit-reset': new Date(Date.now() + 300_000).toISOString() },
  ],
  outage: [503, { error: 'Remote data could not be fetched' }],
}

/** As Mastodon shows what somebody wrote. */
function htmlOf(source, mentions) {
  const escaped = source.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;')
  const linked = mentions.reduce(
    (text, { username, url }) =>
      text.replaceAll(
        new RegExp(`@${username}(?![A-Za-z0-9_])`, 'g'),
        `<span class="h-card" translate="no"><a href="${url}" class="u-url mention">@<span>${username}</span></a></span>`,
      ),
    escaped,
  )
  return `<p>${linked.replaceAll('\n', '<br />')}</p>`
}
