import { types } from 'node:util'
import { type Completion, isRecord, parseJson } from './answer.js'
import { VisionServerError } from './errors.js'

/** The server answered with another status than success. */
export interface Refused {
  readonly kind: 'refused'
  readonly status: number
  readonly headers: Headers
  readonly text: string
}

/** Anything but an answer. */
export type Trouble = Refused | { readonly kind: 'failed'; readonly error: unknown }

/**
 * What servers say of a photo that they cannot read or do not want to see, whatever the status: llama.cpp and LM Studio,
 * vLLM, Ollama, OpenAI, Azure.
 *
 * @see https://github.com/cline/cline/issues/8977
 * @see https://github.com/ollama/ollama/issues/11320
 * @see https://github.com/STranslate/STranslate/issues/277
 */
const UNREADABLE =
  /failed to load image|cannot identify image file|image: unknown format|invalid image input|base64 encoded image|unsupported image|invalid_image|image_parse_error|image_too_large/i
const DECLINED = /content_filter|content_policy_violation/

export const isUnreadable = (refused: Refused): boolean =>
  refused.status >= 400 && (UNREADABLE.test(wordsOf(refused)) || isDeclined(refused))

const isDeclined = (refused: Refused) => DECLINED.test(wordsOf(refused))

/** A model that takes no images. @see https://github.com/ggml-org/llama.cpp/issues/13566 */
export const isWithoutEyes = (refused: Refused): boolean =>
  /not support image|image input is not supported|image_url is only supported|not a multimodal model|content part type: "?image_url/i.test(
    wordsOf(refused).replaceAll('\\', ''),
  )

/** @see https://github.com/vllm-project/vllm/issues/3485 */
export const isModelMissing = (refused: Refused): boolean =>
  /model_not_found|\bmodel\b.*\b(?:not found|does not exist)|invalid model/i.test(wordsOf(refused))

const LONGEST_WORDS = 2000

/** What the server says, for looking at: enough of it for any of the patterns. */
export const wordsOf = (answer: Pick<Refused, 'text'>): string => allWordsOf(answer).slice(0, LONGEST_WORDS)

/** With its codes: of `{error: {…}}`, `{error: "…"}`, vLLM's older `{object: "error", …}` and FastAPI's `{detail}`. */
function allWordsOf({ text }: Pick<Refused, 'text'>): string {
  const body = parseJson(text)
  if (!isRecord(body)) return text
  const { error = body.detail ?? body } = body
  const words = isRecord(error) ? [error.message, error.code, error.param].filter((part) => part != null) : [error]
  try {
    return words.map((part) => (typeof part === 'string' ? part : JSON.stringify(part))).join(' ')
  } catch {
    // Nested too deep to be put into words.
    return text
  }
}

/** Milliseconds that the server asks to wait, 0 if it does not. */
export function retryAfterOf(trouble: Trouble, now: number): number {
  const value = trouble.kind === 'refused' ? trouble.headers.get('retry-after') : null
  if (value === null) return 0
  const milliseconds = /^\d+$/.test(value) ? Number(value) * 1000 : Date.parse(value) - now
  return Math.max(milliseconds || 0, 0)
}

/** Puts into words what went wrong. What the server said is quoted without the API key and without a photo. */
export class ErrorAnswers {
  readonly #endpoint: string
  readonly #apiKey: string | undefined
  readonly #model: string
  readonly #timeoutMs: number

  constructor(options: {
    readonly endpoint: string
    readonly apiKey: string | undefined
    readonly model: string
    readonly timeoutMs: number
  }) {
    this.#endpoint = options.endpoint
    this.#apiKey = options.apiKey
    this.#model = options.model
    this.#timeoutMs = options.timeoutMs
  }

  /** Whether the same request may succeed later. */
  isPassing(trouble: Trouble): boolean {
    if (trouble.kind === 'failed') return true
    const { status } = trouble
    if (isWithoutEyes(trouble) || isModelMissing(trouble) || isOutOfCredits(trouble)) return false
    return status === 408 || status === 429 || status >= 500
  }

