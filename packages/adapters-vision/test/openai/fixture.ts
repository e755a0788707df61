import { photoSize } from '@hexbird/core/adapter'
import {
  answer,
  type Received,
  type Script,
  type ScriptedServer,
  startScripted,
} from '@hexbird/testkit/scripted-server'
import sharp from 'sharp'
import { OpenAiImageLabeler, type OpenAiImageLabelerOptions } from '../../src/openai/index.js'
import { completions } from './servers.js'

export const KEY = 'photos/1/2/0'
export const ASKED = { max: 5, minConfidence: 80 }
export const API_KEY = 'sk-a-key-that-nobody-sees'

export const photoOf = (width: number, height = 80): Promise<Buffer> =>
  sharp({ create: { width, height, channels: 3, background: '#7aa' } })
    .png()
    .toBuffer()

const open: { close(): unknown }[] = []
export async function closeAll(): Promise<void> {
  for (const one of open.splice(0)) await one.close()
}

export interface Scripted {
  readonly server: ScriptedServer
  readonly labeler: OpenAiImageLabeler
  /** The milliseconds of each wait; none takes any time. */
  readonly waits: readonly number[]
  readonly labels: (asked?: { max: number; minConfidence: number }) => Promise<readonly unknown[]>
}

/** A labeler and one stored photo, over a server that answers what it is told to. */
export async function scripted(
  scripts: Script | readonly Script[],
  options: Partial<OpenAiImageLabelerOptions> = {},
): Promise<Scripted> {
  const server = await startScripted(...(Array.isArray(scripts) ? scripts : [scripts as Script]))
  open.push(server)
  const waits: number[] = []
  const bytes = await photoOf(90)
  const labeler = new OpenAiImageLabeler({
    photos: { get: async (key) => (key === KEY ? { bytes, type: 'image/png' } : undefined) },
    baseUrl: `http://127.0.0.1:${server.port}/v1`,
    model: 'qwen2.5vl:3b',
    apiKey: API_KEY,
    random: () => 0.5,
    wait: async (milliseconds) => void waits.push(milliseconds),
    ...options,
  })
  const labels = async (asked = ASKED) => {
    const result = await labeler.label(KEY, asked)
    if (result.kind === 'unreadable') throw new Error(result.detail)
    return result.labels
  }
  return { server, labeler, waits, labels }
}

export const says = (content: unknown): Script => answer(200, completions.ollama(JSON.stringify(content)))
export const DOG = { labels: [{ name: 'Dog', confidence: 99, kinds: ['Mammal', 'Animal'] }] }
export const DOG_LABELS = [{ name: 'Dog', confidence: 99, parents: ['Mammal', 'Animal'] }]

interface SentRequest {
  readonly model: string
  readonly messages: readonly { readonly role: string; readonly content: unknown }[]
  readonly response_format?: { readonly type: string; readonly json_schema?: { readonly schema: object } }
  readonly [field: string]: unknown
}

export const bodyOf = (request: Received | undefined): SentRequest => JSON.parse(request?.body ?? '')

/** The photo in a request. */
export function photoIn(request: Received | undefined): Buffer {
  const [, base64 = ''] = /data:image\/jpeg;base64,([^"]+)"/.exec(request?.body ?? '') ?? []
  return Buffer.from(base64, 'base64')
}

export const sizeIn = (request: Received | undefined) => photoSize(photoIn(request))
