import type { ImageLabeler, LabelOptions, LabelResult } from '@hexbird/core'
import type { BlobStore } from '@hexbird/core/adapter'
import { ChatServer, type Wait } from './chat-server.js'
import { invalid } from './errors.js'
import { labelQuestion, type Vocabulary, vocabularyOf } from './labels.js'
import { dataUrlOf } from './photo.js'
import type { Unreadable } from './question.js'
import { sentenceQuestion } from './sentence.js'
import { checkKey, checkWhole, endpointUnder } from './settings.js'

/** Which server an `OpenAiImageLabeler` asks, and how. */
export interface OpenAiImageLabelerOptions {
  /** Where the stored photos are. */
  readonly photos: Pick<BlobStore, 'get'>
  /** What stands before `/chat/completions`: `http://127.0.0.1:11434/v1` for Ollama on this machine. */
  readonly baseUrl: string
  /** A model that sees, by the server's name for it. */
  readonly model: string
  /** Sent as a Bearer token. Local servers need none. */
  readonly apiKey?: string
  /** Plain HTTP to other machines than this one, where others could read along. Default: false. */
  readonly allowPlainHttp?: boolean
  /** The only names that a label may have, at most 250. Default: whatever the model calls it. */
  readonly names?: readonly string[]
  /** Milliseconds for one photo with all retries, at most 300,000. Default: 60,000. */
  readonly timeoutMs?: number
  /** How often more one photo is tried after 408, 429, 5xx or a cut connection, at most 10. Default: 3. */
  readonly retries?: number
  /** The longest side of a photo that is sent, in pixels; larger photos are scaled down. Default: 1024. */
  readonly maxPixels?: number
  /** The most tokens of one answer; those that a model thinks count too. Default: 1024. */
  readonly maxTokens?: number
  /** Default: Node's own. */
  readonly fetch?: typeof fetch
  /** From 0 to 1, for the jitter of retries. Default: `Math.random`. */
  readonly random?: () => number
  /** Epoch milliseconds. Default: `Date.now`. */
  readonly now?: () => number
  /** Default: a timer. */
  readonly wait?: Wait
}

/** How a photo is described. */
export interface DescribeOptions {
  /** BCP 47. Default: `en`. */
  readonly language?: string
  /** In characters; what is longer is cut between words. Default: 200. */
  readonly maxLength?: number
  readonly signal?: AbortSignal
}

/** One sentence about a photo, or why there is none. */
export type Description = { readonly kind: 'sentence'; readonly sentence: string } | Unreadable

/**
 * Labels from a vision model on any server that speaks OpenAI's protocol for chat completions: Ollama, llama.cpp, vLLM,
 * LM Studio or a hosted one. What a photo or a model says never leaves the shape of labels: names of letters, digits,
 * spaces and hyphens. Without `names` it may still be a false name.
 *
 * @throws VisionServerError `VISION_INPUT_INVALID` from the constructor for a wrong option
 * @see https://platform.openai.com/docs/api-reference/chat/create
 */
export class OpenAiImageLabeler implements ImageLabeler {
  readonly #photos: Pick<BlobStore, 'get'>
  readonly #server: ChatServer
  readonly #vocabulary: Vocabulary | undefined
  readonly #maxPixels: number

  constructor(options: OpenAiImageLabelerOptions) {
    const { photos, baseUrl, model, apiKey, allowPlainHttp = false, names, maxPixels = 1024, ...rest } = options
    const { timeoutMs = 60_000, retries = 3, maxTokens = 1024, ...outside } = rest
    if (model.trim() === '') throw invalid('The model needs a name, such as qwen2.5vl:3b.')
    checkKey(apiKey)
    checkWhole('timeoutMs', timeoutMs, 1, 300_000)
    checkWhole('retries', retries, 0, 10)
    checkWhole('maxPixels', maxPixels, 64, 10_000)
    checkWhole('maxTokens', maxTokens, 64, 100_000)
    const endpoint = endpointUnder(baseUrl, allowPlainHttp)
    this.#photos = photos
    this.#server = new ChatServer({ ...outside, endpoint, apiKey, model, timeoutMs, retries, maxTokens })
    this.#vocabulary = names && vocabularyOf(names)
    this.#maxPixels = maxPixels
  }

  /** @throws VisionServerError if the server could not be asked or its answers make no sense */
  async label(blobKey: string, options: LabelOptions & { readonly signal?: AbortSignal }): Promise<LabelResult> {
    checkWhole('max', options.max, 1, 100)
    if (!(options.minConfidence >= 0 && options.minConfidence <= 100)) {
      throw invalid(`A confidence is 0 to 100, and this is not: ${options.minConfidence}`)
    }
    const blob = await this.#photos.get(blobKey)
    if (!blob) return { kind: 'unreadable', detail: `there is no photo under ${blobKey}` }
    const photo = await dataUrlOf(blob.bytes, this.#maxPixels)
    if (typeof photo !== 'string') return photo
    const asked = await this.#server.ask(photo, labelQuestion(options, this.#vocabulary), options.signal)
    return asked.kind === 'answered' ? { kind: 'labels', labels: asked.answer } : asked
  }

  /**
   * One sentence about a photo, on one line and without invisible characters. It is the model's text: before it is
   * posted, make it safe as any text from outside.
   *
   * @throws VisionServerError as `label`
   */
  async describe(photo: { readonly bytes: Uint8Array }, options: DescribeOptions = {}): Promise<Description> {
    const { language = 'en', maxLength = 200, signal } = options
    checkWhole('maxLength', maxLength, 20, 2000)
    if (!/^[A-Za-z0-9-]{2,35}$/.test(language)) throw invalid('The language must be a tag such as "en" or "pt-BR".')
    const url = await dataUrlOf(photo.bytes, this.#maxPixels)
    if (typeof url !== 'string') return url
    const asked = await this.#server.ask(url, sentenceQuestion(maxLength, language), signal)
    return asked.kind === 'answered' ? { kind: 'sentence', sentence: asked.answer } : asked
  }
}
