import { stat } from 'node:fs/promises'
import { checkStore, restoreStore } from '@hexbird/adapters-sqlite'
import { foreign } from '../../foreign.js'
import { mendable } from '../../run/store.js'
import type { Terminal } from '../../terminal.js'
import { UsageError } from '../../usage-error.js'
import type { Settings } from '../settings.js'
import { sure } from '../sure.js'
import { type StoreGiven, storePath } from './path.js'

/** Puts a backup in the store's place, and keeps the store beside it. */
export async function restore(
  file: string,
  given: StoreGiven & { readonly yes?: true },
  terminal: Terminal,
): Promise<number> {
  const { path, settings } = await storePath(given)
  const facts = mendable(() => checkStore(file))
  refuseAnotherBots(facts.botId, settings, file)
  const madeAt = (await stat(file)).mtime.toISOString()
  terminal.note(consequences(file, madeAt))
  await sure(terminal, `This replaces ${foreign(path)} with that backup.`, given.yes)
  const { keptAs } = mendable(() => restoreStore(file, path))
  terminal.say(`${foreign(path)} is restored from ${foreign(file)}.`)
  if (keptAs !== undefined) terminal.say(`The store that was there is now ${foreign(keptAs)}.`)
  terminal.result({ store: path, file, madeAt, ...facts, keptAs })
  return 0
}

const consequences = (
  file: string,
  madeAt: string,
) => `${foreign(file)} was written at ${madeAt}. What came later is lost:
- Anyone who has told the bot to stop since then gets replies again. If you know of someone, run \`hexbird forget\` for them.
- People who signed in since then have to do so again, and accounts of people who disconnected since then are back.
- At its next start the bot reads its own timeline. It answers no tweet twice; if it finds a reply that the backup lacks,
  today's money counts as spent, and it answers again tomorrow (UTC) or after \`hexbird billed\`.`

/** The keys of one bot and the store of another would be refused by `run`. */
function refuseAnotherBots(botId: string | undefined, settings: Settings, file: string): void {
  const own = settings.find('HEXBIRD_ACCESS_TOKEN')?.split('-')[0]
  if (own === undefined || botId === undefined || own === botId) return
  throw new UsageError(
    `${foreign(file)} is a backup of the bot with the id ${botId}, but the settings are those of ${own}. Choose a backup of this bot, or pass the other bot's --settings.`,
  )
}
