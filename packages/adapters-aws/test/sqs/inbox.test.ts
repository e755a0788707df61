import { createHash } from 'node:crypto'
import { inspect } from 'node:util'
import { DeleteMessageCommand, GetQueueAttributesCommand, ReceiveMessageCommand, SQSClient } from '@aws-sdk/client-sqs'
import type { Event } from '@hexbird/core'
import { type InboxHarness, inboxContract } from '@hexbird/core/contracts'
import { shortenEvent } from '@hexbird/core/host'
import { freePort } from '@hexbird/testkit/free-port'
import { type Emulator, pointAt, startEmulator } from '@hexbird/testkit/s3-sqs'
import { answer, cut, type Script, silence, startScripted } from '@hexbird/testkit/scripted-server'
import { afterAll, afterEach, beforeAll, describe, expect, test } from '@jest/globals'
import { clientSettings } from '../../src/client-settings.js'
import { SqsInbox, type SqsInboxOptions, sqsClient } from '../../src/sqs/index.js'
import { decodeEvent, encodeEvent } from '../../src/sqs/messages.js'

const JSON_1_0 = { 'content-type': 'application/x-amz-json-1.0' }

let emulator: Emulator
beforeAll(async () => {
  emulator = await startEmulator()
})
afterAll(() => emulator.server.stop())

const open: { close(): unknown }[] = []
afterEach(async () => {
  for (const one of open.splice(0)) await one.close()
})

function clientAt(url: string): SQSClient {
  pointAt('SQS', url)
  const client = sqsClient()
  open.push({ close: () => client.destroy() })
  return client
}

/** Over the emulator's SQS, with a consumer that receives, reads and deletes. An outage is a queue that is not there. */
function harness(): InboxHarness {
  const client = clientAt(emulator.url)
  const queueUrl = emulator.queue()
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
    received: () => consumeAll(client, queueUrl),
    breakNext() {
      next = away
    },
  }
}

async function consumeAll(client: SQSClient, QueueUrl: string): Promise<readonly Event[]> {
  const events: Event[] = []
  for (;;) {
    const { Messages } = await client.send(new ReceiveMessageCommand({ QueueUrl, MaxNumberOfMessages: 10 }))
    if (!Messages?.length) break
    for (const { Body = '', ReceiptHandle } of Messages) {
      events.push(decodeEvent(Body))
      await client.send(new DeleteMessageCommand({ QueueUrl, ReceiptHandle }))
    }
  }
  expect(await messagesIn(client, QueueUrl)).toEqual(['0', '0'])
  return events
}

async function messagesIn(client: SQSClient, QueueUrl: string) {
  const names = ['ApproximateNumberOfMessages', 'ApproximateNumberOfMessagesNotVisible'] as const
  const command = new GetQueueAttributesCommand({ QueueUrl, AttributeNames: [...names] })
  const { Attributes = {} } = await client.send(command)
  return names.map((name) => Attributes[name])
}

const tweetOf = (id: string, text: string): Event => ({
  kind: 'tweet',
  tweet: {
    id,
    firstId: id,
    botId: '1604089349832232960',
    text,
    createdAt: 1_790_000_000_000,
    author: { id: '2244994945' },
    photos: [],
    media: 'absent',
    mentions: [{ id: '1604089349832232960', username: 'petbot', explicit: true }],
    isRetweet: false,
  },
})
const unknown = (name: string): Event => ({ kind: 'unknown', name })
/** An event whose message has just so many bytes. */
const sized = (bytes: number) => unknown('x'.repeat(bytes - encodeEvent(unknown('')).length))

