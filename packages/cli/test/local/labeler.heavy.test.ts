import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { createServer } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { RekognitionImageLabeler } from '@hexbird/adapters-aws/rekognition'
import { MemoryBlobStore } from '@hexbird/adapters-memory'
import { listen } from '@hexbird/testkit/scripted-server'
import { afterEach, describe, expect, test } from '@jest/globals'
import { chooseLabeler, type LabelerOptions } from '../../src/local/labeler.js'
import { exitCodeOf, tweetOnce } from '../../src/local/once.js'
import type { Terminal } from '../../src/terminal.js'

const DRAWING = new URL('../../../local-x/samples/plant.jpg', import.meta.url)
const DOG = new URL('../../../local-x/samples/photos/dog.jpg', import.meta.url)
const ASKED = { max: 5, minConfidence: 85 }

const open: (() => Promise<void>)[] = []
afterEach(async () => {
  for (const close of open.splice(0)) await close()
})

async function settingsFile(text: string): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'hexbird-vision-'))
  open.push(() => rm(folder, { recursive: true }))
  await writeFile(join(folder, '.env'), text, { mode: 0o600 })
  return join(folder, '.env')
}

/** What a labeler that was chosen says of a photo, and what it said meanwhile. */
async function look(options: LabelerOptions, file: URL, altText?: string) {
  const notes: string[] = []
  const chosen = await chooseLabeler(options, { note: (text) => void notes.push(text) })
  open.push(chosen.close)
  const blobs = new MemoryBlobStore()
  await blobs.put('photos/1/2/3-0', await readFile(file), 'image/jpeg')
  const result = await chosen.over(blobs).label('photos/1/2/3-0', altText ? { ...ASKED, altText } : ASKED)
  return { notes, names: result.kind === 'labels' ? result.labels.map(({ name }) => name) : result.kind }
}

describe('a labeler that nobody has chosen', () => {
  test('believes what the author wrote, and loads no model for that', async () => {
    expect(await look({}, DRAWING)).toEqual({ names: ['Potted Plant', 'Window'], notes: [] })
    expect(await look({}, DOG, 'My kitten')).toEqual({ names: ['Kitten'], notes: [] })
  })

  test('looks at the photo where the author wrote nothing, and says that the model loads', async () => {
    expect(await look({}, DOG)).toEqual({ names: ['Dog'], notes: ['Loading the model that labels photos …'] })
  })
})

describe('--labeler', () => {
  test('keywords looks at nothing but words', async () => {
    expect((await look({ labeler: 'keywords' }, DOG)).names).toEqual([])
  })

  test('detector looks at the photo, whatever the author wrote', async () => {
    expect((await look({ labeler: 'detector' }, DOG, 'My kitten')).names).toEqual(['Dog'])
  })

  test('openai asks the server of the settings, with its key', async () => {
    const asked: unknown[] = []
    const content = JSON.stringify({ labels: [{ name: 'Sheepdog', confidence: 97, parents: ['Dog', 'Animal'] }] })
    const server = createServer((request, response) => {
      asked.push([request.url, request.headers.authorization])
      request.resume().on('end', () => {
        response.setHeader('content-type', 'application/json')
        response.end(JSON.stringify({ choices: [{ message: { role: 'assistant', content }, finish_reason: 'stop' }] }))
      })
    })
    const { port, close } = await listen(server)
    open.push(close)
    const settings = await settingsFile(
      `HEXBIRD_VISION_URL=http://127.0.0.1:${port}/v1\nHEXBIRD_VISION_MODEL=seer\nHEXBIRD_VISION_KEY=k1\n`,
    )
    expect((await look({ labeler: 'openai', settings }, DOG)).names).toEqual(['Sheepdog'])
    expect(asked).toEqual([['/v1/chat/completions', 'Bearer k1']])
  })

  test('openai without settings names those that are missing', async () => {
    await expect(chooseLabeler({ labeler: 'openai' }, { note: () => {} })).rejects.toThrow(
      /HEXBIRD_VISION_URL.*\n.*HEXBIRD_VISION_MODEL/,
    )
  })

  test('openai at an address that others could read along says which setting allows that', async () => {
    const settings = await settingsFile('HEXBIRD_VISION_URL=http://192.168.1.9:11434/v1\nHEXBIRD_VISION_MODEL=seer\n')
    const choosing = chooseLabeler({ labeler: 'openai', settings }, { note: () => {} })
    await expect(choosing).rejects.toThrow('set HEXBIRD_VISION_PLAIN_HTTP=true')
    const allowed = await settingsFile(
      'HEXBIRD_VISION_URL=http://192.168.1.9:11434/v1\nHEXBIRD_VISION_MODEL=seer\nHEXBIRD_VISION_PLAIN_HTTP=true\n',
    )
    expect(await chooseLabeler({ labeler: 'openai', settings: allowed }, { note: () => {} })).toMatchObject({
      readsKeywords: false,
    })
  })

  test('openai whose server is not there is told, with what to do, and ends in a failure', async () => {
    const { port, close } = await listen(createServer())
    await close()
    const settings = await settingsFile(`HEXBIRD_VISION_URL=http://127.0.0.1:${port}/v1\nHEXBIRD_VISION_MODEL=seer\n`)
    const labeler = await chooseLabeler({ labeler: 'openai', settings }, { note: () => {} })
    const notes: string[] = []
    const terminal = { note: (text: string) => void notes.push(text), during: <T>(_: string, work: Promise<T>) => work }
    const photos = [{ bytes: await readFile(DOG) }]
    const reported = await tweetOnce({ labeler }, { text: '@hexbird what is this?', photos }, terminal as Terminal)
    expect(reported).toMatchObject({
      outcome: 'job-stored',
      reason: expect.stringMatching(/^VISION_UNREACHABLE: .*Is the server running there\?$/),
    })
    expect(notes.join('\n')).toContain(`→ failed: ${reported.reason}\n    Attempt 1 of 5. The bot tries again.`)
    expect(exitCodeOf(reported)).toBe(1)
  })

  test('rekognition is the labeler of AWS, given the bytes of the photos', async () => {
    const chosen = await chooseLabeler({ labeler: 'rekognition' }, { note: () => {} })
    open.push(chosen.close)
    expect(chosen.over(new MemoryBlobStore())).toBeInstanceOf(RekognitionImageLabeler)
    expect(chosen.readsKeywords).toBe(false)
  })
})
