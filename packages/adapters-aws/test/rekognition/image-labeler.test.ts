import { randomBytes } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import { inspect } from 'node:util'
import { RekognitionClient } from '@aws-sdk/client-rekognition'
import type { Label } from '@hexbird/core'
import { type ImageLabelerHarness, imageLabelerContract } from '@hexbird/core/contracts'
import { plainJpeg, plainPng } from '@hexbird/testkit/keyword-photos'
import { startRekognition } from '@hexbird/testkit/rekognition'
import { type Emulator, pointAt, startEmulator } from '@hexbird/testkit/s3-sqs'
import { answer, cut, type Script, silence, startScripted } from '@hexbird/testkit/scripted-server'
import { afterAll, afterEach, beforeAll, describe, expect, test } from '@jest/globals'
import sharp from 'sharp'
import { commonParents } from '../../../adapters-memory/src/common-parents.js'
import { clientSettings } from '../../src/client-settings.js'
import {
  RekognitionImageLabeler,
  type RekognitionImageLabelerOptions,
  rekognitionClient,
} from '../../src/rekognition/index.js'
import { S3BlobStore, s3Client } from '../../src/s3/index.js'

const ASKED = { max: 5, minConfidence: 80 }
const KEY = 'photos/1/2/0'
const JSON_1_1 = { 'content-type': 'application/x-amz-json-1.1' }

let emulator: Emulator
let jpeg: Uint8Array
beforeAll(async () => {
  emulator = await startEmulator()
  jpeg = await plainJpeg()
})
afterAll(() => emulator.server.stop())

const open: { close(): unknown }[] = []
afterEach(async () => {
  for (const one of open.splice(0)) await one.close()
})

/** The real clients, over a bucket of the emulator and a Rekognition that reads from it. */
async function start({
  isSentAlong = false,
  ...options
}: Pick<RekognitionImageLabelerOptions, 'moderation'> & { readonly isSentAlong?: boolean } = {}) {
  const rekognition = await startRekognition({ s3Url: emulator.url })
  pointAt('REKOGNITION', rekognition.url)
  pointAt('S3', emulator.url)
  const [client, s3, bucket] = [rekognitionClient(), s3Client(), emulator.bucket()]
  open.push({ close: () => client.destroy() }, { close: () => s3.destroy() }, rekognition)
  const photos = new S3BlobStore({ client: s3, bucket })
  const place = isSentAlong ? {} : { bucket }
  return { rekognition, photos, labeler: new RekognitionImageLabeler({ client, photos, ...place, ...options }) }
}

async function harness(isSentAlong: boolean): Promise<ImageLabelerHarness> {
  const { rekognition, photos, labeler } = await start({ isSentAlong })
  let stored = 0
  let closing: Promise<void> | undefined
  return {
    labeler: {
      async label(key, options) {
        await closing
        return labeler.label(key, options)
      },
    },
    async store(photo) {
      const key = `photos/1/2/${stored++}`
      // What stands behind the end of a photo makes it a photo of its own.
      const bytes = photo === 'not-an-image' ? Buffer.from('<!doctype html>') : Buffer.concat([jpeg, randomBytes(16)])
      if (photo !== 'not-an-image') rekognition.know(bytes, photo.labels)
      await photos.put(key, bytes, 'image/jpeg')
      return key
    },
    outage() {
      closing = rekognition.close()
    },
  }
}

const label = (name: string, confidence: number, ...parents: string[]): Label => ({ name, confidence, parents })

describe('RekognitionImageLabeler without a bucket', () => {
  for (const { name, check } of imageLabelerContract) test(name, () => check(() => harness(true)))

  test('sends the bytes along, and Rekognition reads no bucket', async () => {
    const { rekognition, photos, labeler } = await start({ isSentAlong: true })
    rekognition.know(jpeg, [label('Dog', 99)])
    await photos.put(KEY, jpeg, 'image/jpeg')
    expect(await labeler.label(KEY, ASKED)).toMatchObject({ kind: 'labels', labels: [{ name: 'Dog' }] })
    expect(rekognition.asked).toEqual(['DetectLabels bytes'])
  })

  test('does not ask about a photo that is not there', async () => {
    const { rekognition, labeler } = await start({ isSentAlong: true })
    expect(await labeler.label(KEY, ASKED)).toMatchObject({ kind: 'unreadable' })
    expect(rekognition.asked).toEqual([])
  })

  test('finds a photo of more than 5 MB unreadable', async () => {
    const { photos, labeler } = await start({ isSentAlong: true })
    await photos.put(KEY, Buffer.concat([jpeg, Buffer.alloc(5 * 1024 * 1024)]), 'image/jpeg')
    expect(await labeler.label(KEY, ASKED)).toMatchObject({ kind: 'unreadable' })
  })
})

