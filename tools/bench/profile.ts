import { spawnSync } from 'node:child_process'
import { median } from './pairs.js'
import type { BundleSize } from './row.js'

/** The parts that a function loads, by first source. The handler is last, because some also load the parts above. */
const PARTS: readonly (readonly [source: RegExp, says: string])[] = [
  [/adapters-x\/dist\/index\.js$/, 'X: twitter-api-v2'],
  [/adapters-aws\/dist\/dynamo\/index\.js$/, "DynamoDB's client, and the code that all SDK clients share"],
  [/adapters-aws\/dist\/s3\/index\.js$/, "S3's client"],
  [/adapters-aws\/dist\/rekognition\/index\.js$/, "Rekognition's client"],
  [/lambda-entry\/dist\/container\.js$/, 'the container: inversify'],
  [/lambda-entry\/bot\.ts$/, 'the bot: core'],
  [/^index\.js$/, "the handler: Powertools' logger and metrics, and the rest"],
]

/** The modules that Lambda's runtime client has already loaded. */
const LOADED = ['http', 'https', 'crypto', 'console', 'net']

/** Returns the loading time of each part in milliseconds: the medians of several processes. */
export function loadingOf(
  node: string,
  folder: string,
  { parts }: BundleSize,
  read: readonly string[],
  rounds: number,
): readonly (readonly [says: string, milliseconds: number])[] {
  const found = PARTS.flatMap(([source, says]) => {
    const [, file] = parts.find(([entry]) => source.test(entry)) ?? []
    return file === undefined || !read.includes(file) ? [] : [{ says, file: `${folder}/${file}` }]
  })
  const script = `for (const name of ${JSON.stringify(LOADED)}) process.getBuiltinModule(name)
const times = []
for (const file of ${JSON.stringify(found.map(({ file }) => file))}) {
  const began = performance.now()
  await import(file)
  times.push(performance.now() - began)
}
console.log(JSON.stringify(times))`
  const runs = Array.from({ length: rounds }, (): readonly number[] => {
    const { stdout } = spawnSync(node, ['--input-type=module', '-e', script], { encoding: 'utf8', cwd: folder })
    return JSON.parse(stdout)
  })
  return found.map(({ says }, part) => [says, median(runs.map((times) => times[part] ?? Number.NaN))])
}
