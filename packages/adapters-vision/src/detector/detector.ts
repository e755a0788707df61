import { Worker } from 'node:worker_threads'
import { DetectorError } from './errors.js'
import { mayBeBird } from './labels.js'
import { decodePhoto } from './photo.js'
import type { Said } from './worker.js'

/** How a model is run. Labelers that say the same share one. */
export interface DetectorSettings {
  /** The folder with the model's files. */
  readonly folder: string
  /** The program of the thread that runs the model. */
  readonly worker: string | URL
  readonly idleMs: number
  readonly timeoutMs: number
}

/** What becomes of a model: it is being loaded, it is ready, it was let go. */
export type ModelState = 'loading' | 'ready' | 'released'

/**
 * The scores of a photo by COCO's numbers, or why it is none. `fromAfar` are those of the photo with a margin around it, for
 * what may be a bird.
 */
export type Seen =
  | { readonly kind: 'scores'; readonly scores: ArrayLike<number>; readonly fromAfar?: ArrayLike<number> }
  | { readonly kind: 'unreadable'; readonly detail: string }

const MOST_WAITING = 100

/**
 * A model in a thread of its own: loaded for the first photo, let go after a time without any, loaded again when it has
 * died. Photos are looked at one after the other. While there are none, neither thread nor timer keeps the process alive.
 */
export class Detector {
  readonly #settings: DetectorSettings
  readonly #listeners = new Set<(state: ModelState) => void>()
  #model: Model | undefined
  #last: Promise<unknown> = Promise.resolve()
  #waiting = 0
  #idle: NodeJS.Timeout | undefined

  constructor(settings: DetectorSettings) {
    this.#settings = settings
  }

  /** Tells the listener what becomes of the model, until what is given back is called. */
  listen(listener: (state: ModelState) => void): () => void {
    // A listener that is given twice is told twice.
    const own = (state: ModelState) => listener(state)
    this.#listeners.add(own)
    return () => this.#listeners.delete(own)
  }

  /** Starts loading the model. If that fails, the next `see` throws. */
  warm(): void {
    clearTimeout(this.#idle)
    this.#model ??= this.#load()
    if (this.#waiting === 0) this.#letGoLater()
  }

  /** @throws DetectorError */
  async see(bytes: Uint8Array): Promise<Seen> {
    if (this.#waiting >= MOST_WAITING) {
      throw new DetectorError('DETECTOR_BUSY', `${MOST_WAITING} photos are waiting already. Try again later.`)
    }
    this.#waiting += 1
    clearTimeout(this.#idle)
    const seen = this.#last.then(() => this.#see(bytes))
    this.#last = seen.catch(() => {}).finally(() => this.#rest())
    return seen
  }

  /** Lets go of the model when all photos that were given are done. */
  async close(): Promise<void> {
    await this.#last
    clearTimeout(this.#idle)
    await this.#release()
  }

  #rest(): void {
    this.#waiting -= 1
    if (this.#waiting === 0) this.#letGoLater()
  }

  #letGoLater(): void {
    this.#model?.unref()
    this.#idle = setTimeout(() => void this.#release(), this.#settings.idleMs).unref()
  }

  async #see(bytes: Uint8Array): Promise<Seen> {
    const near = await this.#detect(bytes)
    if (near.kind === 'unreadable' || !mayBeBird(near.scores)) return near
    const far = await this.#detect(bytes, { hasMargin: true })
    return far.kind === 'unreadable' ? far : { ...near, fromAfar: far.scores }
  }

  async #detect(bytes: Uint8Array, how?: { readonly hasMargin: boolean }): Promise<Seen> {
    const decoded = await decodePhoto(bytes, this.#settings.timeoutMs, how)
    if (decoded.kind === 'unreadable') return decoded
    try {
      return await this.#ask(decoded.pixels)
    } catch (error) {
      if (!(error instanceof DetectorError && error.code === 'DETECTOR_DIED')) throw error
      return await this.#ask(decoded.pixels)
    }
  }

  async #ask(pixels: Uint8Array): Promise<Seen> {
    const { timeoutMs } = this.#settings
    this.#model ??= this.#load()
    const model = this.#model
    let timer: NodeJS.Timeout | undefined
    const timeout = new Promise<never>((_, reject) => {
      const message = `The model gave no answer within ${timeoutMs} ms.`
      timer = setTimeout(() => reject(new DetectorError('DETECTOR_TIMEOUT', message)), timeoutMs)
    })
    try {
      return { kind: 'scores', scores: await Promise.race([model.scoresOf(pixels), timeout]) }
    } catch (error) {
      await this.#release()
      throw error
    } finally {
      clearTimeout(timer)
    }
  }

  #load(): Model {
    this.#tell('loading')
    const model = new Model(this.#settings, () => this.#tell('ready'))
    void model.ended.then(() => {
      if (this.#model === model) this.#model = undefined
      this.#tell('released')
    })
    return model
  }

  async #release(): Promise<void> {
    const model = this.#model
    this.#model = undefined
    await model?.end()
  }

  #tell(state: ModelState): void {
    for (const listener of this.#listeners) {
      try {
        listener(state)
      } catch {
        // Progress that cannot be shown is no reason to look at no photo.
      }
    }
  }
}

/** One life of the thread. */
class Model {
  /** When the thread is gone, whatever the reason. */
  readonly ended: Promise<void>
  readonly #worker: Worker
  readonly #ready: Promise<void>
  #fault: unknown
  #isGone = false

  constructor({ worker, folder }: DetectorSettings, onReady: () => void) {
    this.#worker = new Worker(worker, { workerData: { folder } })
    this.#worker.on('error', (error) => {
      this.#fault = error
    })
    this.ended = new Promise((resolve) =>
      this.#worker.once('exit', () => {
        this.#isGone = true
        resolve()
      }),
    )
    this.#ready = this.#next().then((said) => {
      if (said.kind === 'failed') throw new DetectorError(said.code, said.message, { cause: said.cause })
      onReady()
    })
    this.#ready.catch(() => {})
  }

  async scoresOf(pixels: Uint8Array): Promise<ArrayLike<number>> {
    this.#worker.ref()
    await this.#ready
    this.#worker.postMessage(pixels)
    const said = await this.#next()
    if (said.kind !== 'scores') throw new Error(`The worker said ${said.kind} where it was to give scores.`)
    return said.scores
  }

  unref(): void {
    this.#worker.unref()
  }

  async end(): Promise<void> {
    await this.#worker.terminate()
    await this.ended
  }

  /** What the thread says next. It is asked one thing at a time. */
  #next(): Promise<Said> {
    return new Promise((resolve, reject) => {
      const settle = () => {
        this.#worker.off('message', onMessage)
        this.#worker.off('exit', onExit)
      }
      const onMessage = (said: Said) => {
        settle()
        resolve(said)
      }
      const onExit = () => {
        settle()
        const message = 'The thread that runs the model ended while it was looking at a photo.'
        reject(new DetectorError('DETECTOR_DIED', message, { cause: this.#fault }))
      }
      this.#worker.on('message', onMessage)
      this.#worker.on('exit', onExit)
      if (this.#isGone) onExit()
    })
  }
}