describe('RekognitionImageLabeler', () => {
  for (const { name, check } of imageLabelerContract) test(name, () => check(() => harness(false)))

  test('sees an animal by its parents where "Animal" is not among five labels', async () => {
    const { rekognition, photos, labeler } = await start()
    const others = ['Grass', 'Ball', 'Tree', 'Fence'].map((name) => label(name, 98))
    rekognition.know(jpeg, [label('Dog', 99, 'Animal', 'Mammal', 'Pet'), ...others, label('Animal', 97)])
    await photos.put(KEY, jpeg, 'image/jpeg')
    const result = await labeler.label(KEY, ASKED)
    const labels = result.kind === 'labels' ? result.labels : []
    expect(labels.map(({ name }) => name)).not.toContain('Animal')
    expect(labels[0]).toEqual(label('Dog', 99, 'Animal', 'Mammal', 'Pet'))
  })

  test('labels the sample photos by their keywords, over the real protocol', async () => {
    const { rekognition, photos, labeler } = await start()
    await photos.put(KEY, await readFile(new URL('../../../local-x/samples/dog.jpg', import.meta.url)), 'image/jpeg')
    expect(await labeler.label(KEY, ASKED)).toEqual({
      kind: 'labels',
      labels: [label('Dog', 99, ...(commonParents.dog ?? [])), label('Grass', 99)],
    })
    expect(rekognition.asked).toEqual([`DetectLabels ${KEY}`])
  })

  test.each([
    ['a PNG', () => plainPng(), 'labels'],
    ['a GIF', async () => Buffer.from('GIF89a'), 'unreadable'],
    ['79 pixels wide', () => blank(79, 80), 'unreadable'],
    ['80 pixels wide and high', () => blank(80, 80), 'labels'],
    ['10,001 pixels high', () => blank(80, 10_001), 'unreadable'],
    ['nothing', async () => new Uint8Array(), 'unreadable'],
  ] as const)('of a photo that is %s the answer is typed', async (_, photo, kind) => {
    const { photos, labeler } = await start()
    await photos.put(KEY, await photo(), 'image/jpeg')
    expect(await labeler.label(KEY, ASKED)).toMatchObject({ kind })
  })

  test('a photo that is too large is unreadable', async () => {
    const { labeler } = await scripted(failure(400, 'ImageTooLargeException'))
    expect(await labeler.label(KEY, ASKED)).toMatchObject({
      kind: 'unreadable',
      detail: expect.stringContaining('15 MB'),
    })
  })

  test('keeps the surest, whatever order and number the labels come in', async () => {
    const Labels = [81, 99, 79.9, 90, 95].map((Confidence) => ({ Name: `${Confidence}`, Confidence }))
    const { server, labeler } = await scripted(answer(200, { Labels }, JSON_1_1))
    const labels = [label('99', 99), label('95', 95), label('90', 90)]
    expect(await labeler.label(KEY, { max: 3, minConfidence: 80 })).toEqual({ kind: 'labels', labels })
    const all = await labeler.label(KEY, ASKED)
    expect(all).toEqual({ kind: 'labels', labels: [...labels, label('81', 81)] })
    expect(JSON.parse(server.requests[0]?.body ?? '')).toEqual({
      Image: { S3Object: { Bucket: 'photos', Name: KEY } },
      MaxLabels: 3,
      MinConfidence: 80,
    })
    expect(server.requests[0]?.headers['x-amz-target']).toBe('RekognitionService.DetectLabels')
  })

  test.each([
    [{ max: 0, minConfidence: 80 }],
    [{ max: 1.5, minConfidence: 80 }],
    [{ max: 5, minConfidence: 101 }],
    [{ max: 5, minConfidence: Number.NaN }],
  ])('%j is thrown, and nobody is asked', async (asked) => {
    const { server, labeler } = await scripted(answer(200, { Labels: [] }, JSON_1_1))
    await expect(labeler.label(KEY, asked)).rejects.toMatchObject({ code: 'AWS_INPUT_INVALID' })
    expect(server.requests).toEqual([])
  })
})

