/** What a completion says: texts to look for JSON in, the likeliest first. */
export interface Completion {
  readonly texts: readonly string[]
  /** The model was stopped by its limit of tokens. */
  readonly cutOff: boolean
  /** The model, or a filter of the server, declines to speak of the photo. */
  readonly declined: boolean
}

/**
 * Reads a chat completion; `undefined` if it is none. Reasoning is looked at only if there is no content: vLLM and LM
 * Studio put the JSON there for some models.
 *
 * @see https://platform.openai.com/docs/api-reference/chat/object
 * @see https://github.com/vllm-project/vllm/issues/16182
 * @see https://github.com/lmstudio-ai/lmstudio-bug-tracker/issues/1684
 */
export function readCompletion(body: unknown): Completion | undefined {
  const choice = isRecord(body) && Array.isArray(body.choices) ? body.choices[0] : undefined
  if (!isRecord(choice) || !isRecord(choice.message)) return undefined
  const { content, refusal, reasoning_content: thoughts, reasoning } = choice.message
  const said = textOf(content)
  return {
    texts: said === '' ? [textOf(thoughts), textOf(reasoning)].filter((text) => text !== '') : [said],
    cutOff: choice.finish_reason === 'length',
    declined: choice.finish_reason === 'content_filter' || textOf(refusal) !== '',
  }
}

/** Some servers answer with parts, as requests have them. */
function textOf(content: unknown): string {
  if (typeof content === 'string') return content.trim()
  if (!Array.isArray(content)) return ''
  return content
    .map((part) => (isRecord(part) && typeof part.text === 'string' ? part.text : ''))
    .join('')
    .trim()
}

const THOUGHTS = /^.*(?:<\/think(?:ing)?>|\[\/THINK\])/s

/** The JSON in what a model said: all of it, or what stands behind its thoughts, in a fence or among other words. */
export function jsonIn(text: string): unknown {
  const said = text.replace(THOUGHTS, '')
  const [first, second] = said.search(/[{[]/) === said.indexOf('[') ? [LIST, OBJECT] : [OBJECT, LIST]
  return parseJson(said) ?? parseJson(between(said, first)) ?? parseJson(between(said, second))
}

const OBJECT = ['{', '}'] as const
const LIST = ['[', ']'] as const

const between = (text: string, [first, last]: readonly [string, string]) =>
  text.slice(Math.max(text.indexOf(first), 0), text.lastIndexOf(last) + 1)

/** `undefined` for what is no JSON. */
export function parseJson(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

export const isRecord = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value)
