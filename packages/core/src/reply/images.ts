import { photoSize } from '../domain/photo-size.js'
import { type ImageType, imageType } from '../domain/photo-type.js'
import { altTextFault } from './alt-text.js'

/** An image to reply with: a JPEG, PNG or WebP of at most 5 MB, each side from 4 to 8,192 pixels. */
export interface ReplyImage {
  readonly bytes: Uint8Array
  /** The alt text: 1 to 1,000 characters. */
  readonly alt: string
  /** The expected type. With or without it, the actual type is detected from the bytes. */
  readonly type?: ImageType
}

/** One reason why an image must not be posted. */
export interface ImageFault {
  readonly kind: 'image'
  /** Which image, counting from 1. */
  readonly image: number
  /** What is wrong and what to do, in a sentence or two. */
  readonly message: string
}

/** X's limits: docs.x.com/x-api/media/quickstart/best-practices. */
const MOST_IMAGES = 4
const MOST_BYTES = 5 * 1024 * 1024
const SIDES = { least: 4, most: 8192 }

/** Lists every reason why X would refuse these images. Empty if they can be posted. */
export function imageFaults(images: readonly ReplyImage[]): readonly ImageFault[] {
  const faults = images.flatMap((image, index) =>
    [altTextFault(image.alt ?? ''), typeFault(image), sizeFault(image)].flatMap((fault) =>
      fault === undefined ? [] : faultOf(index + 1, fault),
    ),
  )
  if (images.length <= MOST_IMAGES) return faults
  const tooMany = `A reply has at most ${MOST_IMAGES} images, not ${images.length}. Leave out the rest.`
  return [...faults, faultOf(MOST_IMAGES + 1, tooMany)]
}

const faultOf = (image: number, fault: string): ImageFault => ({
  kind: 'image',
  image,
  message: `Image ${image}: ${fault}`,
})

function typeFault({ bytes, type }: ReplyImage): string | undefined {
  const actual = imageType(bytes)
  if (actual === undefined) return 'It is not a JPEG, PNG or WebP. Convert it to one of them.'
  return type === undefined || type === actual ? undefined : `It is ${actual}, not ${type}. Leave out the type.`
}

function sizeFault({ bytes }: ReplyImage): string | undefined {
  if (bytes.length > MOST_BYTES) return `It has ${bytes.length} bytes, but X accepts at most ${MOST_BYTES}. Shrink it.`
  const { width, height } = photoSize(bytes) ?? { width: SIDES.least, height: SIDES.least }
  if ([width, height].every((side) => side >= SIDES.least && side <= SIDES.most)) return undefined
  return `It is ${width} by ${height} pixels, but X accepts ${SIDES.least} to ${SIDES.most} on each side. Resize it.`
}
