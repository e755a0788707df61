import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, expect, test } from '@jest/globals'
import { Detector, type ModelState } from '../../src/detector/detector.js'
import { stopSign } from './drawn.js'

const photo = await stopSign.clone().jpeg().toBuffer()
const folders: string[] = []
afterAll(() => {
  for (const folder of folders) rmSync(folder, { recursive: true })
})

/** A program for the process of the model. It hears of photos by `onPhoto`, and `life` is how many were started before it. */
function detector(program: string, times: { readonly idleMs?: number; readonly timeoutMs?: number } = {}) {
  const folder = mkdtempSync(join(tmpdir(), 'hexbird-detector-'))
  folders.push(folder)
  const lives = join(folder, 'lives')
  writeFileSync(lives, '')
  const file = join(folder, 'program.mjs')
  writeFileSync(
    file,
    `import { appendFileSync, readFileSync } from 'node:fs'
    const life = readFileSync(process.argv[2] + '/lives').length
    appendFileSync(process.argv[2] + '/lives', '.')
    const say = (said) => process.send(said)
    const scores = () => say({ kind: 'scores', scores: Float32Array.of(0, 0.9) })
    const onPhoto = (listener) => process.on('message', listener)
    const ready = () => say({ kind: 'ready' })
    ${program}`,
  )
  const states: ModelState[] = []
  const made = new Detector({
    program: file,
    folder,
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
  return { detector: made, states, reached, lives: () => readFileSync(lives).length }
}

const ANSWERS = 'onPhoto(scores); ready()'
const DIES_ONCE = 'if (life === 0) process.exit(3)'
const score = async (seen: ReturnType<Detector['see']>) => {
  const result = await seen
  return result.kind === 'scores' ? result.scores[1] : result
}

test('a process that dies during a photo is started again, and the photo is looked at', async () => {
  const { detector: made, states, lives } = detector(`onPhoto(() => { ${DIES_ONCE}; scores() }); ready()`)
  expect(await score(made.see(photo))).toBeCloseTo(0.9)
  expect(lives()).toBe(2)
  expect(states).toEqual(['loading', 'ready', 'released', 'loading', 'ready'])
  await made.close()
})

test('a model that was warmed is there for the first photo, and is let go where none comes', async () => {
  const { detector: made, states, reached } = detector(ANSWERS, { idleMs: 1 })
  made.warm()
  await reached('released')
  expect([states.at(0), states.at(-1)]).toEqual(['loading', 'released'])
  made.warm()
  expect(await score(made.see(photo))).toBeCloseTo(0.9)
  await made.close()
})

test('a process that dies while it loads is started again', async () => {
  const { detector: made, lives } = detector(`${DIES_ONCE}; ${ANSWERS}`)
  expect(await score(made.see(photo))).toBeCloseTo(0.9)
  expect(lives()).toBe(2)
  await made.close()
})

test('a process that dies of the same photo twice is an error with the reason, and the next photo is looked at', async () => {
  const dying = "onPhoto(() => { if (life < 2) process.kill(process.pid, 'SIGSEGV'); else scores() })"
  const { detector: made, lives } = detector(`${dying}; ready()`)
  await expect(made.see(photo)).rejects.toMatchObject({
    code: 'DETECTOR_DIED',
    cause: expect.objectContaining({ message: 'It ended with SIGSEGV.' }),
  })
  expect(lives()).toBe(2)
  expect(await score(made.see(photo))).toBeCloseTo(0.9)
  await made.close()
})

test('a process that never answers is ended, and the photo is an error', async () => {
  const silent = 'onPhoto(() => { if (life > 0) scores() }); ready()'
  const { detector: made, reached } = detector(silent, { timeoutMs: 1000 })
  made.warm()
  await reached('ready')
  await expect(made.see(photo)).rejects.toMatchObject({ code: 'DETECTOR_TIMEOUT' })
  made.warm()
  await reached('ready', 2)
  expect(await score(made.see(photo))).toBeCloseTo(0.9)
  await made.close()
})

test('a model that cannot be loaded is an error with its code, and is tried again with the next photo', async () => {
  const failed = "{ kind: 'failed', code: 'DETECTOR_MODEL_INVALID', message: 'changed' }"
  const { detector: made, lives } = detector(`if (life === 0) say(${failed})
    else { ${ANSWERS} }`)
  await expect(made.see(photo)).rejects.toMatchObject({ code: 'DETECTOR_MODEL_INVALID', message: 'changed' })
  expect(await score(made.see(photo))).toBeCloseTo(0.9)
  expect(lives()).toBe(2)
  await made.close()
})

test('photos are looked at one after the other, and beyond a hundred that wait they are refused', async () => {
  const one =
    'let busy = 0; onPhoto(() => { busy++; setImmediate(() => { if (busy > 1) process.exit(); busy--; scores() }) })'
  const { detector: made, lives } = detector(`${one}; ready()`)
  const all = Array.from({ length: 101 }, () => made.see(photo))
  const refused = (await Promise.allSettled(all)).filter(({ status }) => status === 'rejected')
  expect(refused).toEqual([{ status: 'rejected', reason: expect.objectContaining({ code: 'DETECTOR_BUSY' }) }])
  expect(lives()).toBe(1)
  await made.close()
})

test('the model is let go when there was no photo for a while, and loaded again for the next', async () => {
  const { detector: made, reached, lives } = detector(ANSWERS, { idleMs: 0 })
  expect(await score(made.see(photo))).toBeCloseTo(0.9)
  await reached('released')
  expect(await score(made.see(photo))).toBeCloseTo(0.9)
  expect(lives()).toBe(2)
  await reached('released', 2)
})

test('what is no photo loads no model', async () => {
  const { detector: made, states } = detector('ready()')
  expect(await made.see(Buffer.from('no image'))).toMatchObject({ kind: 'unreadable' })
  expect(states).toEqual([])
  await made.close()
})

test('the process of the model is told no secret', async () => {
  const { detector: made } = detector(
    `${ANSWERS}; if (Object.keys(process.env).join().includes('SECRET')) process.exit(3)`,
  )
  process.env.HEXBIRD_X_SECRET = 'secret'
  try {
    expect(await score(made.see(photo))).toBeCloseTo(0.9)
  } finally {
    delete process.env.HEXBIRD_X_SECRET
  }
  await made.close()
})

test('closing waits for the photos that were given', async () => {
  const { detector: made, states } = detector(ANSWERS)
  const seen = made.see(photo)
  await made.close()
  expect(await score(seen)).toBeCloseTo(0.9)
  expect(states).toEqual(['loading', 'ready', 'released'])
})

test('a listener that throws disturbs nothing', async () => {
  const { detector: made } = detector(ANSWERS)
  made.listen(() => {
    throw new Error('no progress can be shown')
  })
  expect(await score(made.see(photo))).toBeCloseTo(0.9)
  await made.close()
})
