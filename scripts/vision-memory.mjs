// What the detector costs in memory: node --expose-gc scripts/vision-memory.mjs [photos = 2000]. Says how much the process
// holds before the first photo, while photos are labeled, and when the model has been unloaded.
import { readFileSync } from 'node:fs'
import { DetectorImageLabeler } from '../packages/adapters-vision/dist/detector/index.js'

const photos = Number(process.argv[2] ?? 2000)
const bytes = readFileSync(new URL('../packages/local-x/samples/dog.jpg', import.meta.url))
let unloaded
const isUnloaded = new Promise((resolve) => (unloaded = resolve))
const labeler = new DetectorImageLabeler(
  { get: async () => ({ bytes, type: 'image/jpeg' }) },
  { idleMs: 1000, onModel: (state) => state === 'released' && unloaded() },
)

tell('before the first')
for (let n = 1; n <= photos; n++) {
  await labeler.label('photos/1/2/0', { max: 5, minConfidence: 85 })
  if (n === 1 || n % Math.ceil(photos / 10) === 0) tell(`after ${n}`)
}
const keepAlive = setInterval(() => {}, 1000)
await isUnloaded
clearInterval(keepAlive)
tell('model unloaded')

function tell(when) {
  globalThis.gc?.()
  const { rss, heapUsed, external } = process.memoryUsage()
  const [all, heap, outside] = [rss, heapUsed, external].map((held) => (held / 1e6).toFixed(0).padStart(5))
  console.log(`${when.padEnd(18)}${all} MB resident, ${heap} MB heap, ${outside} MB outside of it`)
}