const blank = (width: number, height: number) =>
  sharp({ create: { width, height, channels: 3, background: '#7aa' } })
    .jpeg()
    .toBuffer()

describe('moderation', () => {
  test('a photo that is flagged has no labels, and is not asked for any', async () => {
    const { rekognition, photos, labeler } = await start({ moderation: { minConfidence: 80 } })
    rekognition.know(jpeg, [label('Person', 99)])
    rekognition.flag(jpeg, 'Explicit', 80)
    await photos.put(KEY, jpeg, 'image/jpeg')
    expect(await labeler.label(KEY, ASKED)).toEqual({ kind: 'labels', labels: [] })
    expect(rekognition.asked).toEqual([`DetectModerationLabels ${KEY}`])
  })

  test('a photo that is less surely flagged has its labels', async () => {
    const { rekognition, photos, labeler } = await start({ moderation: { minConfidence: 80 } })
    rekognition.know(jpeg, [label('Person', 99)])
    rekognition.flag(jpeg, 'Explicit', 79)
    await photos.put(KEY, jpeg, 'image/jpeg')
    expect(await labeler.label(KEY, ASKED)).toEqual({ kind: 'labels', labels: [label('Person', 99)] })
  })

  test('what is no photo is unreadable here as well', async () => {
    const { photos, labeler } = await start({ moderation: { minConfidence: 80 } })
    await photos.put(KEY, Buffer.from('GIF89a'), 'image/jpeg')
    expect(await labeler.label(KEY, ASKED)).toMatchObject({ kind: 'unreadable' })
  })

  test('an answer without a list is thrown', async () => {
    const { client } = await scripted(answer(200, {}, JSON_1_1))
    const moderated = labelerOver(client, { moderation: { minConfidence: 80 } })
    await expect(moderated.label(KEY, ASKED)).rejects.toMatchObject({ code: 'AWS_ANSWER_UNREADABLE' })
  })
})

const failure = (status: number, type: string, message = 'No.') =>
  answer(status, { __type: type, Code: type, Message: message }, JSON_1_1)

