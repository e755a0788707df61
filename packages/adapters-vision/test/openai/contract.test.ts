import type { Label } from '@hexbird/core'
import type { Blob } from '@hexbird/core/adapter'
import { type ImageLabelerHarness, imageLabelerContract } from '@hexbird/core/contracts'
import { answer, type Script } from '@hexbird/testkit/scripted-server'
import { afterEach, describe, test } from '@jest/globals'
import { closeAll, photoOf, scripted, sizeIn } from './fixture.js'
import { completions } from './servers.js'

afterEach(closeAll)

/** A server whose model tells photos apart by their width. */
async function harness(): Promise<ImageLabelerHarness> {
  const shown = new Map<number, readonly Label[]>()
  const blobs = new Map<string, Blob>()
  const look: Script = (response, request) => {
    const labels = shown.get(sizeIn(request)?.width ?? 0)?.map(({ name, confidence, parents }) => ({
      name: name.toLowerCase(),
      confidence,
      kinds: parents,
    }))
    answer(200, completions.ollama(JSON.stringify({ labels })))(response, request)
  }
  const { server, labeler } = await scripted(look, { photos: { get: async (key) => blobs.get(key) }, retries: 1 })
  let closing: Promise<void> | undefined
  return {
    labeler: {
      async label(key, options) {
        await closing
        return labeler.label(key, options)
      },
    },
    async store(photo) {
      const key = `photos/1/2/${blobs.size}`
      const width = 90 + blobs.size
      const bytes = photo === 'not-an-image' ? Buffer.from('<!doctype html>') : await photoOf(width)
      if (photo !== 'not-an-image') shown.set(width, photo.labels)
      blobs.set(key, { bytes, type: 'image/jpeg' })
      return key
    },
    outage() {
      closing = server.close()
    },
  }
}

describe('OpenAiImageLabeler', () => {
  for (const { name, check } of imageLabelerContract) test(name, () => check(harness))
})
