import type { Question } from './chat-server.js'
import { isModelMissing, isWithoutEyes, type Refused, wordsOf } from './trouble.js'

/** How a request is written. Servers that share the protocol differ in what they know of it. */
export interface Dialect {
  readonly format: 'json_schema' | 'json_object' | 'text'
  readonly limit: 'max_tokens' | 'max_completion_tokens'
  readonly temperature: boolean
  /** Whether the instructions are a message of their own. */
  readonly system: boolean
}

/** What Ollama, llama.cpp, vLLM, LM Studio and OpenAI's older models understand. */
export const STRICTEST: Dialect = { format: 'json_schema', limit: 'max_tokens', temperature: true, system: true }

const WRONG_REQUEST = [400, 415, 422, 500, 501]

/**
 * The dialect to try after a refusal, if there is one. Some servers say what they do not know: OpenAI's reasoning models
 * know neither `max_tokens` nor a temperature, some chat templates no system message. Otherwise it is the format, as
 * LM Studio knows no `json_object` and older servers no schema.
 *
 * @see https://platform.openai.com/docs/guides/reasoning
 * @see https://github.com/lmstudio-ai/lmstudio-bug-tracker/issues/189
 */
export function nextDialect(dialect: Dialect, refused: Refused): Dialect | undefined {
  if (!WRONG_REQUEST.includes(refused.status) || isWithoutEyes(refused) || isModelMissing(refused)) return undefined
  const words = wordsOf(refused)
  if (dialect.limit === 'max_tokens' && /max_completion_tokens/.test(words)) {
    return { ...dialect, limit: 'max_completion_tokens' }
  }
  if (dialect.temperature && /temperature/i.test(words)) return { ...dialect, temperature: false }
  if (dialect.system && /system (?:role|message)/i.test(words)) return { ...dialect, system: false }
  if (refused.status >= 500 && !/response_format|json_schema|json_object|grammar/i.test(words)) return undefined
  if (dialect.format === 'json_schema') return { ...dialect, format: 'json_object' }
  return dialect.format === 'json_object' ? { ...dialect, format: 'text' } : undefined
}

interface Asking {
  readonly model: string
  readonly maxTokens: number
  /** A data URL. */
  readonly photo: string
  readonly question: Pick<Question<unknown>, 'instructions' | 'request' | 'schema'>
  /** The last answer had another shape. */
  readonly again: boolean
}

const AGAIN = ' Your last answer was not the JSON object that was asked for. Answer with that object and nothing else.'

/** A request for one completion, as JSON. */
export function requestBody(dialect: Dialect, { model, maxTokens, photo, question, again }: Asking): string {
  const { instructions, schema } = question
  const request = `${question.request}${again ? AGAIN : ''}`
  const content = [
    { type: 'text', text: dialect.system ? request : `${instructions}\n\n${request}` },
    { type: 'image_url', image_url: { url: photo } },
  ]
  return JSON.stringify({
    model,
    messages: [...(dialect.system ? [{ role: 'system', content: instructions }] : []), { role: 'user', content }],
    stream: false,
    [dialect.limit]: maxTokens,
    ...(dialect.temperature && { temperature: 0 }),
    ...(dialect.format === 'json_schema' && {
      response_format: { type: 'json_schema', json_schema: { ...schema, strict: true } },
    }),
    ...(dialect.format === 'json_object' && { response_format: { type: 'json_object' } }),
  })
}
