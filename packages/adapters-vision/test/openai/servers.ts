/* What servers answer, after their documentation and sources. */

const USAGE = { prompt_tokens: 1290, completion_tokens: 42, total_tokens: 1332 }

/** @see https://github.com/ollama/ollama/blob/main/openai/openai.go (ChatCompletion, ToChatCompletion) */
const ollama = (content: string, reasoning?: string) => ({
  id: 'chatcmpl-417',
  object: 'chat.completion',
  created: 1790000000,
  model: 'qwen2.5vl:3b',
  system_fingerprint: 'fp_ollama',
  choices: [
    {
      index: 0,
      message: { role: 'assistant', content, ...(reasoning !== undefined && { reasoning }) },
      finish_reason: 'stop',
    },
  ],
  usage: USAGE,
})

/** @see https://github.com/ggml-org/llama.cpp/blob/master/tools/server/README.md (POST /v1/chat/completions) */
const llamaCpp = (content: string | null, reasoning_content?: string) => ({
  choices: [
    {
      finish_reason: 'stop',
      index: 0,
      message: { role: 'assistant', content, ...(reasoning_content !== undefined && { reasoning_content }) },
    },
  ],
  created: 1790000000,
  model: 'gpt-3.5-turbo',
  system_fingerprint: 'b9554-d403f00ec',
  object: 'chat.completion',
  usage: USAGE,
  id: 'chatcmpl-qC6laQHbZ2CmxNvJ4NoB1L93LcVF7nfe',
  timings: { cache_n: 0, prompt_n: 1290, prompt_ms: 251.51, predicted_n: 42, predicted_ms: 245.288 },
})

/** @see https://github.com/vllm-project/vllm/blob/main/vllm/entrypoints/openai/protocol.py (ChatCompletionResponse) */
const vllm = (content: string | null, reasoning_content: string | null = null) => ({
  id: 'chatcmpl-3f5d1c9c0b3e4b5a8d1f',
  object: 'chat.completion',
  created: 1790000000,
  model: 'Qwen/Qwen2.5-VL-3B-Instruct',
  choices: [
    {
      index: 0,
      message: { role: 'assistant', content, refusal: null, annotations: null, tool_calls: [], reasoning_content },
      logprobs: null,
      finish_reason: 'stop',
      stop_reason: null,
    },
  ],
  service_tier: null,
  usage: { ...USAGE, prompt_tokens_details: null },
  prompt_logprobs: null,
})

/** @see https://platform.openai.com/docs/api-reference/chat/object */
const openAi = (content: string | null, refusal: string | null = null, finish_reason = 'stop') => ({
  id: 'chatcmpl-B9MHDbslfkBeAs8l4bebGdFOJ6PeG',
  object: 'chat.completion',
  created: 1790000000,
  model: 'gpt-4.1-mini-2025-04-14',
  choices: [
    { index: 0, message: { role: 'assistant', content, refusal, annotations: [] }, logprobs: null, finish_reason },
  ],
  usage: { ...USAGE, completion_tokens_details: { reasoning_tokens: 0 } },
  service_tier: 'default',
})

/** @see https://lmstudio.ai/docs/app/api/structured-output */
const lmStudio = (content: string, reasoning_content?: string) => ({
  id: 'chatcmpl-y1sv8c2x',
  object: 'chat.completion',
  created: 1790000000,
  model: 'qwen2.5-vl-7b-instruct',
  choices: [
    {
      index: 0,
      message: { role: 'assistant', content, ...(reasoning_content !== undefined && { reasoning_content }) },
      logprobs: null,
      finish_reason: 'stop',
    },
  ],
  usage: USAGE,
  system_fingerprint: 'qwen2.5-vl-7b-instruct',
})

export const completions = { ollama, llamaCpp, vllm, openAi, lmStudio }

/** @see https://github.com/ollama/ollama/blob/main/openai/openai.go (NewError) */
export const ollamaError = (message: string, type = 'invalid_request_error') => ({
  error: { message, type, param: null, code: null },
})

/** @see https://github.com/ggml-org/llama.cpp/issues/11847 */
export const llamaCppError = (code: number, message: string, type = 'invalid_request_error') => ({
  error: { code, message, type },
})

/** Before 0.10. @see https://github.com/vllm-project/vllm/issues/3485 */
export const vllmError = (code: number, message: string, type = 'BadRequestError') => ({
  object: 'error',
  message,
  type,
  param: null,
  code,
})

/** @see https://platform.openai.com/docs/guides/error-codes */
export const openAiError = (message: string, code: string | null, param: string | null = null) => ({
  error: { message, type: 'invalid_request_error', param, code },
})

/** @see https://github.com/lmstudio-ai/lmstudio-bug-tracker/issues/189 */
export const lmStudioError = (error: string) => ({ error })
