import { localXCommand } from '../operate/x.js'
import { thisCommand } from '../this-command.js'
import type { Plan } from './plan.js'

/** What to type to let the bot of a store post again. */
export const toResume = (store: string) => `To resume: ${thisCommand()} resume --store ${store}`

/** What to type about whatever keeps the bot from working; empty if it only has to wait. */
export function remedyFor(reason: string, { store, x, file }: Pick<Plan, 'store' | 'x' | 'file'>): string {
  switch (reason) {
    case 'stopped':
      return toResume(store)
    case 'unreachable':
      return x.local === undefined ? '' : `To start the local X: ${localXCommand(x.local, file)}`
    case 'unauthorized':
      return x.local === undefined
        ? `To check the keys: ${thisCommand()} doctor`
        : 'A local X has new keys each time it starts: start the bot again, with the file that has them.'
    default:
      return ''
  }
}
