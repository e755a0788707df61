// What `bundleBot` runs: bundles a bot's functions into a folder, and writes there what the bot needs, or what is wrong.
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { WRITTEN, type Written } from './bundle-bot.js'
import { BotFault, readNeeds } from './read-needs.js'

const [bot = '', folder = ''] = process.argv.slice(2)
await writeFile(join(folder, WRITTEN), JSON.stringify(await bundled()))
// Whatever the bot has begun ends with this.
process.exit(0)

async function bundled(): Promise<Written> {
  try {
    const needs = await readNeeds(bot, folder)
    const { bundleFunctions } = await import('./bundle-functions.js')
    await bundleFunctions({ bot, folder })
    return { needs }
  } catch (error) {
    if (error instanceof BotFault) return { fault: error.message }
    return { fault: `cannot be bundled: ${error instanceof Error ? error.message : String(error)}` }
  }
}
