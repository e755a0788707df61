import { readFile } from 'node:fs/promises'
import { register, until } from './common.js'
import { type Deployed, deployed } from './deployed.js'
import { type Stage, type StageOptions, startStage } from './stage.js'

type Here = Omit<StageOptions, keyof Deployed>
type ExpectThat = (holds: boolean, what: string) => void

/** Bots that their authors wrote, each bundled and deployed with what it uses and no more. */
export async function otherBots(root: URL, here: Here, expectThat: ExpectThat): Promise<void> {
  await withStage('handlers', async (stage) => {
    const { x, functions } = stage
    expectThat(
      functions.images !== undefined && functions['sign-in'] === undefined,
      'a bot with jobs has six functions but for the pages',
    )
    const bytes = await readFile(new URL('packages/local-x/samples/dog.jpg', root))
    const said = [
      ['/roll', [], /You rolled [1-6]\./],
      ['remind me of the milk', [], /You wanted to be told: me of the milk\./],
      ['hello', [], /Send me a photo/],
      ['what is this?', [bytes], /Dog/],
    ] as const
    const asked = await Promise.all(
      said.map(async ([text, photos, reply], n) => {
        const { id } = await x.tweet({
          as: `person${n}`,
          text: `@${x.bot.username} ${text}`,
          photos: photos.map((each) => ({ bytes: each })),
        })
        return { id, text, reply }
      }),
    )
    await until(async () => asked.every(({ id }) => x.repliesTo(id).length > 0))
    for (const { id, text, reply } of asked) {
      const [first, ...more] = x.repliesTo(id)
      expectThat(
        more.length === 0 && reply.test(first?.displayText ?? ''),
        `"${text}" is answered by its own handler, once`,
      )
    }
    await until(async () => (await stage.counts()).photosLeft === 0)
    const { photosLeft, deadLetters } = await stage.counts()
    expectThat(photosLeft === 0 && deadLetters === 0, 'nothing of them is left, and nothing failed')
  })

  await withStage('words', async (stage) => {
    const { x, functions } = stage
    expectThat(Object.keys(functions).length === 4, 'a bot of words has four functions, and no bucket')
    const { id } = await x.tweet({ as: 'ada', text: `@${x.bot.username} hello` })
    await until(async () => x.repliesTo(id).length > 0)
    x.set({ drop: 2 })
    const lost = await x.tweet({ as: 'bob', text: `@${x.bot.username} good morning` })
    await x.idle()
    x.set({ drop: 0 })
    await functions.sweep.invoke({})
    await until(async () => x.repliesTo(lost.id).length > 0)
    expectThat(
      [id, lost.id].every((each) => x.repliesTo(each)[0]?.displayText.includes('You said') === true),
      'it answers, and sweeps',
    )
    for (const request of [
      { action: 'state' },
      { action: 'forget', uid: x.person('ada').id },
      { action: 'purge', sure: 'local' },
    ]) {
      const answer = (await functions.admin.invoke(request)) as { kind?: string }
      expectThat(answer.kind === 'done', `its operator may ask for ${request.action}`)
    }
    expectThat((await stage.counts()).deadLetters === 0, 'nothing of it failed')
  })

  async function withStage(bot: string, story: (stage: Stage) => Promise<void>) {
    const stage = await startStage({ ...here, ...deployed(root, bot, `tools/e2e/bots/${bot}.ts`) })
    try {
      await register(stage)
      await story(stage)
    } finally {
      await stage.close()
    }
  }
}