describe('what goes wrong', () => {
  test.each([
    ['AccessDeniedException', failure(400, 'AccessDeniedException'), 'AWS_DENIED'],
    ['UnrecognizedClientException', failure(400, 'UnrecognizedClientException'), 'AWS_DENIED'],
    ['ThrottlingException', failure(400, 'ThrottlingException'), 'AWS_THROTTLED'],
    ['ProvisionedThroughputExceeded', failure(400, 'ProvisionedThroughputExceededException'), 'AWS_THROTTLED'],
    ['LimitExceededException', failure(400, 'LimitExceededException'), 'AWS_THROTTLED'],
    ['InternalServerError', failure(500, 'InternalServerError'), 'AWS_UNREACHABLE'],
    ['ValidationException', failure(400, 'ValidationException'), 'AWS_REFUSED'],
    ['a cut connection', cut, 'AWS_UNREACHABLE'],
    ['a page for a browser', answer(200, '<html>', JSON_1_1), 'AWS_ANSWER_UNREADABLE'],
    ['an answer without labels', answer(200, {}, JSON_1_1), 'AWS_ANSWER_UNREADABLE'],
    ['null labels', answer(200, { Labels: null }, JSON_1_1), 'AWS_ANSWER_UNREADABLE'],
    ['a label without a name', answer(200, { Labels: [{ Confidence: 99 }] }, JSON_1_1), 'AWS_ANSWER_UNREADABLE'],
    [
      'a parent without a name',
      answer(200, { Labels: [{ Name: 'Dog', Confidence: 99, Parents: [{}] }] }, JSON_1_1),
      'AWS_ANSWER_UNREADABLE',
    ],
  ] as const)('%s is thrown with its code', async (_, script, code) => {
    const { labeler } = await scripted(script)
    await expect(labeler.label(KEY, ASKED)).rejects.toMatchObject({ name: 'AwsError', code })
  })

  test('silence is thrown, after the time that is stated', async () => {
    const { labeler } = await scripted(silence, 200)
    await expect(labeler.label(KEY, ASKED)).rejects.toMatchObject({ code: 'AWS_UNREACHABLE' })
  })

  test('throttled once, it is asked again', async () => {
    const server = await startScripted(failure(400, 'ThrottlingException'), answer(200, { Labels: [] }, JSON_1_1))
    open.push(server)
    const labeler = labelerOver(clientAt(server.port))
    expect(await labeler.label(KEY, ASKED)).toEqual({ kind: 'labels', labels: [] })
    expect(server.requests).toHaveLength(2)
  })

  test('throttled for ever, it is asked three times and then thrown', async () => {
    const server = await startScripted(failure(400, 'ProvisionedThroughputExceededException'))
    open.push(server)
    const labeler = labelerOver(clientAt(server.port))
    await expect(labeler.label(KEY, ASKED)).rejects.toMatchObject({ code: 'AWS_THROTTLED' })
    expect(server.requests).toHaveLength(3)
  })

  test('a photo that is there and may not be read is no photo that is not there', async () => {
    const { client } = await scripted(failure(400, 'InvalidS3ObjectException'))
    const photos = { get: async () => ({ bytes: jpeg, type: 'image/jpeg' }) }
    const thrown = labelerOver(client, { photos }).label(KEY, ASKED)
    await expect(thrown).rejects.toMatchObject({ code: 'AWS_DENIED', message: expect.stringContaining('same region') })
  })

  test('where it cannot be known whether the photo is there, that is thrown', async () => {
    const { client } = await scripted(failure(400, 'InvalidS3ObjectException'))
    const photos = { get: () => Promise.reject(new Error('the store is away')) }
    const labelled = labelerOver(client, { photos }).label(KEY, ASKED)
    await expect(labelled).rejects.toThrow('the store is away')
  })

  test('no error tells what is signed', async () => {
    const text = "The Canonical String should have been\n'x-amz-security-token:a-token-that-nobody-sees'"
    const { labeler } = await scripted(failure(400, 'InvalidSignatureException', text))
    const thrown = await labeler.label(KEY, ASKED).catch((error: unknown) => error)
    const shown = inspect(thrown, { depth: 20, showHidden: true })
    expect(shown).toContain('InvalidSignatureException')
    expect(shown).not.toMatch(/nobody|Credential=/)
  })
})

describe('known faults of the originals', () => {
  test('a labeler outage is thrown, and does not become "you need to upload an image"', async () => {
    const { labeler } = await scripted(answer(503, 'Service Unavailable'))
    await expect(labeler.label(KEY, ASKED)).rejects.toMatchObject({ code: 'AWS_UNREACHABLE' })
  })

  test('null labels are thrown with a code, and crash nothing', async () => {
    const { labeler } = await scripted(answer(200, { Labels: null }, JSON_1_1))
    await expect(labeler.label(KEY, ASKED)).rejects.toMatchObject({ code: 'AWS_ANSWER_UNREADABLE' })
  })
})

/** A labeler over a server that says what it is told to. It asks once. */
async function scripted(script: Script, request = 10_000) {
  const server = await startScripted(script)
  open.push(server)
  pointAt('REKOGNITION', `http://127.0.0.1:${server.port}`)
  const client = new RekognitionClient(clientSettings({}, { request, attempts: 1 }))
  open.push({ close: () => client.destroy() })
  return { server, client, labeler: labelerOver(client) }
}

function clientAt(port: number): RekognitionClient {
  pointAt('REKOGNITION', `http://127.0.0.1:${port}`)
  const client = rekognitionClient()
  open.push({ close: () => client.destroy() })
  return client
}

const labelerOver = (client: RekognitionClient, options: Partial<RekognitionImageLabelerOptions> = {}) =>
  new RekognitionImageLabeler({ client, bucket: 'photos', photos: { get: async () => undefined }, ...options })
