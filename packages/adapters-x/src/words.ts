import type { Lookup } from './answers.js'
import { listOf, objectOf } from './problem.js'

type Query = Readonly<Record<string, string>>

/**
 * Asks for a tweet's fields in the words of X's pages (`tweet.fields`) and, where X knows those no more, in the ones that its
 * description has had since August 2026 (`post.fields`). What X understood is what it is asked next. Asking twice costs
 * nothing more: a 400 is free, and the same post is charged once a day.
 */
export class FieldWords {
  #isNewer = false

  async ask(query: Query, ask: (query: Query) => Promise<Lookup>): Promise<Lookup> {
    if (this.#isNewer) return ask(inNewerWords(query))
    const lookup = await ask(query)
    if (!isNotUnderstood(query, lookup)) return lookup
    const again = await ask(inNewerWords(query))
    this.#isNewer = again.kind === 'body' && !isNotUnderstood(query, again)
    return again.kind === 'body' ? again : lookup
  }
}

const NEWER: Readonly<Record<string, string>> = {
  edit_history_tweet_ids: 'edit_history_post_ids',
  note_tweet: 'note_post',
  referenced_tweets: 'referenced_posts',
}

function inNewerWords({ 'tweet.fields': fields, ...others }: Query): Query {
  if (fields === undefined) return others
  const names = fields.split(',').map((name) => NEWER[name] ?? name)
  return { ...others, 'post.fields': names.join(',') }
}

/** What X gives of a tweet unasked, and what an expansion brings. */
const DEFAULT_FIELDS = ['id', 'text', 'edit_history_tweet_ids', 'edit_history_post_ids', 'attachments']

/** X refused a word, or passed over all of them in silence. */
function isNotUnderstood({ 'tweet.fields': fields }: Query, lookup: Lookup): boolean {
  if (fields === undefined) return false
  if (lookup.kind === 'unexplained') return /\btweet\.fields\b|_tweets?\b|_tweet_ids\b/.test(lookup.detail)
  if (lookup.kind !== 'body') return false
  const { data } = lookup.body
  const tweets = listOf(data) ?? (data === undefined ? [] : [data])
  return tweets.length > 0 && tweets.every((tweet) => Object.keys(objectOf(tweet) ?? {}).every(isDefault))
}

const isDefault = (name: string) => DEFAULT_FIELDS.includes(name)
