import type { ImageLabeler } from '@hexbird/core'
import { fallbackLabeler } from '@hexbird/core'
import type { BlobStore } from '@hexbird/core/adapter'
import { memoize } from '@hexbird/core/util'
import { readSettings } from '../operate/settings.js'
import type { Terminal } from '../terminal.js'
import { UsageError } from '../usage-error.js'
import type { LabelerName } from './labeler-names.js'

export interface LabelerOptions {
  /** Left out: what the author wrote counts, and where that says nothing the detector looks. */
  readonly labeler?: LabelerName
  /** A file of settings, for those that need some. */
  readonly settings?: string
}

/** A labeler that is made once the photos have a place. */
export interface ChosenLabeler {
  readonly over: (blobs: Pick<BlobStore, 'get'>) => ImageLabeler
  /** Whether keywords in a photo count, so that the local X has to leave them there. */
  readonly readsKeywords: boolean
  /** Begins to load what a photo will need. */
  readonly warm: () => void
  readonly close: () => Promise<void>
}

const NOTHING = { warm: () => {}, close: async () => {} }

/**
 * Loads nothing that the first photo does not need.
 *
 * @param terminal told what takes a while
 * @throws UsageError where settings or a package are missing
 */
export async function chooseLabeler(
  { labeler: name, settings }: LabelerOptions,
  terminal: Pick<Terminal, 'note'>,
): Promise<ChosenLabeler> {
  switch (name) {
    case 'keywords':
      return { over: keywords, readsKeywords: true, ...NOTHING }
    case 'openai':
      return openAi(settings)
    case 'rekognition':
      return rekognition()
    case 'detector':
      return detector(terminal)
    default: {
      const { over, warm, close } = await detector(terminal)
      return {
        over: (blobs) => fallbackLabeler(keywords(blobs), over(blobs)),
        readsKeywords: true,
        warm,
        close,
      }
    }
  }
}

function keywords(blobs: Pick<BlobStore, 'get'>): ImageLabeler {
  const made = memoize(async () => new (await import('@hexbird/adapters-memory')).KeywordImageLabeler(blobs))
  return { label: async (...asked) => (await made()).label(...asked) }
}

async function detector(terminal: Pick<Terminal, 'note'>): Promise<ChosenLabeler> {
  const { DetectorImageLabeler } = await import('@hexbird/adapters-vision/detector')
  const made: InstanceType<typeof DetectorImageLabeler>[] = []
  const onModel = (state: string) => {
    if (state === 'loading') terminal.note('Loading the model that labels photos …')
  }
  // All of them share one model.
  const over = (blobs: Pick<BlobStore, 'get'>) => {
    const labeler = new DetectorImageLabeler(blobs, { onModel })
    made.push(labeler)
    return labeler
  }
  return {
    over,
    readsKeywords: false,
    warm: () => over({ get: async () => undefined }).warm(),
    async close() {
      await Promise.all(made.map((one) => one.close()))
    },
  }
}

async function openAi(path: string | undefined): Promise<ChosenLabeler> {
  const settings = await readSettings(path)
  const { HEXBIRD_VISION_URL: baseUrl, HEXBIRD_VISION_MODEL: model } = settings.need(
    'HEXBIRD_VISION_URL',
    'HEXBIRD_VISION_MODEL',
  )
  const apiKey = settings.find('HEXBIRD_VISION_KEY')
  const allowPlainHttp = settings.find('HEXBIRD_VISION_PLAIN_HTTP') === 'true'
  const { OpenAiImageLabeler, VisionServerError } = await import('@hexbird/adapters-vision/openai')
  const over = (photos: Pick<BlobStore, 'get'>) =>
    new OpenAiImageLabeler({ photos, baseUrl, model, allowPlainHttp, ...(apiKey !== undefined && { apiKey }) })
  try {
    // A wrong setting is told now, and not when the first photo comes.
    over({ get: async () => undefined })
  } catch (error) {
    if (!(error instanceof VisionServerError)) throw error
    const message = error.message
      .replace('pass allowPlainHttp: true', 'set HEXBIRD_VISION_PLAIN_HTTP=true')
      .replace('as apiKey', 'as HEXBIRD_VISION_KEY')
    throw new UsageError(message, { cause: error })
  }
  return { over, readsKeywords: false, ...NOTHING }
}

/** As much of `@hexbird/adapters-aws/rekognition` as is used. Who looks with it installs it: it stands on Amazon's SDK. */
interface Rekognition {
  readonly rekognitionClient: () => { destroy(): void }
  readonly RekognitionImageLabeler: new (options: {
    readonly client: { destroy(): void }
    readonly photos: Pick<BlobStore, 'get'>
  }) => ImageLabeler
}

async function rekognition(): Promise<ChosenLabeler> {
  const name = '@hexbird/adapters-aws/rekognition'
  const { rekognitionClient, RekognitionImageLabeler } = await (import(name) as Promise<Rekognition>).catch(
    (cause: unknown) => {
      if ((cause as NodeJS.ErrnoException).code !== 'ERR_MODULE_NOT_FOUND') throw cause
      throw new UsageError('--labeler rekognition needs one more package. Run: npm install @hexbird/adapters-aws', {
        cause,
      })
    },
  )
  const client = rekognitionClient()
  return {
    over: (photos) => new RekognitionImageLabeler({ client, photos }),
    readsKeywords: false,
    ...NOTHING,
    close: async () => client.destroy(),
  }
}
