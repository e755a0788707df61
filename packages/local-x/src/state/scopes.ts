/**
 * X's scopes, and what each lets an app do.
 *
 * @see https://docs.x.com/fundamentals/authentication/oauth-2-0/authorization-code
 */
export const SCOPES: Readonly<Record<string, string>> = {
  'tweet.read': 'See all the tweets that you can see.',
  'tweet.write': 'Tweet and retweet for you.',
  'tweet.moderate.write': 'Hide and show replies to your tweets.',
  'users.email': 'See your email address.',
  'users.read': 'See all the accounts that you can see.',
  'follows.read': 'See who follows you and whom you follow.',
  'follows.write': 'Follow and unfollow people for you.',
  'offline.access': 'Stay connected to your account until you take that back.',
  'space.read': 'See all the Spaces that you can see.',
  'mute.read': 'See whom you muted.',
  'mute.write': 'Mute and unmute accounts for you.',
  'like.read': 'See what you liked.',
  'like.write': 'Like and unlike tweets for you.',
  'list.read': 'See your lists, private ones too.',
  'list.write': 'Make and change lists for you.',
  'block.read': 'See whom you blocked.',
  'block.write': 'Block and unblock accounts for you.',
  'bookmark.read': 'See your bookmarks.',
  'bookmark.write': 'Make and remove bookmarks for you.',
  'dm.read': 'Read your direct messages.',
  'dm.write': 'Send direct messages for you.',
  'media.write': 'Upload media for you.',
}
