import { readFile } from 'node:fs/promises'
import { parseArgs } from 'node:util'
import { deflateSync } from 'node:zlib'
import type { FunctionName } from '@hexbird/lambda-entry'
import { installRuntime } from '@hexbird/testkit/lambda-runtime'
import { signInByHand } from './browser.js'
import { register, until } from './common.js'
import { type Deployed, deployed } from './deployed.js'
import { otherBots } from './other-bots.js'
import { type Stage, type StageOptions, startStage } from './stage.js'

/* The deployed bundles, end to end, without AWS: `npm run e2e`. */

const { values } = parseArgs({ options: { json: { type: 'boolean' }, verbose: { type: 'boolean' } } })
const root = new URL('../../', import.meta.url)

const say = (text: string) => console.error(text)

const runtime = await installRuntime(root)
say(`Node ${runtime.version}, aws-lambda-ric ${runtime.client}`)
const ran = new Set<FunctionName>()
const lines: string[] = []
const refused = new Set<string>()
const here: Omit<StageOptions, keyof Deployed> = {
  onRefused: (line) => refused.add(line),
  ...runtime,
  preload: new URL('tools/testkit/src/lambda-preload.cjs', root).pathname,
  onLine(name, line) {
    ran.add(name)
    lines.push(line)
    if (values.verbose) say(`${name}: ${line}`)
  },
}
const stage = await startStage({
  ...here,
  ...deployed(root, 'photos', 'packages/lambda-entry/bot.ts', {
    follow: 'link',
    message: 'link',
    privacyPolicyUrl: 'https://bot.example/privacy',
    returnTo: [],
  }),
})
const failures: string[] = []
const expectThat = (holds: boolean, what: string) => {
  say(`${holds ? 'ok    ' : 'FAILED'} ${what}`)
  if (!holds) failures.push(what)
}

