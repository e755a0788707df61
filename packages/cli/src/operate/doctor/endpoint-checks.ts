import { signatureOf } from '@hexbird/core'
import { type Answer, type Challenged, type Endpoint, FORGERIES, responseTokenIn } from '../endpoint.js'
import { type Finding, fail, ok, skipped, warn } from './finding.js'

/** X's older pages want a challenge answered within 3 seconds, its newer ones within 10. In milliseconds. */
const SLOW = 1000
const TOO_SLOW = 3000

/** The bot's own webhook: whether X would take it for valid, and whether it takes what X did not send. */
export async function checkEndpoint(endpoint: Endpoint): Promise<readonly Finding[]> {
  const challenged = await endpoint.challenge()
  const first = challengeFinding(challenged)
  if (challenged.kind === 'silent') {
    const rest = ['signed delivery', 'forged deliveries', 'signing oracle']
    return [first, ...rest.map((check) => skipped(check, 'the webhook does not answer'))]
  }
  const signed =
    challenged.kind === 'unverified'
      ? skipped('signed delivery', 'only the stage has its secret')
      : await checkSigned(endpoint)
  return [first, signed, await checkForgeries(endpoint), await checkOracle(endpoint)]
}

export function challengeFinding(challenged: Challenged): Finding {
  const check = 'challenge (CRC)'
  switch (challenged.kind) {
    case 'right':
    case 'unverified': {
      const { kind, elapsedMs } = challenged
      const how = kind === 'right' ? 'correctly in' : 'in'
      const detail = `answered ${how} ${Math.round(elapsedMs)} ms`
      if (elapsedMs > TOO_SLOW) {
        return fail(check, detail, 'X gives up after 3 to 10 seconds. Answer before you load or call anything else.')
      }
      return elapsedMs > SLOW
        ? warn(check, detail, 'X waits at least 3 seconds. Run this again: a cold start is slower.')
        : ok(check, detail)
    }
    case 'wrong':
      return fail(
        check,
        `answered incorrectly (${challenged.status}): X marks the webhook invalid at once`,
        challenged.status >= 300
          ? 'X does not follow redirects: register the address that answers.'
          : WRONG[challenged.secret ?? 'none'],
      )
    case 'not-answered':
      return fail(
        check,
        `not answered: ${challenged.status}`,
        "X tolerates that for a day. Check the bot's log, and that HEXBIRD_WEBHOOK_URL has the exact path.",
      )
    case 'silent':
      return fail(
        check,
        `the webhook does not answer: ${challenged.detail}`,
        'Check that the bot is running, and that HEXBIRD_WEBHOOK_URL points to it.',
      )
  }
}

const WRONG = {
  older: 'The bot answers with an older secret. Give it the newest one in the settings, before any other.',
  consumer: 'The app has an OAuth 2.0 client secret, and X expects answers made with it. Give it to the bot.',
  none: 'The bot has a different secret from these settings. Compare both with the console.',
} as const

async function checkSigned(endpoint: Endpoint): Promise<Finding> {
  const check = 'signed delivery'
  const body = endpoint.emptyDelivery()
  const answer = await endpoint.deliver(body, (secret) => signatureOf(body, secret))
  if (isTaken(answer)) return ok(check, 'accepted')
  return fail(
    check,
    `not accepted: ${describeAnswer(answer)}`,
    'X signs in the same way. Check that the bot has the secret from these settings, and check its log.',
  )
}

async function checkForgeries(endpoint: Endpoint): Promise<Finding> {
  const check = 'forged deliveries'
  const taken: string[] = []
  const broken: string[] = []
  for (const [name, forge] of Object.entries(FORGERIES)) {
    const body = endpoint.emptyDelivery()
    const answer = await endpoint.deliver(body, (secret) => forge(secret, body))
    if (isTaken(answer)) taken.push(name)
    else if (!isRefused(answer)) broken.push(`${name} (${describeAnswer(answer)})`)
  }
  if (taken.length > 0) {
    return fail(
      check,
      `accepted with ${taken.join(', ')}`,
      'Anyone can make the bot act. Accept a delivery only if its signature matches the raw bytes.',
    )
  }
  if (broken.length > 0) {
    return warn(
      check,
      `not refused with 4xx: ${broken.join(', ')}`,
      'Refuse every bad signature with 4xx, whatever the header looks like.',
    )
  }
  return ok(check, `all ${Object.keys(FORGERIES).length} refused`)
}

/** Whether a challenge hands out the signature of a delivery. */
async function checkOracle(endpoint: Endpoint): Promise<Finding> {
  const check = 'signing oracle'
  const body = endpoint.emptyDelivery()
  for (const tokens of [[body], [` ${body}`], [`\n${body}`], [body, body]]) {
    const answer = await endpoint.ask(tokens)
    const isSigned = answer.kind === 'answered' && answer.status < 300 && responseTokenIn(answer) !== undefined
    if (isSigned) {
      return fail(
        check,
        'the bot signs a challenge that is really a delivery: anyone can get any delivery signed',
        'Refuse challenges that contain a brace, and accept only deliveries that start with one.',
      )
    }
  }
  return ok(check, 'a challenge that is a delivery is refused')
}

const isTaken = (answer: Answer) => answer.kind === 'answered' && answer.status >= 200 && answer.status < 300
const isRefused = (answer: Answer) => answer.kind === 'answered' && answer.status >= 400 && answer.status < 500
const describeAnswer = (answer: Answer) => (answer.kind === 'answered' ? String(answer.status) : answer.detail)
