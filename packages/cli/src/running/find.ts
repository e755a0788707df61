import { foreign } from '../foreign.js'
import { UsageError } from '../usage-error.js'
import { allRunning, type Running } from './state-file.js'

/**
 * The `hexbird dev` that is meant: that whose local X listens on the port, else the only one.
 *
 * @throws UsageError where there is none, or it is not clear which
 */
export async function findRunning(port: number | undefined): Promise<Running> {
  const all = await allRunning()
  const meant = port === undefined ? all : all.filter(({ x }) => new URL(x).port === String(port))
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
  throw new UsageError(`${where}. Start one in another terminal: hexbird dev. For hexbird run, pass --store <file>.`)
}
