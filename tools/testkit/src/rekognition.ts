import { createHash } from 'node:crypto'
import { createServer, type IncomingMessage } from 'node:http'
import { GetObjectCommand, S3Client } from '@aws-sdk/client-s3'
import { KeywordImageLabeler } from '@hexbird/adapters-memory'
import type { Label } from '@hexbird/core'
import { photoType } from '@hexbird/core/adapter'
import { listen } from './scripted-server.js'

export interface RekognitionServerOptions {
  /** Where the photos are: S3, or what speaks like it. */
  readonly s3Url: string
}

/**
 * Amazon Rekognition as far as its protocol and limits go, on a free port of 127.0.0.1: it reads photos from S3 itself,
 * and sees on them what it was told, or else what their keywords say. Signatures are asked for and not checked.
 */
export interface RekognitionServer {
  readonly url: string
  /** `DetectLabels photos/1/2/0`, in the order of the requests. */
  readonly asked: readonly string[]
  /** From now on these bytes show this. */
  know(photo: Uint8Array, labels: readonly Label[]): void
  /** From now on moderation sees this on these bytes. */
  flag(photo: Uint8Array, name: string, confidence: number): void
  close(): Promise<void>
}

interface DetectRequest {
  readonly Image: { readonly S3Object?: { readonly Bucket: string; readonly Name: string }; readonly Bytes?: string }
  readonly MaxLabels?: number
  readonly MinConfidence?: number
}

/** Source: https://docs.aws.amazon.com/rekognition/latest/dg/error-handling.html */
class Refusal extends Error {
  readonly type: string

  constructor(type: string, message: string) {
    super(message)
    this.type = type
  }
}

const MOST_BYTES = 15 * 1024 * 1024
const MOST_BYTES_SENT = 5 * 1024 * 1024
const [LEAST_PIXELS, MOST_PIXELS] = [80, 10_000]
const DEFAULTS = { DetectLabels: 55, DetectModerationLabels: 50 }

export async function startRekognition({ s3Url }: RekognitionServerOptions): Promise<RekognitionServer> {
  const credentials = { accessKeyId: 'rekognition', secretAccessKey: 'rekognition' }
  const s3 = new S3Client({ endpoint: s3Url, forcePathStyle: true, region: 'us-east-1', credentials })
  const known = new Map<string, readonly Label[]>()
  const flagged = new Map<string, { readonly Name: string; readonly Confidence: number }>()
  const asked: string[] = []

  async function photoOf({ Image }: DetectRequest): Promise<Uint8Array> {
    if (Image.Bytes !== undefined) return sentAlong(Buffer.from(Image.Bytes, 'base64'))
    const { Bucket, Name } = Image.S3Object ?? {}
    const answer = await s3.send(new GetObjectCommand({ Bucket, Key: Name })).catch(() => {
      throw new Refusal(
        'InvalidS3ObjectException',
        'Unable to get object metadata from S3. Check object key, region and/or access permissions.',
      )
    })
    return checked((await answer.Body?.transformToByteArray()) ?? new Uint8Array())
  }

  async function detectLabels(request: DetectRequest) {
    const { MaxLabels = 1000, MinConfidence = DEFAULTS.DetectLabels } = request
    const photo = await photoOf(request)
    const labels = known.get(hashOf(photo)) ?? (await keywordLabels(photo)) ?? []
    const sure = labels.filter(({ confidence }) => confidence >= MinConfidence)
    const Labels = [...sure].sort((a, b) => b.confidence - a.confidence).slice(0, MaxLabels)
    return { Labels: Labels.map(asRekognitionSays), LabelModelVersion: '3.0' }
  }

  async function detectModerationLabels(request: DetectRequest) {
    const { MinConfidence = DEFAULTS.DetectModerationLabels } = request
    const label = flagged.get(hashOf(await photoOf(request)))
    const seen = label && label.Confidence >= MinConfidence ? [{ ...label, ParentName: '', TaxonomyLevel: 1 }] : []
    return { ModerationLabels: seen, ModerationModelVersion: '7.0', ContentTypes: [] }
  }

  async function answerTo(target: string, authorization: string, body: string) {
    const operation = target.replace(/^RekognitionService\./, '')
    if (!authorization.startsWith('AWS4-HMAC-SHA256 Credential=')) {
      throw new Refusal('MissingAuthenticationTokenException', 'Missing Authentication Token')
    }
    const request = JSON.parse(body) as DetectRequest
    asked.push(`${operation} ${request.Image.S3Object?.Name ?? 'bytes'}`)
    if (operation === 'DetectLabels') return detectLabels(request)
    if (operation === 'DetectModerationLabels') return detectModerationLabels(request)
    throw new Refusal('UnknownOperationException', '')
  }

  async function handle(request: IncomingMessage): Promise<readonly [number, object]> {
    try {
      const { 'x-amz-target': target, authorization = '' } = request.headers
      const chunks: Uint8Array[] = []
      for await (const chunk of request as AsyncIterable<Uint8Array>) chunks.push(chunk)
      return [200, await answerTo(String(target), authorization, Buffer.concat(chunks).toString())]
    } catch (error) {
      if (error instanceof Refusal) return [400, { __type: error.type, Code: error.type, Message: error.message }]
      return [500, { __type: 'InternalServerError', Message: String(error) }]
    }
  }

  const server = createServer((request, response) => {
    void handle(request).then(([status, answer]) => {
      response.writeHead(status, { 'content-type': 'application/x-amz-json-1.1' })
      response.end(JSON.stringify(answer))
    })
  })
  const { port, close } = await listen(server)
  return {
    url: `http://127.0.0.1:${port}`,
    asked,
    know: (photo, labels) => void known.set(hashOf(photo), labels),
    flag: (photo, Name, Confidence) => void flagged.set(hashOf(photo), { Name, Confidence }),
    async close() {
      await close()
      s3.destroy()
    },
  }
}

