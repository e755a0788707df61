import type { Handled } from '@hexbird/core/host'
import type { SQSBatchResponse, SQSEvent, SQSRecord } from 'aws-lambda'

/** What a batch needs: what to do with a message, and how to put one off. */
export interface BatchOptions {
  handle(record: SQSRecord): Promise<Handled>
  /** Puts the same message into the queue again, to come at that time. It is safe there when this returns. */
  defer(body: string, until: number): Promise<void>
  /** Told of a message that failed. It comes again until the queue gives it up. */
  failed(record: SQSRecord, error: unknown): void
}

/**
 * Handles all messages of a batch at once and answers which failed. A message that has to wait is put into the queue
 * anew before the old one is acknowledged: no wait uses up the tries after which a message is a dead letter, and whoever
 * is interrupted in between leaves two, of which the ledger makes one.
 */
export async function handleBatch({ Records }: SQSEvent, options: BatchOptions): Promise<SQSBatchResponse> {
  const failures = await Promise.all(
    Records.map(async (record) => {
      try {
        const handled = await options.handle(record)
        if (handled !== 'done') await options.defer(record.body, handled.retryAt)
        return []
      } catch (error) {
        options.failed(record, error)
        return [{ itemIdentifier: record.messageId }]
      }
    }),
  )
  return { batchItemFailures: failures.flat() }
}
