import { foreign } from '../foreign.js'
import { UsageError } from '../usage-error.js'
import { allRunning, isHere, type Running } from './state-file.js'

/**
 * The `hexbird dev` that is meant: that whose local X listens on the port, else the only one of this folder, else the
 * only one.
 *
 * @param otherwise how to name a bot that is not one of `hexbird dev`
 * @throws UsageError where there is none, or it is not clear which
 */
export async function findRunning(port: number | undefined, otherwise: string): Promise<Running> {
  const all = await allRunning()
  const here = all.filter(isHere)
  const preferred = here.length > 0 ? here : all
  const meant = port === undefined ? preferred : all.filter(({ x }) => new URL(x).port === String(port))
  const [one, ...others] = meant
  if (one && others.length === 0) return one
  if (one) {
    const bots = meant.map(({ x, bot, folder }) => {
      const where = folder === undefined ? '' : ` in ${foreign(folder)}`
      return `${new URL(x).port} (@${foreign(bot)}${where})`
    })
    throw new UsageError(`Several bots are running here. Choose one with --port: ${bots.join(', ')}.`)
  }
  const where = port === undefined ? 'No bot is running here' : `No bot is running here with a local X on port ${port}`
  throw new UsageError(`${where}. Start one in another terminal: hexbird dev. ${otherwise}`)
}
