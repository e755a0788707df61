import { animalRules, type Definition, photoReplies } from '@hexbird/core'
import { type Reloaded, readBot, watchBot } from './bot-file.js'
import { loadRules, watchRules } from './local/rules-file.js'
import { UsageError } from './usage-error.js'

/** Which bot a command is told to run. */
export interface BotChoice {
  /** The path of a file that exports a bot. */
  readonly bot?: string | undefined
  /** The path of a file of rules, for a bot that says what is in photos. */
  readonly rules?: string | undefined
}

/** A bot that was loaded. */
export interface ChosenBot {
  readonly definition: Definition
  /** Reloads the bot when a file that it is made of changes. Gives a function that ends it. */
  watch(tell: (reloaded: Reloaded) => void): () => void
}

/**
 * Loads the bot that was chosen; by default it names animals in photos.
 *
 * @throws UsageError if the file cannot be used, or two were given
 */
export async function chooseBot({ bot, rules }: BotChoice): Promise<ChosenBot> {
  if (bot !== undefined && rules !== undefined)
    throw new UsageError('A bot file and --rules do not go together. Pass one of them.')
  if (bot !== undefined) {
    const read = await readBot(bot)
    return { definition: read.definition, watch: (tell) => watchBot(bot, read, tell) }
  }
  if (rules !== undefined) {
    const loaded = await loadRules(rules)
    return {
      definition: photoReplies(loaded),
      watch: (tell) =>
        watchRules(rules, loaded, (reloaded) =>
          tell(reloaded.kind === 'broken' ? reloaded : { kind: 'changed', definition: photoReplies(reloaded.rules) }),
        ),
    }
  }
  return { definition: photoReplies(animalRules), watch: () => () => {} }
}

/** Whether a bot needs something that looks at photos. */
export const looksAtPhotos = ({ steps }: Definition): boolean => steps.some(({ run }) => run.labels && !run.hasLabeler)
