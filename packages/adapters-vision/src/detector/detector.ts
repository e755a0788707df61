import { type ChildProcess, fork } from 'node:child_process'
import { DetectorError } from './errors.js'
import type { Seen } from './look.js'
import { looksLikePhoto, NO_PHOTO } from './looks-like-photo.js'
import type { Said } from './model-process.js'

/** How a model is run. Labelers that say the same share one. */
export interface DetectorSettings {
  /** The folder with the model's files. */
  readonly folder: string
  /** The program of the process that runs the model. */
  readonly program: string
  readonly idleMs: number
  readonly timeoutMs: number
}

/** What becomes of a model: it is being loaded, it is ready, it was let go. */
export type ModelState = 'loading' | 'ready' | 'released'

/** What a process needs to start. Secrets of the bot are none of its business. */
const ENVIRONMENT = ['LD_LIBRARY_PATH', 'PATH', 'SystemRoot', 'TEMP', 'TMPDIR']

const MOST_WAITING = 100

/**
 * A model in a process of its own, which decodes the photos too: loaded for the first photo, let go after a time without
 * any, loaded again when it has died. Photos are looked at one after the other. While there are none, neither process nor
 * timer keeps this process alive.
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
    if (!looksLikePhoto(bytes)) return NO_PHOTO
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
    try {
      return await this.#ask(bytes)
    } catch (error) {
      if (!(error instanceof DetectorError && error.code === 'DETECTOR_DIED')) throw error
      return await this.#ask(bytes)
    }
  }

  async #ask(bytes: Uint8Array): Promise<Seen> {
    const { timeoutMs } = this.#settings
    this.#model ??= this.#load()
    const model = this.#model
    let timer: NodeJS.Timeout | undefined
    const timeout = new Promise<never>((_, reject) => {
      const message = `The model gave no answer within ${timeoutMs} ms.`
      timer = setTimeout(() => reject(new DetectorError('DETECTOR_TIMEOUT', message)), timeoutMs)
    })
    try {
      return await Promise.race([model.see(bytes), timeout])
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

/** One life of the process. */
class Model {
  /** When the process is gone, whatever the reason. */
  readonly ended: Promise<void>
  readonly #process: ChildProcess
  readonly #ready: Promise<void>
  #fault: Error | undefined
  #asked: { readonly resolve: (said: Said) => void; readonly reject: (error: Error) => void } | undefined

  constructor({ program, folder }: DetectorSettings, onReady: () => void) {
    const env = Object.fromEntries(ENVIRONMENT.map((name) => [name, process.env[name]]))
    this.#process = fork(program, [folder], { env, execArgv: [], serialization: 'advanced' })
    this.#process.on('message', (said: Said) => this.#asked?.resolve(said))
    this.ended = new Promise((resolve) => {
      const end = (fault: Error) => {
        this.#fault ??= fault
        this.#asked?.reject(this.#death(this.#fault))
        resolve()
      }
      this.#process.once('exit', (code, signal) => end(new Error(`It ended with ${signal ?? `code ${code}`}.`)))
      // It could not be started, or was gone when it was sent a photo.
      this.#process.on('error', end)
    })
    this.#ready = this.#next().then((said) => {
      if (said.kind === 'failed') throw new DetectorError(said.code, said.message, { cause: said.cause })
      onReady()
    })
    this.#ready.catch(() => {})
  }

  async see(bytes: Uint8Array): Promise<Seen> {
    this.#process.ref()
    this.#process.channel?.ref()
    await this.#ready
    this.#process.send(bytes)
    const said = await this.#next()
    if (said.kind === 'scores' || said.kind === 'unreadable') return said
    throw new Error(`The process of the model said ${said.kind} where it was to say what it sees.`)
  }

  unref(): void {
    this.#process.unref()
    this.#process.channel?.unref()
  }

  async end(): Promise<void> {
    // Whoever waits for the end must not end before.
    this.#process.ref()
    this.#process.kill('SIGKILL')
    await this.ended
  }

  /** What the process says next. It is asked one thing at a time. */
  #next(): Promise<Said> {
    if (this.#fault) throw this.#death(this.#fault)
    return new Promise((resolve, reject) => {
      this.#asked = { resolve, reject }
    })
  }

  #death(cause: Error): DetectorError {
    return new DetectorError('DETECTOR_DIED', 'The process of the model ended while it looked at a photo.', { cause })
  }
}
