import { readFileSync } from 'node:fs'
import { DetectorImageLabeler } from '@hexbird/adapters-vision/detector'
import type { Tensor } from '@tensorflow/tfjs-core'
import autocannon from 'autocannon'
import sharp from 'sharp'
import { requestsWith, type Sample, sampleDeliveries } from '../deliveries.js'
import { inTurn, median, ratioOf, timed } from '../pairs.js'
import { startServer } from '../processes.js'
import type { Bench, Row } from '../row.js'

const MOST_OF_BARE = 1.25
const MOST_OF_IDLE = 3
const SIDE = 300
/** 10,000 in the least number of rounds. */
const REQUESTS = 1500
const RATE = 500
const CONNECTIONS = 10

/** Compares the labeler with decoding and the model alone, and measures how labeling slows the webhook. */
export async function detector(bench: Bench): Promise<readonly Row[]> {
  return [await ofOnePhoto(bench), await ofWebhook(bench)]
}

async function ofOnePhoto({ root, rounds, say }: Bench): Promise<Row> {
  const bytes = readFileSync(new URL('packages/local-x/samples/dog.jpg', root))
  const labeler = new DetectorImageLabeler({ get: async () => ({ bytes, type: 'image/jpeg' }) })
  const model = await bareModel(new URL('packages/adapters-vision/model/', root))
  const times = await inTurn(
    {
      ours: timed(() => labeler.label('photos/1/2/0', { max: 5, minConfidence: 85 })),
      bare: timed(async () => model(await sharp(bytes).resize(SIDE, SIDE, { fit: 'fill' }).raw().toBuffer())),
    },
    2 * rounds,
  )
  await labeler.close()
  say(
    `Detector: ${median(times.ours).toFixed(0)} ms a photo, its decoding and the model ${median(times.bare).toFixed(0)} ms`,
  )
  return {
    row: 'a photo labeled by the detector',
    against: 'its decoding and the model alone, in the same process',
    ...ratioOf(times.ours, times.bare),
    limit: MOST_OF_BARE,
    better: 'lower',
  }
}

async function bareModel(folder: URL) {
  const tf = await import('@tensorflow/tfjs-core')
  const { loadGraphModel } = await import('@tensorflow/tfjs-converter')
  await import('@tensorflow/tfjs-backend-wasm')
  tf.env().set('WASM_HAS_MULTITHREAD_SUPPORT', false)
  await tf.setBackend('wasm')
  const { modelTopology, weightsManifest } = JSON.parse(readFileSync(new URL('model.json', folder), 'utf8'))
  const weightData = new Uint8Array(readFileSync(new URL('weights.bin', folder))).buffer
  const artifacts = { modelTopology, weightSpecs: weightsManifest[0].weights, weightData }
  const model = await loadGraphModel({ load: async () => artifacts })
  return (pixels: Uint8Array) =>
    tf.tidy(() => {
      const image = tf.sub(tf.mul(tf.tensor4d(Float32Array.from(pixels), [1, SIDE, SIDE, 3]), 2 / 255), 1)
      return tf.max(model.execute(image) as Tensor, 1).dataSync()
    })
}

/** The same process answers deliveries, alternately with and without constant labeling. */
async function ofWebhook({ root, rounds, say }: Bench): Promise<Row> {
  const samples = await sampleDeliveries(root)
  const { child, url } = await startServer('webhookBesideDetector')
  const measured = async (labels: boolean) => {
    child.send({ labels })
    await new Promise((resolve) => child.once('message', resolve))
    return await p99(url, samples)
  }
  try {
    const times = await inTurn({ busy: () => measured(true), idle: () => measured(false) }, rounds)
    say(
      `Webhook: p99 of ${median(times.busy).toFixed(1)} ms beside labeling, ${median(times.idle).toFixed(1)} ms alone`,
    )
    return {
      row: 'p99 of deliveries over HTTP while the process labels photos',
      against: 'p99 while it labels none',
      ...ratioOf(times.busy, times.idle),
      limit: MOST_OF_IDLE,
      better: 'lower',
    }
  } finally {
    child.kill()
  }
}

async function p99(url: string, samples: readonly Sample[]): Promise<number> {
  const requests = requestsWith(samples)
  const times: number[] = []
  const run = autocannon({ url, connections: CONNECTIONS, overallRate: RATE, amount: REQUESTS, requests })
  run.on('response', (_client, _status, _bytes, ms) => times.push(ms))
  const { errors, timeouts, non2xx } = await run
  if (errors + timeouts + non2xx > 0) throw new Error(`A delivery to ${url} was not taken.`)
  return times.sort((a, b) => a - b)[Math.floor(times.length * 0.99)] ?? Number.NaN
}
