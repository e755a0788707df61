import { readFileSync } from 'node:fs'
import { intercepted, startBot, type Wrap } from './bot.js'

const TWEETS = 31
const WARM_UP = 20

/** One call of the bot, in milliseconds since the tweet. */
interface Span {
  readonly name: string
  readonly start: number
  readonly end: number
}

/** The page's name for the purpose of each call. */
const WORDS: Readonly<Record<string, string>> = {
  'inbox.put': 'event into the queue',
  'optOuts.has': 'has the author opted out?',
  'ledger.find': 'answered already?',
  'ledger.claim': 'text recorded',
  'ledger.settle': 'reply recorded',
  'ledger.release': 'claim released',
  'budget.reserve': 'reserve budget',
  'budget.settle': 'settle the bill',
  'killSwitch.state': 'may the bot call X now?',
  'killSwitch.claimStore': 'whose store is it?',
  'social.tweet': 'lookup at X',
  'social.reply': 'reply to X',
  'media.fetch': 'photo from X',
  'blobs.put': 'photo or job stored',
  'blobs.get': 'photo, job or labels read',
  'blobs.removeAll': 'photos removed',
  'blobs.remove': 'job removed',
  'labeler.label': 'photo labeled',
}

/** Draws the median of several replies to a photo over the local X, as an SVG. */
export async function waterfall(root: URL): Promise<string> {
  const traces = await traced(root)
  const lengthOf = (spans: readonly Span[]) => Math.max(...spans.map(({ end }) => end))
  const sorted = traces.slice(WARM_UP).sort((one, other) => lengthOf(one) - lengthOf(other))
  const spans = sorted[Math.floor(sorted.length / 2)] ?? []
  return drawn(spans, lengthOf(spans))
}

async function traced(root: URL): Promise<(readonly Span[])[]> {
  const photo = { bytes: new Uint8Array(readFileSync(new URL('packages/local-x/samples/dog.jpg', root))) }
  let spans: Span[] = []
  let began = 0
  const wrap: Wrap = (port, target) =>
    intercepted(target, async (method, call) => {
      const start = performance.now() - began
      try {
        return await call()
      } finally {
        spans.push({ name: `${port}.${method}`, start, end: performance.now() - began })
      }
    })
  const bot = await startBot({ dialect: 'x-activity', wrap })
  const traces: (readonly Span[])[] = []
  for (let n = 0; n < TWEETS; n++) {
    spans = []
    began = performance.now()
    await bot.x.tweet({ as: `person${n}`, text: '@hexbird what is this?', photos: [photo] })
    await bot.idle()
    const first = Math.min(...spans.map(({ start }) => start))
    traces.push([{ name: 'delivery', start: 0, end: first }, ...spans].sort((one, other) => one.start - other.start))
  }
  await bot.close()
  return traces
}

const [LEFT, WIDTH, LINE, TOP] = [260, 560, 18, 44]

const COLOURS = { delivery: '#1d6fb8', social: '#1d6fb8', media: '#1d6fb8', labeler: '#2a8a4a' } as const
const OWN = '#8a8f98'

function drawn(spans: readonly Span[], length: number): string {
  const [width, height] = [LEFT + WIDTH + 90, TOP + spans.length * LINE + 30]
  const at = (time: number) => (LEFT + (time / length) * WIDTH).toFixed(1)
  const bars = spans.map(({ name, start, end }, index) => {
    const y = TOP + index * LINE
    const colour = COLOURS[name.split('.')[0] as keyof typeof COLOURS] ?? OWN
    const wide = Math.max(1, ((end - start) / length) * WIDTH).toFixed(1)
    const words = name === 'delivery' ? 'X delivers; signature, decoding' : (WORDS[name] ?? name)
    return [
      `<text x="${LEFT - 10}" y="${y + 12}" text-anchor="end">${words}</text>`,
      `<rect x="${at(start)}" y="${y + 2}" width="${wide}" height="${LINE - 6}" fill="${colour}"/>`,
      `<text x="${(Number(at(end)) + 5).toFixed(1)}" y="${y + 12}" class="t">${(end - start).toFixed(2)} ms</text>`,
    ].join('\n')
  })
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" width="${width}" height="${height}" role="img">
<title>One reply to a tweet with a photo, stage by stage</title>
<style>text{font:12px system-ui,sans-serif;fill:#1b1f24}.t{fill:#57606a}.h{font-weight:600}</style>
<rect width="100%" height="100%" fill="#fff"/>
<text x="14" y="24" class="h">One reply to a tweet with a photo: ${length.toFixed(1)} ms over loopback, stores in memory. Blue: X. Green: labels. Gray: the bot's own.</text>
${bars.join('\n')}
</svg>
`
}
