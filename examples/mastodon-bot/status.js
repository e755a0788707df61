import { convert } from 'html-to-text'

/** @import { Tweet } from '@hexbird/core' */
/** @import { mastodon } from 'masto' */

/**
 * A status of Mastodon as core knows it. Its id stays the same when it is edited.
 *
 * @param {mastodon.v1.Status} status
 * @param {string} botId
 * @returns {Tweet}
 */
export function tweetOf(status, botId) {
  const text = textOf(status.content)
  const photos = status.mediaAttachments.flatMap(({ type, url, description }) =>
    type === 'image' && url ? [{ url, ...(description && { altText: description }) }] : [],
  )
  return {
    id: status.id,
    firstId: status.id,
    botId,
    text,
    createdAt: Date.parse(status.createdAt),
    author: { id: status.account.id, username: status.account.acct },
    photos,
    media: photos.length > 0 ? 'present' : 'absent',
    mentions: mentionsOf(status, text),
    isRetweet: Boolean(status.reblog),
    ...(status.language && { lang: status.language }),
    ...(status.inReplyToId && { inReplyToId: status.inReplyToId }),
    ...(status.inReplyToAccountId && { inReplyToUserId: status.inReplyToAccountId }),
  }
}

/**
 * Every client puts the person replied to in front of a reply. That alone asks for nothing: "thanks" is met with silence.
 *
 * @param {mastodon.v1.Status} status
 * @param {string} text
 */
function mentionsOf({ mentions, inReplyToAccountId }, text) {
  return mentions.map(({ id, username, acct }) => {
    const times = text.split(/\s+/).filter((word) => word.startsWith(`@${username}`)).length
    const isInFront = id === inReplyToAccountId && text.startsWith(`@${username}`)
    return { id, username: acct, explicit: times > (isInFront ? 1 : 0) }
  })
}

/** @param {string} html */
const textOf = (html) =>
  convert(html, { wordwrap: false, selectors: [{ selector: 'a', options: { ignoreHref: true } }] })
