import {
  DetectLabelsCommand,
  DetectModerationLabelsCommand,
  type Image,
  type RekognitionClient,
  type Label as RekognitionLabel,
} from '@aws-sdk/client-rekognition'
import type { ImageLabeler, Label, LabelOptions, LabelResult } from '@hexbird/core'
import type { BlobStore } from '@hexbird/core/adapter'
import { type AwsCall, AwsError, awsError, nameOf, unreadable } from '../error.js'

/** Where a `RekognitionImageLabeler` finds the photos. */
export interface RekognitionImageLabelerOptions {
  readonly client: RekognitionClient
  /**
   * The bucket from which Rekognition reads the photos, in the client's region. Default: requests contain the bytes.
   */
  readonly bucket?: string
  /** The photos. With a bucket, it's used only if Rekognition can't get a photo, to find out why. */
  readonly photos: Pick<BlobStore, 'get'>
  /**
   * The minimum confidence (0 to 100) of moderation. A photo that Rekognition flags with at least that confidence gets
   * no labels. This adds one paid call per photo. Default: no moderation.
   */
  readonly moderation?: { readonly minConfidence: number }
}

/**
 * Gets labels from Amazon Rekognition. It reads photos of up to 15 MB from the bucket, or of up to 5 MB from requests.
 * The role needs `rekognition:DetectLabels`, `rekognition:DetectModerationLabels` with moderation, and with a bucket
 * `s3:GetObject` on the photos.
 *
 * Rekognition returns a dog's "Animal" as a separate label, which may be missing among few labels. Use a label's
 * parents to find out what it is.
 *
 * @see https://docs.aws.amazon.com/rekognition/latest/APIReference/API_DetectLabels.html
 */
export class RekognitionImageLabeler implements ImageLabeler {
  readonly #client: RekognitionClient
  readonly #bucket: string | undefined
  readonly #photos: Pick<BlobStore, 'get'>
  readonly #moderation: { readonly minConfidence: number } | undefined

  constructor({ client, bucket, photos, moderation }: RekognitionImageLabelerOptions) {
    if (moderation) checkConfidence(moderation.minConfidence)
    this.#client = client
    this.#bucket = bucket
    this.#photos = photos
    this.#moderation = moderation
  }

  /** @throws AwsError if Rekognition is unreachable, or isn't allowed to read the photo */
  async label(blobKey: string, { max, minConfidence }: LabelOptions): Promise<LabelResult> {
    checkMax(max)
    checkConfidence(minConfidence)
    const on = this.#bucket === undefined ? blobKey : `s3://${this.#bucket}/${blobKey}`
    const call = { service: 'Rekognition', operation: 'DetectLabels', on } as const
    const image = await this.#image(blobKey)
    if (!image) return { kind: 'unreadable', detail: `there is no photo under ${blobKey}` }
    try {
      if (this.#moderation && (await this.#isFlagged(image, on, this.#moderation.minConfidence))) {
        return { kind: 'labels', labels: [] }
      }
      const command = new DetectLabelsCommand({ Image: image, MaxLabels: max, MinConfidence: minConfidence })
      const { Labels } = await this.#client.send(command)
      if (!Labels) throw unreadable(call, 'it has no labels, not even an empty list of them')
      return { kind: 'labels', labels: surest(Labels, call, { max, minConfidence }) }
    } catch (error) {
      const name = nameOf(error)
      const detail = UNREADABLE[name]
      if (detail !== undefined) return { kind: 'unreadable', detail }
      if (name === 'InvalidS3ObjectException') return this.#whyNotRead(blobKey, call, error)
      throw awsError(call, error)
    }
  }

  async #image(blobKey: string): Promise<Image | undefined> {
    if (this.#bucket !== undefined) return { S3Object: { Bucket: this.#bucket, Name: blobKey } }
    const blob = await this.#photos.get(blobKey)
    return blob && { Bytes: blob.bytes }
  }

  async #isFlagged(Image: Image, on: string, least: number) {
    const command = new DetectModerationLabelsCommand({ Image, MinConfidence: least })
    const { ModerationLabels } = await this.#client.send(command)
    if (!ModerationLabels) {
      const call = { service: 'Rekognition', operation: 'DetectModerationLabels', on } as const
      throw unreadable(call, 'it has no moderation labels, not even an empty list of them')
    }
    return ModerationLabels.length > 0
  }

  /** Rekognition gives the same error for a missing photo and for one that it may not read. */
  async #whyNotRead(blobKey: string, call: AwsCall, error: unknown): Promise<LabelResult> {
    if (!(await this.#photos.get(blobKey))) return { kind: 'unreadable', detail: `there is no photo under ${blobKey}` }
    const { message, cause } = awsError(call, error, {
      AWS_REFUSED: 'The photo exists. Let the role read it, and check that the bucket is in the same region.',
    })
    throw new AwsError('AWS_DENIED', message, { cause })
  }
}

/**
 * Returns what is wrong with a photo, by the error's name. All other invalid parameters are ruled out before the call.
 *
 * @see https://docs.aws.amazon.com/rekognition/latest/dg/limits.html
 */
const UNREADABLE: Readonly<Record<string, string>> = {
  InvalidImageFormatException: 'neither a JPEG nor a PNG that Rekognition can read',
  ImageTooLargeException: 'more than 15 MB (5 MB without a bucket), or more than 10,000 pixels wide or high',
  InvalidParameterException: 'not of a size that Rekognition looks at: less than 80 pixels wide or high, perhaps',
}

function surest(labels: readonly RekognitionLabel[], call: AwsCall, { max, minConfidence }: LabelOptions) {
  return labels
    .map((label) => labelOf(label, call))
    .filter(({ confidence }) => confidence >= minConfidence)
    .sort((a, b) => b.confidence - a.confidence)
    .slice(0, max)
}

function labelOf({ Name, Confidence, Parents = [] }: RekognitionLabel, call: AwsCall): Label {
  if (Name === undefined || Confidence === undefined) throw unreadable(call, 'a label has no name or no confidence')
  const parents = Parents.map((parent) => {
    if (parent.Name === undefined) throw unreadable(call, 'a parent has no name')
    return parent.Name
  })
  return { name: Name, confidence: Confidence, parents }
}

function checkMax(max: number): void {
  if (Number.isSafeInteger(max) && max >= 1) return
  throw new AwsError('AWS_INPUT_INVALID', `The most labels are a whole number from 1, and this is not: ${max}`)
}

function checkConfidence(confidence: number): void {
  if (confidence >= 0 && confidence <= 100) return
  throw new AwsError('AWS_INPUT_INVALID', `A confidence is 0 to 100, and this is not: ${confidence}`)
}
