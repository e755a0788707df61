import { expect, test } from '@jest/globals'
import sharp from 'sharp'
import { Detector, type ModelState } from '../../src/detector/detector.js'
import { stopSign } from './drawn.js'

const photo = await stopSign.clone().jpeg().toBuffer()

/** A program for the thread, which is given `port`. What it knows of earlier lives is in `lives`, shared memory. */
function detector(program: string, times: { readonly idleMs?: number; readonly timeoutMs?: number } = {}) {
  const lives = new Int32Array(new SharedArrayBuffer(4))
  const states: ModelState[] = []
  const code = `import { parentPort as port, workerData } from 'node:worker_threads'
    const life = Atomics.add(workerData.folder, 0, 1)
    const scores = () => port.postMessage({ kind: 'scores', scores: Float32Array.of(0, 0.9) })
    ${program}`
  const made = new Detector({
    worker: new URL(`data:text/javascript,${encodeURIComponent(code)}`),
    // Whatever this is, the thread is given it.
    folder: lives as unknown as string,
    idleMs: times.idleMs ?? 60_000,
    timeoutMs: times.timeoutMs ?? 60_000,
  })
  made.listen((state) => states.push(state))
  const reached = (wanted: ModelState, count = 1) =>
    new Promise<void>((resolve) => {
      const look = () => {
        if (states.filter((state) => state === wanted).length >= count) resolve()
      }
      look()
      made.listen(() => setImmediate(look))
    })
  return { detector: made, states, reached, lives: () => Atomics.load(lives, 0) }
}

const READY = "port.postMessage({ kind: 'ready' })"
const DIES_ONCE = 'if (life === 0) process.exit(3)'
const score = async (seen: ReturnType<Detector['see']>) => {
  const result = await seen
  return result.kind === 'scores' ? result.scores[1] : result
}

test('a thread that dies during a photo is started again, and the photo is looked at', async () => {
  const { detector: made, states, lives } = detector(`port.on('message', () => { ${DIES_ONCE}; scores() }); ${READY}`)
  expect(await score(made.see(photo))).toBeCloseTo(0.9)
  expect(lives()).toBe(2)
  expect(states).toEqual(['loading', 'ready', 'released', 'loading', 'ready'])
  await made.close()
})

test('what may be a bird is looked at again with a margin, and nothing else is', async () => {
  const tells = (bird: number) =>
    `port.on('message', (pixels) => {
      const scores = new Float32Array(91)
      scores[16] = ${bird}
      scores[1] = pixels[0] === 255 && pixels[1] === 255 && pixels[2] === 255 ? 0.1 : 0.9
      port.postMessage({ kind: 'scores', scores })
    }); ${READY}`
  const black = await sharp({ create: { width: 90, height: 90, channels: 3, background: '#000' } })
    .png()
    .toBuffer()
  const [doubtful, certain] = [detector(tells(0.8)).detector, detector(tells(0.96)).detector]
  const seen = await doubtful.see(black)
  expect(seen.kind === 'scores' && [seen.scores[1], seen.fromAfar?.[1]].map((one) => one?.toFixed(1))).toEqual([
    '0.9',
    '0.1',
  ])
  expect(await certain.see(black)).not.toHaveProperty('fromAfar')
  await Promise.all([doubtful.close(), certain.close()])
})

test('a model that was warmed is there for the first photo, and is let go where none comes', async () => {
  const { detector: made, states, reached } = detector(`port.on('message', scores); ${READY}`, { idleMs: 1 })
  made.warm()
  await reached('released')
  expect([states.at(0), states.at(-1)]).toEqual(['loading', 'released'])
  made.warm()
  expect(await score(made.see(photo))).toBeCloseTo(0.9)
  await made.close()
})

test('a thread that dies while it loads is started again', async () => {
  const { detector: made, lives } = detector(`${DIES_ONCE}; port.on('message', scores); ${READY}`)
  expect(await score(made.see(photo))).toBeCloseTo(0.9)
  expect(lives()).toBe(2)
  await made.close()
})

test('a thread that dies of the same photo twice is an error with the reason, and the next photo is looked at', async () => {
  const dying = "port.on('message', () => { if (life < 2) throw new Error('out of memory'); scores() })"
  const { detector: made, lives } = detector(`${dying}; ${READY}`)
  await expect(made.see(photo)).rejects.toMatchObject({
    code: 'DETECTOR_DIED',
    cause: expect.objectContaining({ message: 'out of memory' }),
  })
  expect(lives()).toBe(2)
  expect(await score(made.see(photo))).toBeCloseTo(0.9)
  await made.close()
})

test('a thread that never answers is ended, and the photo is an error', async () => {
  const silent = "port.on('message', () => { if (life > 0) scores() })"
  const { detector: made } = detector(`${silent}; ${READY}`, { timeoutMs: 1000 })
  await expect(made.see(photo)).rejects.toMatchObject({ code: 'DETECTOR_TIMEOUT' })
  expect(await score(made.see(photo))).toBeCloseTo(0.9)
  await made.close()
})

test('a model that cannot be loaded is an error with its code, and is tried again with the next photo', async () => {
  const failed = "{ kind: 'failed', code: 'DETECTOR_MODEL_INVALID', message: 'changed' }"
  const { detector: made, lives } = detector(`if (life === 0) port.postMessage(${failed})
    else { port.on('message', scores); ${READY} }`)
  await expect(made.see(photo)).rejects.toMatchObject({ code: 'DETECTOR_MODEL_INVALID', message: 'changed' })
  expect(await score(made.see(photo))).toBeCloseTo(0.9)
  expect(lives()).toBe(2)
  await made.close()
})

test('photos are looked at one after the other, and beyond a hundred that wait they are refused', async () => {
  const one =
    "let busy = 0; port.on('message', () => { busy++; setImmediate(() => { if (busy > 1) process.exit(); busy--; scores() }) })"
  const { detector: made, lives } = detector(`${one}; ${READY}`)
  const all = Array.from({ length: 101 }, () => made.see(photo))
  const refused = (await Promise.allSettled(all)).filter(({ status }) => status === 'rejected')
  expect(refused).toEqual([{ status: 'rejected', reason: expect.objectContaining({ code: 'DETECTOR_BUSY' }) }])
  expect(lives()).toBe(1)
  await made.close()
})

test('the model is let go when there was no photo for a while, and loaded again for the next', async () => {
  const { detector: made, reached, lives } = detector(`port.on('message', scores); ${READY}`, { idleMs: 0 })
  expect(await score(made.see(photo))).toBeCloseTo(0.9)
  await reached('released')
  expect(await score(made.see(photo))).toBeCloseTo(0.9)
  expect(lives()).toBe(2)
  await reached('released', 2)
})

test('what is no photo loads no model', async () => {
  const { detector: made, states } = detector(READY)
  expect(await made.see(Buffer.from('no image'))).toMatchObject({ kind: 'unreadable' })
  expect(states).toEqual([])
  await made.close()
})

test('closing waits for the photos that were given', async () => {
  const { detector: made, states } = detector(`port.on('message', scores); ${READY}`)
  const seen = made.see(photo)
  await made.close()
  expect(await score(seen)).toBeCloseTo(0.9)
  expect(states).toEqual(['loading', 'ready', 'released'])
})

test('a listener that throws disturbs nothing', async () => {
  const { detector: made } = detector(`port.on('message', scores); ${READY}`)
  made.listen(() => {
    throw new Error('no progress can be shown')
  })
  expect(await score(made.see(photo))).toBeCloseTo(0.9)
  await made.close()
})
