/** What is read of a message as Lambda hands it out. */
export interface DelayedMessage {
  readonly messageAttributes: Readonly<Record<string, { readonly stringValue?: string | undefined }>>
}

/** The message attribute with the time, epoch milliseconds, before which the message is of no use. */
export const NOT_BEFORE = 'notBefore'

/** Until when the message has to be put off once more; `undefined` where its time has come. */
export function waitsUntil({ messageAttributes }: DelayedMessage, now: number): number | undefined {
  const until = Number(messageAttributes[NOT_BEFORE]?.stringValue)
  return Number.isFinite(until) && until > now ? until : undefined
}
