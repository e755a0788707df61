import { fileURLToPath } from 'node:url'
import type { ImageLabeler, LabelOptions, LabelResult } from '@hexbird/core'
import type { BlobStore } from '@hexbird/core/adapter'
import { Detector, type DetectorSettings, type ModelState } from './detector.js'
import { DetectorError } from './errors.js'
import { labelPhoto, type Things } from './label-photo.js'
import { thingsOf } from './labels.js'

/** What a `DetectorImageLabeler` may be told. */
export interface DetectorImageLabelerOptions {
  /** The folder with the model's files. Default: the one of this package. Only files that it was built with are loaded. */
  readonly modelFolder?: string
  /** After how many milliseconds without a photo the model is unloaded. The next photo loads it again. Default: 60,000. */
  readonly idleMs?: number
  /** How many milliseconds a photo may take, with loading the model where it is not loaded. Default: 30,000. */
  readonly timeoutMs?: number
  /** Called when the model starts to load, is ready, and has been unloaded, each time: to show progress. */
  readonly onModel?: (state: ModelState) => void
}

// From `src` and `dist` alike.
const PROGRAM = fileURLToPath(new URL('../../dist/detector/model-process.js', import.meta.url))
const MODEL = fileURLToPath(new URL('../../model', import.meta.url))
/** More than `setTimeout` can wait for. */
const TOO_LONG = 2 ** 31

/**
 * Labels photos on this machine, with SSDLite-MobileNetV2: no account, no network, no GPU. It knows the 80 kinds of things of
 * COCO, ten of them animals, and calls other animals by the name of one that it knows; see docs/what-it-sees.md.
 *
 * The model runs in a process of its own, which also decodes: one photo at a time. All labelers of a process with the same
 * options share it. It is loaded for the first photo: under a second, and 210 to 270 MB until it is unloaded.
 *
 * A label's confidence is `85 + 30 × (score − 0.5)` of the model's score from 0 to 1, so that the usual bar of 85 is a score
 * of 0.5.
 */
export class DetectorImageLabeler implements ImageLabeler {
  readonly #blobs: Pick<BlobStore, 'get'>
  readonly #settings: DetectorSettings
  readonly #onModel: (state: ModelState) => void
  #shared: Shared | undefined
  #unlisten: (() => void) | undefined
  #closing: Promise<void> | undefined

  /** @throws DetectorError if a time is none */
  constructor(blobs: Pick<BlobStore, 'get'>, options: DetectorImageLabelerOptions = {}) {
    const { modelFolder = MODEL, idleMs = 60_000, timeoutMs = 30_000, onModel = () => {} } = options
    checkTime('idleMs', idleMs, 0)
    checkTime('timeoutMs', timeoutMs, 1)
    this.#blobs = blobs
    this.#settings = { folder: modelFolder, program: PROGRAM, idleMs, timeoutMs }
    this.#onModel = onModel
  }

  /** @throws DetectorError if the photo could not be looked at */
  async label(blobKey: string, options: LabelOptions): Promise<LabelResult> {
    return labelPhoto(this.#blobs, (bytes) => this.#see(bytes), blobKey, options)
  }

  /** Starts loading the model, so that the first photo doesn't wait for it. */
  warm(): void {
    this.#open().warm()
  }

  /** Finishes the photos that are being looked at, and unloads the model unless another labeler uses it. */
  close(): Promise<void> {
    this.#closing ??= this.#close()
    return this.#closing
  }

  async #close(): Promise<void> {
    if (this.#shared) await release(this.#settings, this.#shared)
    this.#unlisten?.()
  }

  async #see(bytes: Uint8Array): Promise<Things> {
    const seen = await this.#open().see(bytes)
    return seen.kind === 'scores' ? { kind: 'things', things: thingsOf(seen.scores, seen.fromAfar) } : seen
  }

  #open(): Detector {
    if (this.#closing) throw new DetectorError('DETECTOR_CLOSED', 'The labeler was closed. Make another.')
    if (!this.#shared) {
      this.#shared = acquire(this.#settings)
      this.#unlisten = this.#shared.detector.listen(this.#onModel)
    }
    return this.#shared.detector
  }
}

interface Shared {
  readonly detector: Detector
  users: number
}

const all = new Map<string, Shared>()

const keyOf = (settings: DetectorSettings) => JSON.stringify(settings)

function acquire(settings: DetectorSettings): Shared {
  const shared = all.get(keyOf(settings)) ?? { detector: new Detector(settings), users: 0 }
  all.set(keyOf(settings), shared)
  shared.users += 1
  return shared
}

async function release(settings: DetectorSettings, shared: Shared): Promise<void> {
  shared.users -= 1
  if (shared.users > 0) return
  all.delete(keyOf(settings))
  await shared.detector.close()
}

function checkTime(name: string, ms: number, least: number): void {
  if (ms >= least && ms < TOO_LONG) return
  throw new DetectorError('DETECTOR_INPUT_INVALID', `${name} must be from ${least} to ${TOO_LONG - 1}; it is ${ms}.`)
}
