import { spendingIn } from '@hexbird/adapters-sqlite'
import { defaultLimits, type Limits, selfServe2026 } from '@hexbird/core'
import { limitsIn, spentToday } from '@hexbird/core/host'
import { counted } from '../../counted.js'
import { INGRESSES, type IngressName } from '../../run/ingress-names.js'
import type { Terminal } from '../../terminal.js'
import { Endpoint } from '../endpoint.js'
import type { OperatorOptions } from '../operator.js'
import { KEYS, readSettings, type SettingName, type Settings, secretsIn, webhookSecretsIn } from '../settings.js'
import { addressOfX, flagsOf, strayKeys, type XAddress } from '../x.js'
import { budgetFinding, spentText } from './budget-finding.js'
import { checkEndpoint } from './endpoint-checks.js'
import { type Finding, fail, ok, shown, skipped, warn } from './finding.js'
import { checkMachine, machineOf } from './machine-checks.js'
import { checkStage } from './stage-checks.js'
import { checkX, localXTodo, NO_WEBHOOK } from './x-checks.js'

const DAY = 24 * 60 * 60 * 1000
/** X changes its prices several times a year. In days. */
const OLD = 180

/** Looks at everything that can be wrong with a bot at X, and says what to do about it. 1 where something fails. */
export async function doctor(given: OperatorOptions, terminal: Terminal): Promise<number> {
  const settings = await readSettings(given.settings)
  const now = Date.now()
  const found =
    given.stage === undefined
      ? checkBot(settings, given.x, now, terminal)
      : checkStage(given.stage, settings.find('HEXBIRD_WEBHOOK_URL'), terminal)
  const findings = [...(await found), pricesFinding(now)]
  for (const finding of findings) terminal.say(shown(finding, terminal))
  const count = (status: Finding['status']) => findings.filter((finding) => finding.status === status).length
  const [fails, warns] = [count('fail'), count('warn')]
  terminal.say(
    `\n${count('ok')} ok, ${counted(warns, 'warning')}, ${counted(fails, 'failure')}, ${count('skipped')} skipped`,
  )
  terminal.result({ findings, ok: count('ok'), warn: warns, fail: fails, skipped: count('skipped') })
  return fails > 0 ? 1 : 0
}

/** As `run` takes it; a bot with a webhook that does not say so is one on AWS. */
function ingressOf(settings: Settings): IngressName {
  const name = INGRESSES.find((one) => one === settings.find('HEXBIRD_INGRESS'))
  return name ?? (settings.find('HEXBIRD_WEBHOOK_URL') === undefined ? 'poll' : 'webhook')
}

/** The bot of the settings. */
async function checkBot(
  settings: Settings,
  address: string | undefined,
  now: number,
  terminal: Terminal,
): Promise<readonly Finding[]> {
  const x = addressOfX(address)
  const machine = machineOf(settings)
  const ingress = ingressOf(settings)
  // The settings keep the address of a webhook that the bot has left.
  const endpoint = ingress === 'webhook' ? endpointOf(settings) : undefined
  if (strayKeys(settings, x) !== undefined) return checkSettings(settings, ingress, x)
  return [
    ...checkSettings(settings, ingress, x),
    ...(machine ? await checkMachine(machine, now) : []),
    ...(await terminal.during('Asking X', checkX(settings, x, ingress, now))),
    ...(endpoint === undefined
      ? [skipped('webhook', NO_WEBHOOK[ingress])]
      : await terminal.during('Asking the webhook', checkEndpoint(endpoint))),
    await limitsFinding(settings, ingress, machine?.store, now),
  ]
}

/** What is needed besides the keys. */
const FOR_INGRESS: Readonly<Record<IngressName, readonly SettingName[]>> = {
  poll: [],
  stream: ['HEXBIRD_BEARER_TOKEN'],
  webhook: ['HEXBIRD_BEARER_TOKEN', 'HEXBIRD_WEBHOOK_URL'],
}

function checkSettings(settings: Settings, ingress: IngressName, x: XAddress): readonly Finding[] {
  const check = 'settings'
  const missing = [...KEYS, ...FOR_INGRESS[ingress]].filter((name) => settings.find(name) === undefined)
  const where = settings.file ?? 'the environment'
  const all =
    missing.length > 0
      ? fail(
          check,
          `missing: ${missing.join(', ')}`,
          (KEYS.some((name) => missing.includes(name)) ? localXTodo(x, settings.file) : undefined) ??
            `Put ${missing.length > 1 ? 'them' : 'it'} into ${settings.file ?? 'the environment or .env'}, or run \`hexbird setup${flagsOf(x)}\`.`,
        )
      : ok(check, `complete, from ${where}`)
  const { localX: owner } = settings
  if (owner !== undefined && x.local === undefined) {
    const todo = `To check the bot there, pass --x ${owner}. To run it on X, get keys with \`hexbird setup\`.`
    return [fail(check, `${where} has the keys of a local X, which X itself does not know`, todo)]
  }
  const old = secretsIn(settings.find('HEXBIRD_CONSUMER_SECRET')).length > 1
  return [
    all,
    ...(settings.isFileOpen ? [warn('settings file', `other users can read ${where}`, `chmod 600 ${where}`)] : []),
    ...(old
      ? [
          warn(
            'rotation',
            'an older consumer secret is still set beside the new one',
            'A day after a rotation, remove it here and from the bot.',
          ),
        ]
      : []),
  ]
}

function endpointOf(settings: Settings): Endpoint | undefined {
  const url = settings.find('HEXBIRD_WEBHOOK_URL')
  const secrets = webhookSecretsIn(settings)
  if (url === undefined || secrets.consumerSecrets.length === 0) return undefined
  return new Endpoint(url, secrets, settings.find('HEXBIRD_ACCESS_TOKEN')?.split('-')[0] ?? '0')
}

/** The limits in the settings, and what is spent of them today if there is a store. */
export async function limitsFinding(
  { find }: Settings,
  ingress: IngressName,
  store: string | undefined,
  now: number,
): Promise<Finding> {
  const { limits, faults } = limitsIn(find)
  if (faults.length > 0) return fail('budget', faults.join('; '), 'Correct them, or `hexbird run` does not start.')
  const known = { ...defaultLimits, ...limits }
  return budgetFinding(known, ingress, `${await spentIn(store, known, now)}; the bot's code may set other limits`)
}

/** Another check reports a store that cannot be read. */
async function spentIn(store: string | undefined, limits: Limits, now: number): Promise<string> {
  if (store === undefined) return ''
  const reading = spentToday({ spending: spendingIn(store), now: () => now }, limits)
  return reading.then(spentText, () => '')
}

export function pricesFinding(now: number): Finding {
  const { asOf, sources } = selfServe2026
  const days = Math.floor((now - Date.parse(asOf)) / DAY)
  const detail = `as of ${asOf}, ${counted(days, 'day')} old`
  return days > OLD
    ? warn('prices', detail, `Compare them with ${sources[0]}, then update hexbird or pass your own Platform.`)
    : ok('prices', detail)
}
