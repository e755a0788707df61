// Measures the detector's memory: node --expose-gc scripts/vision-memory.mjs [photos = 2000]. Prints the memory of this
// process and of the model's before the first photo, while labeling, and after the model is unloaded. Linux only.
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
  const children = readFileSync(`/proc/self/task/${process.pid}/children`, 'utf8').split(' ').filter(Boolean)
  const [own, models] = [process.memoryUsage().rss, children.reduce((sum, child) => sum + residentOf(child), 0)].map(
    (held) => `${(held / 1e6).toFixed(0).padStart(5)} MB`,
  )
  console.log(`${when.padEnd(18)}${own} resident, and ${models} in the process of the model`)
}

function residentOf(process) {
  return Number(/^VmRSS:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${process}/status`, 'utf8'))[1]) * 1024
}
