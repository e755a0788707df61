import type { Message } from '../domain/event.js'
import { timeOfId } from '../domain/tweet.js'
import type { BotAccount } from '../policy/should-reply.js'
import { saysStop } from '../policy/should-reply.js'
import type { Ports } from '../ports/index.js'
import type { EventOutcome } from './outcome.js'

/** Opts the sender out if the message says only "stop". Encrypted messages cannot be read and are passed over. */
export async function handleMessage(
  { optOuts, now }: Pick<Ports, 'optOuts' | 'now'>,
  bot: BotAccount,
  { id, botId, senderId, text, at }: Message,
): Promise<EventOutcome> {
  if (botId !== bot.id || senderId === bot.id) return { kind: 'passed-over', name: 'message' }
  if (text === undefined || !saysStop(text)) return { kind: 'passed-over', name: 'message' }
  await optOuts.add(senderId, at ?? timeOfId(id) ?? now())
  return { kind: 'opted-out', userId: senderId }
}
