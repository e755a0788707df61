import { spawn } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import { cp, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { LabelResult } from '@hexbird/core'
import { type ImageLabelerHarness, imageLabelerContract } from '@hexbird/core/contracts'
import { whatItSays } from '@hexbird/testkit/sample-photos'
import { afterAll, describe, expect, test } from '@jest/globals'
import sharp from 'sharp'
import { DetectorImageLabeler } from '../../src/detector/index.js'
import { labelPhoto, type Things } from '../../src/detector/label-photo.js'
import { stopSign } from './drawn.js'

const ASKED = { max: 5, minConfidence: 85 }
const folder = fileURLToPath(new URL('../../model', import.meta.url))

/** The labeler on the real model, and how often it was loaded. */
const loads: string[] = []
const photos = new Map<string, Uint8Array>()
const blobs = {
  async get(key: string) {
    const bytes = photos.get(key)
    return bytes && { bytes, type: 'image/jpeg' as const }
  },
}
const labeler = new DetectorImageLabeler(blobs, { onModel: (state) => loads.push(state) })
const loadsOfOther: string[] = []
const other = new DetectorImageLabeler(blobs, { onModel: (state) => loadsOfOther.push(state) })
afterAll(async () => {
  await labeler.close()
  await other.close()
})

function label(bytes: Uint8Array, by = labeler): Promise<LabelResult> {
  const key = `photos/1/2/${photos.size}`
  photos.set(key, bytes)
  return by.label(key, ASKED)
}

const jpeg = await stopSign.clone().jpeg({ quality: 90 }).toBuffer()
const A_STOP_SIGN = {
  kind: 'labels',
  labels: [{ name: 'Stop Sign', confidence: expect.any(Number), parents: ['Road Sign', 'Sign', 'Symbol'] }],
}

/** The labeler's own part of the work, over a model that sees what was stored. */
function arranged(): ImageLabelerHarness {
  const stored = new Map<string, Things>()
  let isAway = false
  const source = {
    async get(key: string) {
      if (isAway) throw new Error('the store is away')
      return stored.has(key) ? { bytes: Buffer.from(key), type: 'image/jpeg' as const } : undefined
    },
  }
  const see = async (bytes: Uint8Array) => stored.get(Buffer.from(bytes).toString()) as Things
  return {
    labeler: { label: (key, options) => labelPhoto(source, see, key, options) },
    async store(photo) {
      const key = `photos/2/1790000000000000000/${stored.size}`
      stored.set(
        key,
        photo === 'not-an-image'
          ? { kind: 'unreadable', detail: 'no JPEG, PNG, WebP or GIF' }
          : {
              kind: 'things',
              things: photo.labels.map((one) => ({ ...one, score: (one.confidence - 85) / 30 + 0.5 })).reverse(),
            },
      )
      return key
    },
    outage() {
      isAway = true
    },
  }
}

describe('what the detector says of the sample photographs', () => {
  for (const { name, check } of whatItSays) test(name, () => check(() => ({ see: (photo) => label(photo) })))
})

describe('DetectorImageLabeler', () => {
  for (const { name, check } of imageLabelerContract) test(name, () => check(arranged))
})

describe('with the real model', () => {
  test('a stop sign is a stop sign', async () => {
    expect(await label(jpeg)).toEqual(A_STOP_SIGN)
  })

  test('a photo that is not there, and one that is none, are unreadable', async () => {
    expect(await labeler.label('photos/0/0/0', ASKED)).toMatchObject({ kind: 'unreadable' })
    expect(await label(Buffer.from('no photo'))).toEqual({ kind: 'unreadable', detail: 'no JPEG, PNG, WebP or GIF' })
  })

  test('two labelers with the same options share one model', async () => {
    expect(await label(jpeg, other)).toEqual(A_STOP_SIGN)
    expect([loads, loadsOfOther]).toEqual([['loading', 'ready'], []])
  })

  test.each([
    ['a CMYK JPEG', stopSign.clone().toColourspace('cmyk').jpeg()],
    ['a progressive JPEG', stopSign.clone().jpeg({ progressive: true })],
    ['a PNG of 16 bits', stopSign.clone().toColourspace('rgb16').png()],
    ['an interlaced PNG', stopSign.clone().png({ progressive: true })],
    ['a PNG with a palette', stopSign.clone().png({ palette: true })],
    ['a WebP', stopSign.clone().webp()],
    ['a GIF', stopSign.clone().gif()],
  ])('%s shows what it shows', async (_, made) => {
    expect(await label(await made.toBuffer())).toEqual(A_STOP_SIGN)
  })

  test('of an animation the first picture is looked at', async () => {
    const { width, height } = { width: 640, height: 480 }
    const blank = await sharp({ create: { width, height, channels: 3, background: '#fff' } })
      .png()
      .toBuffer()
    const frames = [await stopSign.clone().png().toBuffer(), blank]
    for (const format of ['gif', 'webp'] as const) {
      const animation = await sharp(frames, { join: { animated: true } })
        .toFormat(format)
        .toBuffer()
      expect((await sharp(animation).metadata()).pages).toBe(2)
      expect(await label(animation)).toEqual(A_STOP_SIGN)
    }
  })

  test('a photo without color is looked at', async () => {
    expect(await label(await stopSign.clone().greyscale().jpeg().toBuffer())).toMatchObject({ kind: 'labels' })
  })

  test('a photo of any size is looked at', async () => {
    for (const side of [1, 79]) {
      const small = sharp({ create: { width: side, height: side, channels: 3, background: '#888' } })
      expect(await label(await small.png().toBuffer())).toMatchObject({ kind: 'labels' })
    }
  })

  test('what makes no sense to ask is an error', async () => {
    const asked = [
      { max: 0 },
      { max: 1.5 },
      { minConfidence: -1 },
      { minConfidence: 101 },
      { minConfidence: Number.NaN },
    ]
    for (const wrong of asked) {
      await expect(labeler.label('photos/1/2/0', { ...ASKED, ...wrong })).rejects.toMatchObject({
        code: 'DETECTOR_INPUT_INVALID',
      })
    }
    for (const wrong of [{ idleMs: -1 }, { idleMs: Number.POSITIVE_INFINITY }, { timeoutMs: 0 }]) {
      expect(() => new DetectorImageLabeler(blobs, wrong)).toThrow(
        expect.objectContaining({ code: 'DETECTOR_INPUT_INVALID' }),
      )
    }
  })

  test('one model was loaded for all of that', () => {
    expect(loads).toEqual(['loading', 'ready'])
  })

  test('a labeler that is closed looks at nothing more, and another goes on', async () => {
    const closed = new DetectorImageLabeler(blobs)
    expect(await label(jpeg, closed)).toEqual(A_STOP_SIGN)
    await closed.close()
    await closed.close()
    await expect(label(jpeg, closed)).rejects.toMatchObject({ code: 'DETECTOR_CLOSED' })
    expect(await label(jpeg)).toEqual(A_STOP_SIGN)
    expect(loads).toEqual(['loading', 'ready'])
  })
})

const onLinux = process.platform === 'linux' ? test : test.skip

onLinux('the process of the model ends with the one that started it, however that ends', async () => {
  const program = `
    import { readFileSync } from 'node:fs'
    import { DetectorImageLabeler } from ${JSON.stringify(new URL('../../dist/detector/index.js', import.meta.url).href)}
    const labeler = new DetectorImageLabeler({}, { onModel: (state) => {
      if (state === 'ready') console.log(readFileSync('/proc/self/task/' + process.pid + '/children', 'utf8'))
    } })
    labeler.warm()
    setInterval(() => {}, 1000)`
  const parent = spawn(process.execPath, ['--input-type=module', '--eval', program], {
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  const [line] = await once(parent.stdout, 'data')
  const child = Number(String(line))
  expect(child).toBeGreaterThan(1)
  parent.kill('SIGKILL')
  while (isRunning(child)) await new Promise((resolve) => setImmediate(resolve))
})

test('closing keeps its process alive until the model has been let go', async () => {
  const program = `
    import { DetectorImageLabeler } from ${JSON.stringify(new URL('../../dist/detector/index.js', import.meta.url).href)}
    const labeler = new DetectorImageLabeler({})
    labeler.warm()
    await labeler.close()`
  const ran = spawn(process.execPath, ['--input-type=module', '--eval', program], { stdio: 'inherit' })
  expect(await once(ran, 'exit')).toEqual([0, null])
})

const isRunning = (pid: number) => {
  try {
    return !/^State:\s+Z/m.test(readFileSync(`/proc/${pid}/status`, 'utf8'))
  } catch {
    return false
  }
}

describe('a model that is not the one that was built', () => {
  test.each(['model.json', 'weights.bin'])('is refused where a bit of %s was changed', async (name) => {
    const copy = await mkdtemp(join(tmpdir(), 'hexbird-model-'))
    try {
      await cp(folder, copy, { recursive: true })
      const bytes = await readFile(join(copy, name))
      bytes[bytes.length >> 1] = (bytes[bytes.length >> 1] ?? 0) ^ 1
      await writeFile(join(copy, name), bytes)
      await expectRefused(copy, `${join(copy, name)} has been changed`)
    } finally {
      await rm(copy, { recursive: true })
    }
  })

  test('is refused where it is missing', async () => {
    await expectRefused(join(tmpdir(), `hexbird-${randomBytes(8).toString('hex')}`), 'no such file')
  })

  async function expectRefused(modelFolder: string, message: string): Promise<void> {
    const spoilt = new DetectorImageLabeler(blobs, { modelFolder })
    await expect(label(jpeg, spoilt)).rejects.toMatchObject({
      code: 'DETECTOR_MODEL_INVALID',
      message: expect.stringContaining(message),
    })
    await spoilt.close()
  }
})
