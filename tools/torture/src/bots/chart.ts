import { crc32, deflateSync } from 'node:zlib'
import { defineBot } from '@hexbird/core'

const [BAR, HEIGHT, UNIT] = [16, 64, 6]

/** Draws the numbers that it is told, or a few of its own. */
export const bot = defineBot()
  .command('chart', (ctx) => ctx.reply(chartOf(ctx.args.match(/[0-9]/g)?.map(Number) ?? [])))
  .on('tweet:text', (ctx) => ctx.reply(chartOf([1, 2, 3])))

const chartOf = (numbers: readonly number[]) => {
  const shown = numbers.slice(0, 8)
  return { text: 'Here is your chart.', images: [{ bytes: png(shown), alt: `Bars of ${shown.join(', ')}` }] }
}

/** In shades of grey, a byte for each pixel; each row begins with its filter, which is none. */
function png(bars: readonly number[]): Uint8Array {
  const width = Math.max(1, bars.length) * BAR
  const rows = Buffer.alloc((width + 1) * HEIGHT, 255)
  for (let y = 0; y < HEIGHT; y++) {
    rows[y * (width + 1)] = 0
    for (const [nth, bar] of bars.entries())
      if (HEIGHT - y <= bar * UNIT) rows.fill(0, y * (width + 1) + 1 + nth * BAR, y * (width + 1) + (nth + 1) * BAR)
  }
  const head = Buffer.alloc(13)
  head.writeUInt32BE(width, 0)
  head.writeUInt32BE(HEIGHT, 4)
  head[8] = 8
  const signature = Buffer.of(0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a)
  return Buffer.concat([signature, chunk('IHDR', head), chunk('IDAT', deflateSync(rows)), chunk('IEND')])
}

function chunk(type: string, data = Buffer.alloc(0)): Buffer {
  const typed = Buffer.concat([Buffer.from(type, 'latin1'), data])
  const [length, check] = [Buffer.alloc(4), Buffer.alloc(4)]
  length.writeUInt32BE(data.length)
  check.writeUInt32BE(crc32(typed))
  return Buffer.concat([length, typed, check])
}