describe('SqsInbox', () => {
  for (const { name, check } of inboxContract) test(name, () => check(harness))

  test('an event is hidden while it is handled, and comes back when it was not deleted', async () => {
    const client = clientAt(emulator.url)
    const QueueUrl = emulator.queue({ VisibilityTimeout: '0' })
    await new SqsInbox({ client, queueUrl: QueueUrl }).put([unknown('a')])
    const [first, again] = [
      await client.send(new ReceiveMessageCommand({ QueueUrl, VisibilityTimeout: 0 })),
      await client.send(new ReceiveMessageCommand({ QueueUrl, VisibilityTimeout: 30 })),
    ]
    expect([first, again].map(({ Messages }) => Messages?.map(({ Body = '' }) => decodeEvent(Body)))).toEqual([
      [unknown('a')],
      [unknown('a')],
    ])
    expect((await client.send(new ReceiveMessageCommand({ QueueUrl }))).Messages ?? []).toEqual([])
  })

  test('an event that just fits into a message arrives, next to others', async () => {
    const { inbox, received } = harness()
    const events = [unknown('a'), sized(262_144), unknown('b')]
    await inbox.put(events)
    expect(new Set((await received()).map(encodeEvent))).toEqual(new Set(events.map(encodeEvent)))
  })

  test.each([
    ['12,000 families', '👩‍❤️‍💋‍👩'.repeat(12_000)],
    ['24,980 astral letters', '𝒳'.repeat(24_980)],
  ])('a post of %s is shortened, and keeps no other event out of the queue', async (_, text) => {
    const { inbox, received } = harness()
    const [long, short] = [tweetOf('1790000000000000001', text), tweetOf('1790000000000000002', '@petbot hi')]
    await inbox.put([unknown('a'), long, short, unknown('b')])
    const expected = [unknown('a'), shortenEvent(long), short, unknown('b')]
    expect(new Set((await received()).map(encodeEvent))).toEqual(new Set(expected.map(encodeEvent)))
  })

  test('an event that is too large even when it is shortened is set aside, and the others are taken in', async () => {
    const client = clientAt(emulator.url)
    const queueUrl = emulator.queue()
    const aside: unknown[] = []
    const inbox = new SqsInbox({ client, queueUrl, setAside: (...told) => void aside.push(told) })
    await inbox.put([unknown('a'), sized(262_145), unknown('b')])
    expect(aside).toEqual([[sized(262_145), expect.objectContaining({ code: 'EVENT_TOO_LARGE' })]])
    expect(new Set(await consumeAll(client, queueUrl))).toEqual(new Set([unknown('a'), unknown('b')]))
  })

  test('where nobody is told what is set aside it is thrown with a code, once the others are in the queue', async () => {
    const { inbox, received } = harness()
    const put = inbox.put([unknown('a'), sized(262_145), unknown('b')])
    await expect(put).rejects.toMatchObject({ name: 'AwsError', code: 'EVENT_TOO_LARGE' })
    expect(new Set(await received())).toEqual(new Set([unknown('a'), unknown('b')]))
  })

  test('the address in the environment wins over the one in the URL of the queue', async () => {
    const server = await startScripted(taken)
    open.push(server)
    const client = clientAt(`http://127.0.0.1:${server.port}`)
    const queueUrl = 'https://sqs.eu-west-1.amazonaws.com/123456789012/events'
    await new SqsInbox({ client, queueUrl }).put([unknown('a')])
    expect(server.requests).toHaveLength(1)
    expect(JSON.parse(server.requests[0]?.body ?? '')).toMatchObject({ QueueUrl: queueUrl })
  })

  test('no request has more than ten messages or 256 KiB', async () => {
    const { server, client } = await scripted(taken)
    const inbox = new SqsInbox({ client, queueUrl: 'http://127.0.0.1/1/q' })
    await inbox.put([...Array.from({ length: 21 }, () => unknown('a')), sized(200_000), sized(62_144), sized(62_145)])
    const batches = server.requests.map(({ body }) => (JSON.parse(body) as Sent).Entries)
    expect(batches.map(({ length }) => length)).toEqual([10, 10, 2, 2])
    for (const entries of batches) {
      expect(entries.reduce((sum, { MessageBody }) => sum + MessageBody.length, 0)).toBeLessThanOrEqual(262_144)
      expect(new Set(entries.map(({ Id }) => Id)).size).toBe(entries.length)
    }
  })
})