  of(trouble: Trouble, retryAfter: number): VisionServerError {
    if (trouble.kind === 'failed') return this.#unreached(trouble.error)
    const { status } = trouble
    const said = `${this.#endpoint} answered ${status}${this.#quoted(trouble)}.`
    if (status < 400) {
      return new VisionServerError(
        'VISION_REDIRECTED',
        `${said} Redirects are not followed: make the final address the base URL.`,
      )
    }
    if (status === 401 || status === 403) {
      return new VisionServerError('VISION_REFUSED', `${said} Check the API key and what it may do.`)
    }
    if (isOutOfCredits(trouble)) {
      return new VisionServerError('VISION_NO_CREDITS', `${said} Add credits to the account, or use another server.`)
    }
    if (isWithoutEyes(trouble)) {
      const todo = 'Choose a model that sees, and with llama.cpp load its mmproj file.'
      return new VisionServerError('VISION_MODEL', `${said} ${this.#modelName()} takes no images. ${todo}`)
    }
    if (isModelMissing(trouble)) {
      const todo = 'Check its name, and load it: with Ollama by "ollama pull".'
      return new VisionServerError('VISION_MODEL', `${said} The server does not have ${this.#modelName()}. ${todo}`)
    }
    if (this.isPassing(trouble)) {
      const seconds = Math.ceil(retryAfter / 1000)
      const when = seconds > 0 ? `in ${seconds} second${seconds === 1 ? '' : 's'}` : 'later'
      return new VisionServerError('VISION_BUSY', `${said} Try again ${when}.`)
    }
    const todo =
      status === 404 || status === 405
        ? 'Check the base URL: it usually ends in /v1.'
        : 'Check the model and its server.'
    return new VisionServerError('VISION_REQUEST_REFUSED', `${said} ${todo}`)
  }

  timeout(cause: unknown): VisionServerError {
    const said = `${this.#endpoint} did not answer within ${this.#timeoutMs} ms.`
    const todo = 'A model that is loaded first takes longer: try again, raise timeoutMs, or choose a smaller model.'
    return new VisionServerError('VISION_TIMEOUT', `${said} ${todo}`, { cause })
  }

  unreadable(refused: Refused): string {
    if (isDeclined(refused)) return 'the vision server declines to look at the photo'
    return `the vision server cannot read it${this.#quoted(refused)}`
  }

  /** Why a successful answer is of no use. */
  faultOf(text: string, completion: Completion | undefined, maxTokens: number): string {
    if (!completion) {
      const said = `${this.#endpoint} answered twice with something else than a chat completion${this.#quoted({ text })}.`
      return `${said} Check the base URL: it usually ends in /v1.`
    }
    if (completion.cutOff) {
      return `${this.#modelName()} was cut off at ${maxTokens} tokens. Raise maxTokens, or choose a model that thinks less.`
    }
    return `${this.#modelName()} answered twice without the JSON that was asked for. Choose a larger model, or one with structured output.`
  }

  #unreached(error: unknown): VisionServerError {
    const { cause = error } = types.isNativeError(error) ? error : {}
    const code = types.isNativeError(cause) && 'code' in cause ? ` (${String(cause.code)})` : ''
    const message = `${this.#endpoint} was not reached, or the connection was cut${code}. Is the server running there?`
    return new VisionServerError('VISION_UNREACHABLE', message, { cause: error })
  }

  #modelName() {
    return `The model ${JSON.stringify(this.#model)}`
  }

  #quoted(answer: Pick<Refused, 'text'>): string {
    const words = this.#clean(allWordsOf(answer))
    return words === '' ? '' : `: ${JSON.stringify(words)}`
  }

  #clean(words: string): string {
    const key = this.#apiKey
    const secrets = key === undefined ? [] : [key, encodeURIComponent(key), JSON.stringify(key).slice(1, -1)]
    return secrets
      .reduce((rest, secret) => rest.replaceAll(secret, '[removed]'), words)
      .replace(/data:image\S*|[\w+/=-]{60,}/g, '[removed]')
      .replace(/[\s\p{C}]+/gu, ' ')
      .trim()
      .slice(0, LONGEST_QUOTE)
  }
}

const LONGEST_QUOTE = 200

const isOutOfCredits = (refused: Refused) => refused.status === 402 || /insufficient_quota/.test(wordsOf(refused))
