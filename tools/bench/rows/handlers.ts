import { readFileSync } from 'node:fs'
import { animalRules, defineBot, photoReplies } from '@hexbird/core'
import { inTurn, median, ratioOf, timed } from '../pairs.js'
import type { Bench, Row } from '../row.js'
import { botInMemory } from './growth.js'

const TWEETS = 1000
const OTHERS = 20

/**
 * Compares a bot in which twenty handlers see a tweet before the one that answers it, with a bot that has only that
 * one. They take turns tweet by tweet, so that other load on the machine affects both.
 */
export async function handlers({ root, rounds }: Bench): Promise<readonly Row[]> {
  const photo = new Uint8Array(readFileSync(new URL('packages/local-x/samples/dog.jpg', root)))
  const [alone, behind]: [number[], number[]] = [[], []]
  for (let round = 0; round <= rounds; round++) {
    const bots = { alone: botInMemory(photoReplies(animalRules), photo), behind: botInMemory(behindOthers(), photo) }
    const times = await inTurn({ alone: timed(bots.alone), behind: timed(bots.behind) }, TWEETS)
    // The first one is a warm-up.
    if (round === 0) continue
    alone.push(median(times.alone))
    behind.push(median(times.behind))
  }
  return [
    {
      row: `tweet to reply in memory: through ${OTHERS} handlers`,
      against: 'with one',
      ...ratioOf(behind, alone),
      limit: 1.15,
      better: 'lower',
    },
  ]
}

function behindOthers() {
  const bot = defineBot()
  for (let nth = 0; nth < OTHERS / 2; nth++) {
    bot.use((_, next) => next()).command(`word${nth}`, (ctx) => ctx.reply('A command.'))
  }
  return bot.use(photoReplies(animalRules))
}
