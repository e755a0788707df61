import { expect, test } from '@jest/globals'
import sharp from 'sharp'
import { look } from '../../src/detector/look.js'

test('what may be a bird is looked at again with a margin, and nothing else is', async () => {
  const black = await sharp({ create: { width: 90, height: 90, channels: 3, background: '#000' } })
    .png()
    .toBuffer()
  const sure = (bird: number) => (pixels: Uint8Array) => {
    const scores = new Float32Array(91)
    scores[16] = bird
    scores[1] = pixels.subarray(0, 3).every((value) => value === 255) ? 0.1 : 0.9
    return scores
  }
  const seen = await look(black, sure(0.8))
  expect(seen.kind === 'scores' && [seen.scores[1], seen.fromAfar?.[1]].map((one) => one?.toFixed(1))).toEqual([
    '0.9',
    '0.1',
  ])
  expect(await look(black, sure(0.96))).not.toHaveProperty('fromAfar')
})

test('what cannot be decoded is shown to no model', async () => {
  const never = () => {
    throw new Error('asked')
  }
  expect(await look(Buffer.from('no photo'), never)).toMatchObject({ kind: 'unreadable' })
})
