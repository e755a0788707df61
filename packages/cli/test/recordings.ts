/** A delivery as X recorded it, months ago, for another account. */
export function recorded(dialect: string): unknown {
  const media = {
    id_str: '1815820000000000001',
    type: 'photo',
    media_url_https: 'https://pbs.twimg.com/media/GTExample01.jpg',
    indices: [26, 49],
  }
  const text = '@plantbot what is this? https://t.co/abcdefghij'
  if (dialect === 'account-activity') {
    return {
      for_user_id: '1701234567890123456',
      tweet_create_events: [
        {
          created_at: 'Tue Jul 23 18:00:00 +0000 2024',
          id: 1815800000000000000,
          id_str: '1815800000000000123',
          text,
          truncated: false,
          in_reply_to_status_id_str: null,
          user: { id: 1601234567890123500, id_str: '1601234567890123457', name: 'Bob', screen_name: 'bob' },
          entities: {
            user_mentions: [{ screen_name: 'plantbot', id_str: '1701234567890123456', indices: [0, 9] }],
            media: [media],
          },
          extended_entities: { media: [media] },
        },
      ],
    }
  }
  return {
    data: {
      event_uuid: '-2781149976877970683',
      event_type: 'post.mention.create',
      filter: { user_id: '1701234567890123456' },
      payload: {
        id: '1815800000000000123',
        text,
        author_id: '1601234567890123457',
        created_at: '2024-07-23T18:00:00.000Z',
        conversation_id: '1815800000000000123',
        edit_history_tweet_ids: ['1815800000000000123'],
        attachments: { media_keys: ['3_1815820000000000001'] },
        entities: { mentions: [{ username: 'plantbot', id: '1701234567890123456', start: 0, end: 9 }] },
      },
      includes: { users: [{ id: '1601234567890123457', username: 'bob', name: 'Bob' }] },
    },
  }
}