const hashOf = (bytes: Uint8Array) => createHash('sha256').update(bytes).digest('hex')

const asRekognitionSays = ({ name, confidence, parents }: Label) => ({
  Name: name,
  Confidence: confidence,
  Instances: [],
  Parents: parents.map((Name) => ({ Name })),
  Aliases: [],
  Categories: [],
})

/** `undefined` if the photo is no whole JPEG or PNG. */
async function keywordLabels(bytes: Uint8Array): Promise<readonly Label[] | undefined> {
  const labeler = new KeywordImageLabeler({ get: async () => ({ bytes, type: 'image/jpeg' }) })
  const result = await labeler.label('photo', { max: Number.MAX_SAFE_INTEGER, minConfidence: 0 })
  return result.kind === 'labels' ? result.labels : undefined
}

/** Source: https://docs.aws.amazon.com/rekognition/latest/dg/limits.html */
function sentAlong(photo: Uint8Array): Promise<Uint8Array> {
  if (photo.length > MOST_BYTES_SENT) throw new Refusal('ImageTooLargeException', 'Image size is too large.')
  return checked(photo)
}

async function checked(photo: Uint8Array): Promise<Uint8Array> {
  if (photo.length > MOST_BYTES) throw new Refusal('ImageTooLargeException', 'Image size is too large')
  const sides = sidesOf(Buffer.from(photo.buffer, photo.byteOffset, photo.length))
  if (!sides || !(await keywordLabels(photo))) {
    throw new Refusal('InvalidImageFormatException', 'Request has invalid image format')
  }
  // As Rekognition puts it: https://github.com/boto/botocore/issues/1366
  if (Math.min(...sides) < LEAST_PIXELS) {
    throw new Refusal('InvalidParameterException', 'Request has Invalid Parameters')
  }
  if (Math.max(...sides) > MOST_PIXELS) {
    const message = `Input image dimensions ${sides.join(' x ')} exceed maximum dimension size of 10000 pixels`
    throw new Refusal('ImageTooLargeException', message)
  }
  return photo
}

/** Width and height in pixels. Source: PNG 11.2.1 (IHDR); ISO/IEC 10918-1 B.2.2 (frame header). */
function sidesOf(photo: Buffer): readonly [number, number] | undefined {
  const type = photoType(photo)
  if (type === 'image/png' && photo.length >= 24) return [photo.readUInt32BE(16), photo.readUInt32BE(20)]
  for (let at = 2; type === 'image/jpeg' && at + 9 <= photo.length; at += 2 + photo.readUInt16BE(at + 2)) {
    const marker = photo[at + 1] ?? 0
    const isFrame = marker >= 0xc0 && marker <= 0xcf && ![0xc4, 0xc8, 0xcc].includes(marker)
    if (isFrame) return [photo.readUInt16BE(at + 7), photo.readUInt16BE(at + 5)]
  }
  return undefined
}
