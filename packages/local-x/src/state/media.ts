import { createHash } from 'node:crypto'
import { createBoundedCache } from '../util/bounded-cache.js'
import { LocalXError } from '../util/errors.js'
import {
  type MediaKind,
  type PhotoType,
  type Picture,
  type ServedFormat,
  type ServedSize,
  serveAs,
  takePicture,
} from '../util/pictures.js'
import { type Random, randomText } from '../util/random.js'

/** A photo to tweet, or the still of a GIF or a video: a JPEG, PNG, WEBP or GIF of at most 5 MB. */
export type PhotoUpload = {
  readonly bytes: Uint8Array
  /** Default `photo`. An animated GIF, of at most 15 MB, is an `animated_gif`: its first frame is the still. */
  readonly kind?: MediaKind
  readonly altText?: string
}

/** A photo on the local X. `url` is the address that events and the API name; it is answered to `Host: pbs.twimg.com`. */
export type LocalPhoto = {
  readonly id: string
  /** The name in the URL. */
  readonly key: string
  readonly url: string
  readonly type: PhotoType
  readonly kind: MediaKind
  /** Pixels, upright; a made-up 1200 × 800 for a photo of a recording whose bytes nobody has. */
  readonly width: number
  readonly height: number
  readonly altText?: string
}

/** An upload that X took, and that no tweet has yet. */
export type TakenPhoto = Pick<LocalPhoto, 'kind' | 'altText'> & { readonly picture: Picture }

export type Media = ReturnType<typeof createMedia>

type Stored = { readonly photo: LocalPhoto; readonly picture: Picture }

/** X's limit: docs.x.com/x-api/media/introduction. */
const MOST_ALT_TEXT = 1000

/** Decoding and resizing are slow, and tests upload the same photo over and over: so many bytes of results are kept. */
const MOST_CACHED = 64 * 1024 * 1024

export function createMedia(newId: () => string, random: Random, keepsMetadata: () => boolean) {
  const stored = new Map<string, Stored>()
  const taken = createBoundedCache<Picture>(MOST_CACHED, ({ bytes }) => bytes.length)
  const served = createBoundedCache<Uint8Array>(MOST_CACHED, (bytes) => bytes.length)
  let lastTurn: Promise<unknown> = Promise.resolve()
  let waiting = 0

  /**
   * Takes uploads as X does, in the order of the calls, so that tweets do not overtake each other here.
   *
   * @throws LocalXError `BAD_PHOTO`
   */
  function take(uploads: readonly PhotoUpload[]): Promise<readonly TakenPhoto[]> {
    const all = Promise.allSettled(uploads.map(takeOne))
    const turn = lastTurn.then(() => all)
    lastTurn = turn
    waiting += 1
    void turn.then(() => {
      waiting -= 1
    })
    return turn.then((results) =>
      results.map((result) => {
        if (result.status === 'rejected') throw result.reason
        return result.value
      }),
    )
  }

  async function takeOne({ bytes, kind = 'photo', altText }: PhotoUpload): Promise<TakenPhoto> {
    if ([...(altText ?? '')].length > MOST_ALT_TEXT) {
      throw new LocalXError('BAD_PHOTO', `X takes at most ${MOST_ALT_TEXT} characters of alt text.`)
    }
    const keepMetadata = keepsMetadata()
    const digest = createHash('sha256').update(bytes).digest('base64')
    const picture = await taken.get(`${digest} ${kind} ${keepMetadata}`, () =>
      takePicture(new Uint8Array(bytes), kind, keepMetadata),
    )
    return { picture, kind, ...(altText === undefined ? {} : { altText }) }
  }

  /** `named` is how a recording calls it. */
  function add(
    { picture, ...taken }: TakenPhoto,
    named?: { readonly key: string; readonly type: PhotoType },
    id = newId(),
  ): LocalPhoto {
    const { key = `G${randomText(random, 14)}`, type = picture.type } = named ?? {}
    const { width, height } = picture
    const photo = describe({ id, key, type, width, height, ...taken })
    stored.set(key, { photo, picture })
    return photo
  }

  /** A photo of a recording whose bytes nobody has: events and the API name it, its address answers 404. */
  const name = (key: string, type: PhotoType, altText?: string): LocalPhoto =>
    describe({
      ...{ id: newId(), key, type, kind: 'photo', width: 1200, height: 800 },
      ...(altText === undefined ? {} : { altText }),
    })

  const serve = ({ photo: { key }, picture }: Stored, format: ServedFormat, size: ServedSize): Promise<Uint8Array> =>
    served.get(`${key} ${format} ${size}`, () => serveAs(picture, format, size))

  return { take, isTaking: () => waiting > 0, add, name, find: (key: string) => stored.get(key), serve }
}

function describe(photo: Omit<LocalPhoto, 'url'>): LocalPhoto {
  const { id, key, type, kind } = photo
  return { ...photo, url: `https://pbs.twimg.com/${folderOf(kind, id)}/${key}.${type === 'image/png' ? 'png' : 'jpg'}` }
}

function folderOf(kind: MediaKind, id: string): string {
  if (kind === 'animated_gif') return 'tweet_video_thumb'
  return kind === 'video' ? `ext_tw_video_thumb/${id}/pu/img` : 'media'
}
