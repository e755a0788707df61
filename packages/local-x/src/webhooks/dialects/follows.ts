import type { LocalPerson } from '../../state/people.js'
import type { ActivitySubscription } from '../../state/webhooks.js'
import type { JsonObject } from '../../util/json.js'
import { classicDate } from './account-activity.js'
import { activityPerson, envelope } from './x-activity.js'

/*
 * Who follows whom: docs.x.com/x-api/account-activity/introduction, "follow_events", and
 * docs.x.com/x-api/activity/event-payloads, "Follow events".
 */

export type Follow = { readonly source: LocalPerson; readonly target: LocalPerson }

/** What an account is told of whom it follows and who follows it, or undefined. */
export function followEvent({ source, target }: Follow, userId: string, now: number): JsonObject | undefined {
  if (userId !== source.id && userId !== target.id) return undefined
  return {
    for_user_id: userId,
    follow_events: [
      {
        type: 'follow',
        created_timestamp: String(now),
        target: classicFollower(target),
        source: classicFollower(source),
      },
    ],
  }
}

/** What the subscription has to say about it, or undefined. */
export function followActivity(
  { source, target }: Follow,
  subscription: ActivitySubscription,
  uuid: string,
): JsonObject | undefined {
  const { eventType, filter } = subscription
  const { user_id: userId, direction } = filter
  const isTold = (userId === source.id && direction !== 'inbound') || (userId === target.id && direction !== 'outbound')
  if (eventType !== 'follow.follow' || !isTold) return undefined
  const payload = { source: { data: activityPerson(source) }, target: { data: activityPerson(target) } }
  return envelope(subscription, uuid, payload)
}

/** Unlike a tweet's user: the id is text alone, and what is not known is -1 or empty. */
function classicFollower(person: LocalPerson): JsonObject {
  const image = 'abs.twimg.com/sticky/default_profile_images/default_profile_normal.png'
  return {
    id: person.id,
    name: person.name,
    screen_name: person.username,
    created_at: classicDate(person.createdAt),
    description: '',
    location: '',
    url: '',
    lang: '',
    time_zone: '',
    utc_offset: 0,
    protected: person.protected,
    verified: false,
    followers_count: 0,
    friends_count: 0,
    favourites_count: 0,
    listed_count: 0,
    statuses_count: 1,
    following: false,
    follow_request_sent: false,
    notifications: false,
    geo_enabled: false,
    default_profile: true,
    default_profile_image: true,
    profile_image_url: `http://${image}`,
    profile_image_url_https: `https://${image}`,
    profile_background_color: -1,
    profile_link_color: -1,
    profile_sidebar_border_color: -1,
    profile_sidebar_fill_color: -1,
    profile_text_color: -1,
  }
}
