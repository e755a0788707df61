import { compareIds } from '../util/ids.js'
import type { LocalPerson, People } from './people.js'

/** A direct message. */
export type LocalMessage = {
  /** Digits; a UUID where it is encrypted. */
  readonly id: string
  /** The ids of both, the smaller first: `<id>-<id>`. */
  readonly conversationId: string
  readonly from: LocalPerson
  readonly to: LocalPerson
  /** What the two of them read. Where it is encrypted, nobody else is told. */
  readonly text: string
  /** Sent by XChat: the app is told that there is a message, and cannot read it. */
  readonly encrypted: boolean
  /** Sent through the API. */
  readonly byApp: boolean
  /** Epoch milliseconds. */
  readonly createdAt: number
}

type NewMessage = {
  readonly from: LocalPerson
  readonly to: LocalPerson
  readonly text: string
  readonly encrypted?: boolean
  readonly byApp?: boolean
}

type MessagesOptions = {
  readonly people: People
  readonly newId: () => string
  readonly newUuid: () => string
  readonly now: () => number
  /** Is called with every new message. */
  readonly sent: (message: LocalMessage) => void
}

export type Messages = ReturnType<typeof createMessages>

export function createMessages({ people, newId, newUuid, now, sent }: MessagesOptions) {
  const messages: LocalMessage[] = []
  /** Who wrote to whom, the two ids in this order. */
  const written = new Set<string>()
  const fromTo = (from: LocalPerson, to: LocalPerson) => `${from.id}-${to.id}`

  return {
    /**
     * Who closed their messages gets those of accounts they follow or wrote to, and their own:
     * help.x.com/using-x/direct-messages.
     */
    mayReach: (from: LocalPerson, to: LocalPerson): boolean =>
      to.messages === 'open' || to.id === from.id || people.follows(to.id, from.id) || written.has(fromTo(to, from)),

    send({ from, to, text, encrypted = false, byApp = false }: NewMessage): LocalMessage {
      const conversationId = [from.id, to.id].sort(compareIds).join('-')
      const id = encrypted ? newUuid() : newId()
      const message = { id, conversationId, from, to, text, encrypted, byApp, createdAt: now() }
      messages.push(message)
      written.add(fromTo(from, to))
      sent(message)
      return message
    },

    /** Oldest first. */
    all: (): LocalMessage[] => [...messages],
  }
}
