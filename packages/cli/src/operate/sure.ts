import type { Terminal } from '../terminal.js'
import { UsageError } from '../usage-error.js'

/**
 * Goes on only where the person, or `--yes`, says so.
 *
 * @throws UsageError where they do not, or nobody is there
 */
export async function sure(terminal: Terminal, what: string, yes: true | undefined): Promise<void> {
  if (yes) return
  const answer = await terminal.ask(`${what} Continue? [y/N] `, 'To continue without being asked, pass --yes.')
  if (!/^y(es)?$/i.test(answer.trim())) throw new UsageError('Nothing was done.')
}
