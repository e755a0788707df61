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
      ? skipped('signed delivery', 'the stage keeps its secret')
      : await checkSigned(endpoint)
  return [first, signed, await checkForgeries(endpoint), await checkOracle(endpoint)]
}

export function challengeFinding(challenged: Challenged): Finding {
  const check = 'challenge (CRC)'
  switch (challenged.kind) {
    case 'right':
    case 'unverified': {
      const { kind, elapsedMs } = challenged
      const how = kind === 'right' ? 'rightly in' : 'in'
      const detail = `answered ${how} ${Math.round(elapsedMs)} ms`
      if (elapsedMs > TOO_SLOW) {
        return fail(check, detail, 'X gives up after 3 to 10 seconds. Answer before anything else is loaded or asked.')
      }
      return elapsedMs > SLOW
        ? warn(check, detail, 'X waits for 3 seconds at least. Ask again: a start from cold counts.')
        : ok(check, detail)
    }
    case 'wrong':
      return fail(
        check,
        `answered wrongly (${challenged.status}): X takes the webhook for invalid at once`,
        challenged.status >= 300
          ? 'X follows no redirect: register the address that answers.'
          : WRONG[challenged.secret ?? 'none'],
      )
    case 'not-answered':
      return fail(
        check,
        `not answered: ${challenged.status}`,
        'X forgives that for a day. See the log of the bot, and that HEXBIRD_WEBHOOK_URL is its very path.',
      )
    case 'silent':
      return fail(
        check,
        `the webhook does not answer: ${challenged.detail}`,
        'See that the bot is up, and that HEXBIRD_WEBHOOK_URL leads to it.',
      )
  }
}

const WRONG = {
  older: 'The bot answers with an older secret than the newest of the settings: give it the newest, first.',
  consumer: 'The app has an OAuth 2.0 client secret, and X wants challenges answered with that: give it to the bot.',
  none: 'The bot has another secret than these settings. Compare both with the console.',
} as const

async function checkSigned(endpoint: Endpoint): Promise<Finding> {
  const check = 'signed delivery'
  const body = endpoint.emptyDelivery()
  const answer = await endpoint.deliver(body, (secret) => signatureOf(body, secret))
  if (isTaken(answer)) return ok(check, 'taken')
  return fail(
    check,
    `not taken: ${describeAnswer(answer)}`,
    'X signs as this was signed. See that the bot has the secret of these settings, and its log.',
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
      `taken with ${taken.join(', ')}`,
      'Anybody can make the bot act. Take nothing whose signature is not that of the bytes as they came.',
    )
  }
  if (broken.length > 0) {
    return warn(
      check,
      `not refused with 4xx: ${broken.join(', ')}`,
      'A header of any form is to be refused, and must not break anything.',
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
        'a challenge that is a delivery gets its signature: anybody can have any delivery signed',
        'Refuse challenges with a brace in them, and take deliveries alone that begin with one.',
      )
    }
  }
  return ok(check, 'a challenge that is a delivery is refused')
}

const isTaken = (answer: Answer) => answer.kind === 'answered' && answer.status >= 200 && answer.status < 300
const isRefused = (answer: Answer) => answer.kind === 'answered' && answer.status >= 400 && answer.status < 500
const describeAnswer = (answer: Answer) => (answer.kind === 'answered' ? String(answer.status) : answer.detail)
