import type { Spent } from '@hexbird/core/host'
import { foreign } from '../foreign.js'
import type { Terminal } from '../terminal.js'
import { thisCommand } from '../this-command.js'
import { UsageError } from '../usage-error.js'
import { ask, storeIn, type Whose } from './ask.js'
import { LOCAL_STAGE } from './requests.js'

interface Stopped {
  readonly reason: string
  /** Epoch milliseconds. */
  readonly since: number
}

const nameOf = ({ stage = LOCAL_STAGE }: Whose) => stage

/** Another command for the same bot has to name it in the same way. */
const same = ({ stage, store, port }: Whose) =>
  Object.entries({ stage, store, port })
    .flatMap(([name, value]) => (value === undefined ? [] : ` --${name} ${value}`))
    .join('')

/** The `pause` command. */
export async function pause(whose: Whose, reason: string, terminal: Terminal): Promise<void> {
  const stopped = (await terminal.during('Pausing', ask(whose, { action: 'pause', reason }))) as Stopped
  const since = new Date(stopped.since).toISOString()
  const words = stopped.reason.endsWith(reason)
    ? `Posting has been stopped since ${since}: ${foreign(stopped.reason)}`
    : `Posting was already stopped, since ${since}: ${foreign(stopped.reason)}\nThe new reason was not stored.`
  terminal.say(`${words}\nTo resume: ${thisCommand()} resume${same(whose)}`)
  terminal.result({ stage: nameOf(whose), stopped: { ...stopped, since } })
}

/** The `resume` command. */
export async function resume(whose: Whose, terminal: Terminal): Promise<void> {
  await terminal.during('Resuming', ask(whose, { action: 'resume' }))
  terminal.say('Posting is allowed again.')
  terminal.result({ stage: nameOf(whose), stopped: null })
}

/** The `billed` command. It is for `hexbird run` alone: X bills nothing for `hexbird dev`. */
export async function billed(whose: Whose, amount: number, terminal: Terminal): Promise<void> {
  const store = whose.store ?? (await storeIn(whose.settings))
  const day = (await ask({ ...whose, store }, { action: 'billed-today', amount })) as Spent
  const [spent, limit] = [day.spent / MICRO, day.limit / MICRO]
  terminal.say(`$${spent.toFixed(2)} of today's $${limit.toFixed(2)} is spent or reserved.`)
  terminal.result({ spent, limit })
}

const MICRO = 1_000_000

/** What X said to making tokens invalid. */
interface Forgotten {
  readonly atX: { readonly kind: string; readonly detail?: string }
}

/** The `forget` command. Gives the exit code: 1 where a person's tokens may still work at X. */
export async function forget(whose: Whose, user: string, terminal: Terminal): Promise<number> {
  const uid = await uidOf(whose, user)
  const { atX } = (await terminal.during('Forgetting', ask(whose, { action: 'forget', uid }))) as Forgotten
  terminal.result({ stage: nameOf(whose), uid, atX })
  const isOver = ['done', 'revoked', 'no-account'].includes(atX.kind)
  const tokens = {
    done: 'Their tokens are now invalid at X.',
    revoked: 'Their tokens were already invalid at X.',
    'no-account': 'They had not signed in, so there were no tokens.',
  }[atX.kind]
  terminal.say(
    `Everything about user ${foreign(uid)} has been deleted. ${tokens ?? `Their tokens may still work: X ${said(atX)}`}`,
  )
  if (!isOver) terminal.say('They can revoke the access themselves: https://x.com/settings/connected_apps')
  return isOver ? 0 : 1
}

const said = ({ kind, detail }: Forgotten['atX']) =>
  detail === undefined ? `answered "${foreign(kind)}".` : `said: ${foreign(detail)}`

/** @throws UsageError where nobody is called so */
async function uidOf(whose: Whose, user: string): Promise<string> {
  if (/^\d{1,19}$/.test(user)) return user
  const [, username] = /^@?(\w{1,15})$/.exec(user) ?? []
  if (username === undefined)
    throw new UsageError(`"${user}" is neither a user id nor a handle. Pass one such as 1234567890 or @alice.`)
  return ((await ask(whose, { action: 'id-of', username })) as { readonly uid: string }).uid
}

/** The `purge` command. */
export async function purge(whose: Whose, yes: string | undefined, terminal: Terminal): Promise<void> {
  const stage = nameOf(whose)
  const { stopped } = (await ask(whose, { action: 'state' })) as { readonly stopped?: Stopped }
  if (!stopped) {
    throw new UsageError(
      `Pause the bot first, so that it stores nothing new meanwhile: hexbird pause purge${same(whose)}`,
    )
  }
  await confirmPurge(stage, yes, terminal)
  await terminal.during('Purging', ask(whose, { action: 'purge', sure: stage }))
  terminal.say('Everything about everyone has been deleted.')
  terminal.result({ stage, purged: true })
}

/** @throws UsageError where the name of the stage is not given, or another */
export async function confirmPurge(stage: string, yes: string | undefined, terminal: Terminal): Promise<void> {
  const question = `This permanently deletes the sessions, accounts, photos, ledger, budget and opt-outs of ${stage}.\nType ${stage} to continue: `
  const sure = yes ?? (await terminal.ask(question, `To continue without being asked, pass --yes-purge ${stage}.`))
  if (sure.trim() !== stage)
    throw new UsageError(`That is not ${stage}, so nothing was deleted. Run this again to retry.`)
}