describe('what goes wrong', () => {
  const failed = (status: number, type: string) => answer(status, { __type: type, message: 'No.' }, JSON_1_0)

  test.each([
    ['403 AccessDenied', failed(403, 'com.amazon.coral.service#AccessDeniedException'), 'AWS_DENIED'],
    ['400 QueueDoesNotExist', failed(400, 'com.amazonaws.sqs#QueueDoesNotExist'), 'AWS_MISSING'],
    ['400 RequestThrottled', failed(400, 'com.amazonaws.sqs#RequestThrottled'), 'AWS_THROTTLED'],
    ['400 BatchRequestTooLong', failed(400, 'com.amazonaws.sqs#BatchRequestTooLong'), 'AWS_REFUSED'],
    ['500', failed(500, 'InternalFailure'), 'AWS_UNREACHABLE'],
    ['a cut connection', cut, 'AWS_UNREACHABLE'],
    ['a page for a browser', answer(200, '<html>', JSON_1_0), 'AWS_ANSWER_UNREADABLE'],
    ['an empty answer', answer(200, {}, JSON_1_0), 'AWS_ANSWER_UNREADABLE'],
  ] as const)('%s is thrown with its code', async (_, script, code) => {
    const { put } = await scripted(script)
    await expect(put([unknown('a')])).rejects.toMatchObject({ name: 'AwsError', code })
  })

  test('silence is thrown, after the time that is stated', async () => {
    const { put } = await scripted(silence, 200)
    await expect(put([unknown('a')])).rejects.toMatchObject({ code: 'AWS_UNREACHABLE' })
  })

  test('nobody listens: it is thrown', async () => {
    const inbox = new SqsInbox({ client: askingOnce(await freePort()), queueUrl: 'http://127.0.0.1/1/q' })
    await expect(inbox.put([unknown('a')])).rejects.toMatchObject({ code: 'AWS_UNREACHABLE' })
  })

  test.each([
    ['by the fault of SQS', false, 'InternalError', 'AWS_UNREACHABLE'],
    ['by ours', true, 'InvalidMessageContents', 'AWS_REFUSED'],
  ] as const)('one event of several that is not taken, %s, is thrown', async (_, SenderFault, Code, code) => {
    const { put } = await scripted((response, request) => {
      const { Successful } = takenOf(request.body)
      answer(
        200,
        { Successful: Successful.slice(1), Failed: [{ Id: '0', SenderFault, Code }] },
        JSON_1_0,
      )(response, request)
    })
    await expect(put([unknown('a'), unknown('b')])).rejects.toMatchObject({
      code,
      message: expect.stringContaining(Code),
    })
  })

  test.each(['InvalidMessageContents', 'InvalidParameterValue'])(
    'an event that SQS refuses for what is in it (%s) is set aside, and those after it are sent',
    async (Code) => {
      const aside: unknown[] = []
      const { put, server } = await scripted(
        (response, request) => {
          const told = takenOf(request.body)
          const [first, ...others] = told.Successful
          const isFirst = server.requests.length === 1
          const answered = isFirst ? { Successful: others, Failed: [{ Id: first?.Id, SenderFault: true, Code }] } : told
          answer(200, answered, JSON_1_0)(response, request)
        },
        undefined,
        (...told) => void aside.push(told),
      )
      const events = Array.from({ length: 12 }, (_, index) => unknown(String(index)))
      await put(events)
      expect(server.requests).toHaveLength(2)
      expect(aside).toEqual([[unknown('0'), expect.objectContaining({ code: 'AWS_REFUSED' })]])
    },
  )

  test('one event of several that is not told of is thrown', async () => {
    const { put } = await scripted((response, request) => {
      answer(200, { Successful: takenOf(request.body).Successful.slice(1) }, JSON_1_0)(response, request)
    })
    await expect(put([unknown('a'), unknown('b')])).rejects.toMatchObject({ code: 'AWS_ANSWER_UNREADABLE' })
  })

  test('an event that came out different is thrown', async () => {
    const wrong = [{ Id: '0', MessageId: '0', MD5OfMessageBody: '0'.repeat(32) }]
    const { put } = await scripted(answer(200, { Successful: wrong, Failed: [] }, JSON_1_0))
    await expect(put([unknown('a')])).rejects.toMatchObject({ code: 'AWS_ANSWER_UNREADABLE' })
  })

  test('no error quotes an event, or the token that signs', async () => {
    const text = "The Canonical String should have been\n'x-amz-security-token:a-token-that-nobody-sees'"
    const { put } = await scripted(answer(403, { __type: 'InvalidSignatureException', message: text }, JSON_1_0))
    const thrown = await put([unknown('what-nobody-sees')]).catch((error: unknown) => error)
    const shown = inspect(thrown, { depth: 20, showHidden: true })
    expect(shown).toContain('InvalidSignatureException')
    expect(shown).not.toMatch(/nobody|Credential=/)
  })
})

describe('known faults of the originals', () => {
  test('an outage of the queue behind the webhook is thrown, so that it cannot be answered 200', async () => {
    const { put } = await scripted(answer(503, 'Service Unavailable'))
    await expect(put([unknown('a')])).rejects.toMatchObject({ code: 'AWS_UNREACHABLE' })
  })
})

interface Sent {
  readonly Entries: readonly { readonly Id: string; readonly MessageBody: string }[]
}

/** What SQS says of messages that it took. */
const takenOf = (body: string) => ({
  Successful: (JSON.parse(body) as Sent).Entries.map(({ Id, MessageBody }) => ({
    Id,
    MessageId: Id,
    MD5OfMessageBody: createHash('md5').update(MessageBody).digest('hex'),
  })),
  Failed: [],
})

const taken: Script = (response, request) => answer(200, takenOf(request.body), JSON_1_0)(response, request)

/** An inbox over a server that says what it is told to. It asks once. */
async function scripted(script: Script, request?: number, setAside?: SqsInboxOptions['setAside']) {
  const server = await startScripted(script)
  open.push(server)
  const client = askingOnce(server.port, request)
  const queueUrl = `http://127.0.0.1:${server.port}/123456789012/events`
  const inbox = new SqsInbox({ client, queueUrl, ...(setAside && { setAside }) })
  return { server, client, put: (events: readonly Event[]) => inbox.put(events) }
}

function askingOnce(port: number, request = 10_000): SQSClient {
  pointAt('SQS', `http://127.0.0.1:${port}`)
  const client = new SQSClient({ ...clientSettings({}, { request, attempts: 1 }), useQueueUrlAsEndpoint: false })
  open.push({ close: () => client.destroy() })
  return client
}
