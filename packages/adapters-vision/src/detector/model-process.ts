// The process that decodes photos and runs the model. Once loaded it says so, and then what it sees on each photo it is sent.
import { createHash } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { Tensor } from '@tensorflow/tfjs-core'
import type { DetectorErrorCode } from './errors.js'
import type { Seen } from './look.js'
import { MODEL_SUMS, SIDE } from './model.js'

/** What the process says. */
export type Said =
  | { readonly kind: 'ready' }
  | Seen
  | { readonly kind: 'failed'; readonly code: DetectorErrorCode; readonly message: string; readonly cause?: unknown }

// Nobody is left to hear what cannot be sent.
const say = (said: Said) => void process.send?.(said, () => {})

class ModelFault extends Error {}

// Ctrl+C and systemd reach every process. This one ends with the one that started it, which may still need an answer.
for (const signal of ['SIGINT', 'SIGTERM']) process.on(signal, () => {})
process.on('disconnect', () => process.exit())

try {
  const [folder = ''] = process.argv.slice(2)
  const [files, tensorFlow, { look }] = await Promise.all([modelIn(folder), loadTensorFlow(), import('./look.js')])
  const scoresOf = await load(files, tensorFlow)
  // The first run is slow, whatever it looks at.
  scoresOf(new Uint8Array(SIDE * SIDE * 3))
  process.on('message', (bytes: Uint8Array) => void look(bytes, scoresOf).then(say))
  say({ kind: 'ready' })
} catch (cause) {
  // It stays until it is ended, so that this is heard.
  process.on('message', () => {})
  if (cause instanceof ModelFault) say({ kind: 'failed', code: 'DETECTOR_MODEL_INVALID', message: cause.message })
  else {
    const message = 'TensorFlow.js or sharp could not be loaded. Install @hexbird/adapters-vision again.'
    say({ kind: 'failed', code: 'DETECTOR_UNAVAILABLE', message, cause })
  }
}

/** The files of the model, if they are those that this version was built with. */
async function modelIn(folder: string): Promise<{ readonly graph: Buffer; readonly weights: Buffer }> {
  const [graph, weights] = await Promise.all([checked('model.json'), checked('weights.bin')])
  return { graph, weights }

  async function checked(name: keyof typeof MODEL_SUMS): Promise<Buffer> {
    const path = join(folder, name)
    const bytes = await readFile(path).catch((error: unknown) => {
      throw new ModelFault(`The model cannot be read (${error}). Install @hexbird/adapters-vision again.`)
    })
    if (createHash('sha256').update(bytes).digest('hex') === MODEL_SUMS[name]) return bytes
    throw new ModelFault(`${path} has been changed since it was built. Install @hexbird/adapters-vision again.`)
  }
}

async function loadTensorFlow() {
  const tf = await import('@tensorflow/tfjs-core')
  const { loadGraphModel } = await import('@tensorflow/tfjs-converter')
  await import('@tensorflow/tfjs-backend-wasm')
  // Threads of its own would take the processor from the rest of the program, and are hardly faster for a model this small.
  tf.env().set('WASM_HAS_MULTITHREAD_SUPPORT', false)
  await tf.setBackend('wasm')
  return { tf, loadGraphModel }
}

async function load(
  { graph, weights }: { readonly graph: Buffer; readonly weights: Buffer },
  { tf, loadGraphModel }: Awaited<ReturnType<typeof loadTensorFlow>>,
) {
  const { modelTopology, weightsManifest } = JSON.parse(graph.toString())
  const weightData = weights.buffer.slice(weights.byteOffset, weights.byteOffset + weights.length) as ArrayBuffer
  const artifacts = { modelTopology, weightSpecs: weightsManifest[0].weights, weightData }
  const model = await loadGraphModel({ load: async () => artifacts })
  return (pixels: Uint8Array) =>
    tf.tidy(() => {
      const image = tf.tensor4d(Float32Array.from(pixels), [1, SIDE, SIDE, 3])
      const places = model.execute(tf.sub(tf.mul(image, 2 / 255), 1)) as Tensor
      return tf.max(places, 1).dataSync<'float32'>()
    })
}
