import { DeleteMessageCommand, ReceiveMessageCommand } from '@aws-sdk/client-sqs'
import {
  DynamoAccountStore,
  DynamoBudget,
  DynamoCursor,
  DynamoKillSwitch,
  DynamoOptOuts,
  DynamoReplyLedger,
  DynamoSessionStore,
  type TableId,
} from '@hexbird/adapters-aws/dynamo'
import { decodeEvent } from '@hexbird/adapters-aws/messages'
import { RekognitionImageLabeler } from '@hexbird/adapters-aws/rekognition'
import { S3BlobStore } from '@hexbird/adapters-aws/s3'
import { SqsInbox } from '@hexbird/adapters-aws/sqs'
import type { Event } from '@hexbird/core'
import {
  accountStoreContract,
  blobStoreContract,
  budgetContract,
  type Contract,
  cursorContract,
  type InboxHarness,
  inboxContract,
  killSwitchContract,
  optOutsContract,
  replyLedgerContract,
  sessionStoreContract,
} from '@hexbird/core/contracts'
import { createSecretBox, newKey } from '@hexbird/secret-box'
import { looking, whatItSays } from '@hexbird/testkit/sample-photos'
import type { Aws } from './aws.js'
import { type Check, PASSED, skipped } from './report.js'
import type { ThrowAway } from './throw-away.js'

/** The promises of the ports, by port: the checks of one share what they write to, and are run one after another. */
export function contractChecks(aws: Aws, throwAway: ThrowAway): readonly (readonly Check[])[] {
  const box = createSecretBox({ stage: throwAway.stage, keys: [newKey('smoke')] })
  const on = async (id: TableId) => ({ client: aws.dynamo, table: await throwAway.emptyTable(id) })
  return [
    checks('sessions', sessionStoreContract, async () => new DynamoSessionStore({ ...(await on('session')), box })),
    checks('accounts', accountStoreContract, async () => new DynamoAccountStore({ ...(await on('twitter')), box })),
    checks('reply ledger', replyLedgerContract, async () => new DynamoReplyLedger(await on('reply'))),
    checks('budget', budgetContract, async () => new DynamoBudget(await on('budget'))),
    checks('opt-outs', optOutsContract, async () => new DynamoOptOuts(await on('optOut'))),
    checks('kill switch', killSwitchContract, async () => new DynamoKillSwitch(await on('breaker'))),
    checks('cursor', cursorContract, async () => new DynamoCursor(await on('cursor'))),
    checks(
      'blobs',
      blobStoreContract,
      async () => new S3BlobStore({ client: aws.s3, bucket: await throwAway.emptyBucket() }),
    ),
    seeing(aws),
    checks('inbox', inboxContract, async () => inboxOver(aws, await throwAway.newQueue())),
  ]
}

/** What Rekognition says of the sample photographs, whose bytes are sent along: $0.004 in all. */
function seeing({ rekognition: client, isEmulated }: Aws): readonly Check[] {
  const all = checks('labeler', whatItSays, async () =>
    looking((photos) => new RekognitionImageLabeler({ client, photos })),
  )
  if (!isEmulated('REKOGNITION')) return all
  return all.map((check) => ({ ...check, run: async () => skipped('it sees only what keywords say') }))
}

function checks<Subject>(on: string, contract: Contract<Subject>, make: () => Promise<Subject>): readonly Check[] {
  return contract.map((promise) => ({
    on,
    name: promise.name,
    async run() {
      await promise.check(make)
      return PASSED
    },
  }))
}

/** An outage is a queue that is not there. */
function inboxOver({ sqs: client }: Aws, queueUrl: string): InboxHarness {
  const inbox = new SqsInbox({ client, queueUrl })
  const away = new SqsInbox({ client, queueUrl: `${queueUrl}-that-is-not-there` })
  let next = inbox
  return {
    inbox: {
      put(events) {
        const now = next
        next = inbox
        return now.put(events)
      },
    },
    received: () => receiveAll(client, queueUrl),
    breakNext() {
      next = away
    },
  }
}

/** A queue that has given out nothing for so many seconds in a row is taken to be empty. */
const QUIET_SECONDS = 2

async function receiveAll(client: Aws['sqs'], QueueUrl: string): Promise<readonly Event[]> {
  const events: Event[] = []
  for (let quiet = 0; quiet < QUIET_SECONDS; ) {
    // Without a wait SQS asks some of its servers only.
    const command = new ReceiveMessageCommand({ QueueUrl, MaxNumberOfMessages: 10, WaitTimeSeconds: 1 })
    const { Messages = [] } = await client.send(command)
    quiet = Messages.length === 0 ? quiet + 1 : 0
    for (const { Body = '', ReceiptHandle } of Messages) {
      events.push(decodeEvent(Body))
      await client.send(new DeleteMessageCommand({ QueueUrl, ReceiptHandle }))
    }
  }
  return events
}
