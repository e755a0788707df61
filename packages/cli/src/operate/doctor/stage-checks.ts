import type { Terminal } from '../../terminal.js'
import { Endpoint } from '../endpoint.js'
import type { State } from '../stage-webhooks.js'
import { budgetFinding } from './budget-finding.js'
import { checkEndpoint } from './endpoint-checks.js'
import { type Finding, fail, ok, skipped, warn } from './finding.js'
import { allowedFinding, POSTING, RESOLVE } from './posting-finding.js'
import { deliveryFindings } from './x-checks.js'

/**
 * A deployed stage, which keeps its secrets: that its function answers shows that its settings are whole and X takes them,
 * and its webhook is asked as a stranger would.
 *
 * @param url of its webhook; else that of the only one that X has for it
 * @throws UsageError where there is no such stage; what its function throws
 */
export async function checkStage(
  stage: string,
  url: string | undefined,
  terminal: Terminal,
): Promise<readonly Finding[]> {
  const { stageWebhooks } = await import('../stage-webhooks.js')
  const { webhooks, state } = stageWebhooks(stage)
  const answered = await terminal.during('Asking the stage', state())
  const { bot } = answered
  const [first] = await terminal.during('Asking X', webhooks.list())
  const address = url ?? first?.url
  const findings = [
    ok('stage', `${stage} answers, for @${bot.username} (${bot.id})`),
    ...stateFindings(stage, answered, Date.now()),
  ]
  if (address === undefined) {
    const todo = `Run \`hexbird webhook register <url> --stage ${stage}\`. Without a webhook, only the sweep finds mentions.`
    return [...findings, fail('webhook at X', 'there is none', todo), skipped('webhook', 'there is none')]
  }
  return [
    ...findings,
    ...(await terminal.during('Asking X', deliveryFindings(webhooks, address, bot.id, ` --stage ${stage}`))),
    ...(await terminal.during('Asking the webhook', checkEndpoint(new Endpoint(address, undefined, bot.id)))),
  ]
}

/** What keeps a stage from asking X, now or soon. */
export function stateFindings(stage: string, state: State, now: number): readonly Finding[] {
  return [
    postingFinding(stage, state),
    waitsFinding(state, now),
    sweepFinding(stage, state),
    ...(state.limits ? [budgetFinding(state.limits, 'webhook')] : []),
  ]
}

function postingFinding(stage: string, { stopped, strikes = [] }: State): Finding {
  if (stopped === undefined) return allowedFinding(strikes)
  return fail(POSTING, `stopped: ${stopped.reason}`, `${RESOLVE}, then run \`hexbird resume --stage ${stage}\`.`)
}

function waitsFinding({ waits = {} }: State, now: number): Finding {
  const check = "X's limits"
  const running = Object.entries(waits).filter(([, until]) => until > now)
  if (running.length === 0) return ok(check, 'no call has to wait')
  const told = running.map(([call, until]) => `${call} until ${new Date(until).toISOString()}`).join(', ')
  return warn(check, `X asked the bot to wait: ${told}`, 'Nothing to do: the bot then continues by itself.')
}

function sweepFinding(stage: string, { sweep }: State): Finding {
  const check = 'sweep'
  if (sweep === undefined) return skipped(check, 'the stage does not report it: deploy it again')
  if (sweep.kind === 'room') return ok(check, 'the budget has room for it')
  return fail(
    check,
    `refused today: ${sweep.detail} Mentions that X does not deliver go unanswered`,
    `To see who mentions the bot so often: \`aws logs tail /aws/lambda/${stage}-hexbird-sweep\`. The sweep then continues by itself; to allow more, set \`HEXBIRD_LIMIT_SWEEP_PER_DAY\` and \`HEXBIRD_LIMIT_PER_DAY\` in the stage's \`limits\`.`,
  )
}
