import { createHash } from 'node:crypto'
import { mkdir, writeFile } from 'node:fs/promises'
import { relative, resolve, sep } from 'node:path'
import type { Broken } from '@hexbird/prove'
import { foreign, harmlessJson } from '../foreign.js'

/** Where a test is. It is not new if the same was saved before. */
export interface SavedTest {
  readonly path: string
  readonly isNew: boolean
}

/** Writes a test that tells the story again, and fails while the bot breaks the promise. A file that is there stays. */
export async function saveTest(folder: string, bot: string, broken: Broken): Promise<SavedTest> {
  const replay = JSON.stringify(broken.replay, null, 2)
  const hash = createHash('sha256').update(replay).digest('hex').slice(0, 8)
  const path = resolve(folder, `prove-${slugOf(broken.rule)}-${hash}.test.js`)
  await mkdir(folder, { recursive: true })
  const isNew = await writeFile(path, codeOf(relative(folder, bot), broken, replay), { flag: 'wx' }).then(
    () => true,
    (error: unknown) => {
      if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error
      return false
    },
  )
  return { path, isNew }
}

const slugOf = (rule: string) =>
  rule
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '-')
    .slice(0, 40)
    .replace(/^-|-$/g, '')

/** In the shape of a created project's own tests. */
function codeOf(bot: string, { rule, story }: Broken, replay: string): string {
  const comment = story
    .trimEnd()
    .split('\n')
    .map((line) => `// ${foreign(line)}`.trimEnd())
  const address = bot.split(sep).map(encodeURIComponent).join('/')
  return `// Found by \`hexbird prove\`:
//
${comment.join('\n')}
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { bundleBot } from '@hexbird/cli'
import { replay } from '@hexbird/prove'

/** @type {import('@hexbird/prove').Replay} */
const found = ${replay.split('\n').map(harmlessJson).join('\n')}

test(${harmlessJson(JSON.stringify(rule))}, async () => {
  const broken = await replay(await bundleBot(new URL(${JSON.stringify(address)}, import.meta.url)), found)
  assert.equal(broken, undefined, broken?.story)
})
`
}
