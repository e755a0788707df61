import { readFileSync } from 'node:fs'
import { RekognitionImageLabeler, rekognitionClient } from '@hexbird/adapters-aws/rekognition'
import { S3BlobStore, s3Client } from '@hexbird/adapters-aws/s3'
import { startBot } from '../bot.js'
import { harness } from '../lambda.js'
import { startRelay } from '../relay.js'
import { type Bench, counted, type Row } from '../row.js'

/** The largest size that X makes: a JPEG 2048 pixels wide. */
const PHOTO_BYTES = 400_000
const TWEETS = 5
const MOST = 1.05

/** Compares all bytes that a bot on AWS sends and receives for one answered photo with the size of the photo. */
export async function bytes({ root }: Bench): Promise<readonly Row[]> {
  const { startFixture } = await harness(root)
  const fixture = await startFixture(root)
  const { HEXBIRD_BUCKET: bucket = '', AWS_ENDPOINT_URL_S3, AWS_ENDPOINT_URL_REKOGNITION } = fixture.environment
  const s3 = await startRelay(Number(new URL(AWS_ENDPOINT_URL_S3 ?? '').port))
  const rekognition = await startRelay(Number(new URL(AWS_ENDPOINT_URL_REKOGNITION ?? '').port))
  const before = { ...process.env }
  Object.assign(process.env, { AWS_ENDPOINT_URL_S3: s3.url, AWS_ENDPOINT_URL_REKOGNITION: rekognition.url })
  const clients = { s3: s3Client(), rekognition: rekognitionClient() }
  const blobs = new S3BlobStore({ client: clients.s3, bucket })
  const labeler = new RekognitionImageLabeler({ client: clients.rekognition, bucket, photos: blobs })
  const bot = await startBot({ dialect: 'x-activity', photos: { blobs, labeler } })
  try {
    const photo = { bytes: large(readFileSync(new URL('packages/local-x/samples/dog.jpg', root))) }
    for (let n = 0; n < TWEETS; n++) {
      await bot.x.tweet({ as: `person${n}`, text: '@hexbird what is this?', photos: [photo] })
    }
    await bot.idle()
    const wires = [bot.api, bot.media, s3, rekognition]
    const through = (way: 'up' | 'down') => wires.reduce((sum, wire) => sum + wire[way], 0) / TWEETS / PHOTO_BYTES
    return [
      counted('bytes received for one answered photo', 'the photo, downloaded once', through('down'), MOST),
      counted('bytes sent for one answered photo', 'the photo, uploaded once', through('up'), MOST),
    ]
  } finally {
    await bot.close()
    for (const client of Object.values(clients)) client.destroy()
    await Promise.all([s3.close(), rekognition.close(), fixture.close()])
    for (const name of Object.keys(process.env)) if (!(name in before)) delete process.env[name]
    Object.assign(process.env, before)
  }
}

const SEGMENT = 60_000

/** Pads the JPEG to a size, with comments at its start. Source: ISO/IEC 10918-1, B.2.4.5. */
function large(jpeg: Buffer): Uint8Array {
  const comments: Buffer[] = []
  for (let left = PHOTO_BYTES - jpeg.length; left > 0; ) {
    const length = left > 2 * SEGMENT ? SEGMENT : left > SEGMENT ? left - SEGMENT / 2 : left
    const comment = Buffer.alloc(length, '.')
    comment.writeUInt16BE(0xfffe, 0)
    comment.writeUInt16BE(length - 2, 2)
    comments.push(comment)
    left -= length
  }
  return new Uint8Array(Buffer.concat([jpeg.subarray(0, 2), ...comments, jpeg.subarray(2)]))
}
