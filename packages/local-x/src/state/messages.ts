import type { LocalPerson, People } from './people.js'
import { compareIds } from './tweets.js'

/** A direct message. */
export type LocalMessage = {
  readonly id: string
  /** The ids of both, the smaller first: `<id>-<id>`. */
  readonly conversationId: string
  readonly from: LocalPerson
  readonly to: LocalPerson
  readonly text: string
  /** Epoch milliseconds. */
  readonly createdAt: number
}

export type Messages = ReturnType<typeof createMessages>

export function createMessages(people: People, newId: () => string, now: () => number) {
  const sent: LocalMessage[] = []

  return {
    /**
     * Who closed their messages gets those of accounts they follow or wrote to, and their own:
     * help.x.com/using-x/direct-messages.
     */
    mayReach: (from: LocalPerson, to: LocalPerson): boolean =>
      to.messages === 'open' ||
      to.id === from.id ||
      people.follows(to.id, from.id) ||
      sent.some((message) => message.from.id === to.id && message.to.id === from.id),

    send(from: LocalPerson, to: LocalPerson, text: string): LocalMessage {
      const conversationId = [from.id, to.id].sort(compareIds).join('-')
      const message = { id: newId(), conversationId, from, to, text, createdAt: now() }
      sent.push(message)
      return message
    },

    /** Oldest first. */
    all: (): LocalMessage[] => [...sent],
  }
}
