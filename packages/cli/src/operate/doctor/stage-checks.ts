import type { Terminal } from '../../terminal.js'
import { Endpoint } from '../endpoint.js'
import { checkEndpoint } from './endpoint-checks.js'
import { type Finding, fail, ok, skipped } from './finding.js'
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
  const { bot, stopped } = await terminal.during('Asking the stage', state())
  const [first] = await terminal.during('Asking X', webhooks.list())
  const address = url ?? first?.url
  const findings = [
    ok('stage', `${stage} answers, for @${bot.username} (${bot.id})`),
    stopped === undefined
      ? ok('posting', 'allowed')
      : fail(
          'posting',
          `stopped: ${stopped.reason}`,
          `Settle why, with X first where it was X; then \`hexbird resume --stage ${stage}\`.`,
        ),
  ]
  if (address === undefined) {
    const todo = `\`hexbird webhook register <url> --stage ${stage}\`. Without one the sweep alone finds mentions.`
    return [...findings, fail('webhook at X', 'there is none', todo), skipped('webhook', 'there is none')]
  }
  return [
    ...findings,
    ...(await terminal.during('Asking X', deliveryFindings(webhooks, address, bot.id))),
    ...(await terminal.during('Asking the webhook', checkEndpoint(new Endpoint(address, undefined, bot.id)))),
  ]
}