let kills = 0
try {
  expectThat(await register(stage), 'the webhook answers the challenge and is registered')
  expectThat(stage.x.webhooks().length === 1, 'one webhook, subscribed in both dialects')
  const photo = await readFile(new URL('packages/local-x/samples/dog.jpg', root))
  const tweets: string[] = []
  const tweet = async (with_: { readonly photos?: readonly Uint8Array[] } = {}) => {
    const { id } = await stage.x.tweet({
      as: `person${tweets.length}`,
      text: `@${stage.x.bot.username} what is this?`,
      ...(with_.photos && { photos: with_.photos.map((bytes) => ({ bytes })) }),
    })
    tweets.push(id)
    return id
  }

  // One photo, four, none.
  await tweet({ photos: [photo] })
  await tweet({ photos: await Promise.all([1, 2, 3, 4].map(async (n) => differing(photo, n))) })
  await tweet()
  await allAnswered(stage, tweets)
  const [first = ''] = tweets
  expectThat(
    stage.x.repliesTo(first)[0]?.displayText.includes('Dog') === true,
    'a tweeted photo is answered with its labels',
  )

  // Every function that is at work is killed, twice, at different moments.
  for (const afterMs of [0, 40]) {
    for (const name of ['webhook', 'tweets', 'images'] as const) {
      const killed = stage.functions[name]?.killAtWork(afterMs)
      const posted = tweet({ photos: [photo] })
      await killed
      kills += 1
      await posted
    }
  }
  // What the webhook lost while it was killed nobody delivers again: the sweep finds it.
  await stage.functions.sweep.invoke({})
  await allAnswered(stage, tweets)
  expectThat(
    tweets.every((id) => stage.x.repliesTo(id).length === 1),
    'killed functions lose nothing and double nothing',
  )

  // X did not deliver at all.
  stage.x.set({ drop: 2 })
  await tweet()
  await stage.x.idle()
  stage.x.set({ drop: 0 })
  await stage.functions.sweep.invoke({})
  await allAnswered(stage, tweets)
  expectThat(stage.x.repliesTo(tweets.at(-1) ?? '').length === 1, 'what X did not deliver is found by the sweep')

  // A poisoned message fails until the queue gives it up, and holds up nobody.
  await stage.put('events', '{"v":99}')
  await tweet()
  await allAnswered(stage, tweets)
  await mustHold(async () => (await stage.counts()).deadLetters === 1, 'the poisoned event is a dead letter')
  expectThat((await stage.counts()).deadLetters === 1, 'a poisoned event ends in the dead-letter queue')

  // The test events that the deployment guide names.
  for (const name of Object.keys(stage.functions) as FunctionName[]) {
    const event: unknown = JSON.parse(await readFile(new URL(`tools/e2e/events/${name}.json`, root), 'utf8'))
    const result = (await stage.functions[name]?.invoke(event)) as Record<string, unknown>
    const { statusCode = 200, batchItemFailures = [] } = result
    const isWell = [200, 303].includes(Number(statusCode)) && JSON.stringify(batchItemFailures) === '[]'
    expectThat(isWell, `the test event of ${name} is handled`)
  }
  expectThat((await stage.counts()).sessionRows === 1, 'a redirect to X leaves its row')

  const signedIn = await signInByHand(stage.x, stage.origin, 'ada')
  expectThat(signedIn.status === 200 && signedIn.body.includes('@ada'), 'a person signs in')
  const rows = await stage.counts()
  expectThat(rows.sessionRows === 2 && rows.accountRows === 1, 'the sign-in leaves its rows')

  const health = await fetch(`${stage.origin}/twitter/webhook/handleapi`, { method: 'POST', body: '{}' })
  expectThat(health.status === 401, 'a delivery that X did not sign is refused')
  await mustHold(async () => (await stage.counts()).photosLeft === 0, 'no photo is left')

  const replies = tweets.reduce((sum, id) => sum + stage.x.repliesTo(id).length, 0)
  const report = {
    node: Number(runtime.version.split('.')[0]),
    functions: [...ran].sort(),
    replies,
    doubled: tweets.filter((id) => stage.x.repliesTo(id).length > 1).length,
    missed: tweets.filter((id) => stage.x.repliesTo(id).length === 0).length,
    ...(await stage.counts()),
    kills,
  }
  expectThat(report.doubled === 0 && report.missed === 0, 'every tweet has one reply')
  expectThat(report.photosLeft === 0, 'no photo and no job is left')
  expectThat(report.functions.length === 6, 'all six functions ran')
  await otherBots(root, here, expectThat)
  expectThat(refused.size === 0, `no function asks AWS for more than its role allows${listed(refused)}`)
  const secrets = Object.values(stage.x.credentials).filter((value) => value.length > 8)
  expectThat(!lines.some((line) => secrets.some((secret) => line.includes(secret))), 'no secret is in a log')
  if (values.json) console.log(JSON.stringify(report))
  else say(`${JSON.stringify(report)}\n${failures.length === 0 ? 'All is well.' : `${failures.length} failed.`}`)
} finally {
  await stage.close()
}
process.exitCode = failures.length === 0 ? 0 : 1

async function allAnswered({ x }: Stage, ids: readonly string[]) {
  await mustHold(async () => ids.every((id) => x.repliesTo(id).length > 0), `${ids.length} tweets are answered`)
}

function listed(lines: ReadonlySet<string>): string {
  return lines.size === 0 ? '' : `: ${[...lines].join(', ')}`
}

async function mustHold(holds: () => Promise<boolean>, what: string) {
  if (!(await until(holds))) expectThat(false, what)
}

/** The same photo with other bytes: a comment in front of its first segment. */
function differing(photo: Uint8Array, n: number): Uint8Array {
  const comment = deflateSync(Buffer.from(`photo ${n}`))
  const head = Buffer.from([0xff, 0xfe, 0, comment.length + 2])
  return Buffer.concat([photo.subarray(0, 2), head, comment, photo.subarray(2)])
}
