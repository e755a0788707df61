import { selfServe2026 } from '@hexbird/core'
import { counted } from '../../counted.js'
import type { Terminal } from '../../terminal.js'
import { compare } from './compare.js'
import { type Bill, estimate, type Load } from './estimate.js'
import { AWS_AS_OF, SERVER } from './figures.js'

/** Prints what a number of replies a day costs on one machine and, on request, on AWS. */
export function costs({ aws, ...load }: Load & { readonly aws?: true }, terminal: Terminal): number {
  const { aDay, aMonth, budgetADay, pollBudgetADay, limitADay } = estimate(load)
  const { withPhoto, withoutPhoto, photosEach } = load
  const machines = compare(withPhoto + withoutPhoto).filter(({ name }) => name !== 'aws')
  terminal.say(
    [
      `${counted(withPhoto, 'tweet')} a day with ${photosEach === 1 ? 'a photo' : `${photosEach} photos`}, ${withoutPhoto} without.`,
      '',
      'Per month, with `hexbird run` on a small server that labels photos with its own detector:',
      '',
      row('', 'X', 'server', 'total'),
      ...machines.map(({ name, x, server, total }) => row(name, ...[x, server, total].map(dollars))),
      '',
      ...(aws ? onAws(load, aDay, aMonth) : ['For a bot on AWS, add --aws.', '']),
      `Prices: X as of ${selfServe2026.asOf}, AWS in us-east-1 as of ${AWS_AS_OF}, the server as of ${SERVER.asOf}; before tax and without AWS's free tier.`,
      'For the source of each figure, and what can change it, see docs/costs.md in the repository of hexbird.',
    ].join('\n'),
  )
  if (budgetADay > limitADay) {
    terminal.note(
      `The bot's own budget counts ${dollars(budgetADay)} a day for that (${dollars(pollBudgetADay)} with poll), without the events that X delivers, and stops at ${dollars(limitADay)} by default. To have all of them answered, set HEXBIRD_LIMIT_PER_DAY to at least that.`,
    )
  }
  const { postsADay } = machines[0]?.limits ?? {}
  if (postsADay !== undefined) terminal.note(`X accepts at most ${postsADay} posts a day from one account.`)
  terminal.result({
    ...load,
    aDay: rounded(aDay),
    aMonth: rounded(aMonth),
    budgetADay: cent(budgetADay),
    limitADay,
    aMonthOnOneMachine: Object.fromEntries(machines.map(({ name, total }) => [name, cent(total)])),
    asOf: { x: selfServe2026.asOf, aws: AWS_AS_OF, server: SERVER.asOf },
  })
  return 0
}

const row = (what: string, ...cells: readonly string[]) =>
  `  ${what.padEnd(34)}${cells.map((cell) => cell.padStart(12)).join('')}`

function onAws({ dialect }: Load, aDay: Bill, aMonth: Bill): readonly string[] {
  const line = (what: string, part: keyof Bill) => row(what, dollars(aDay[part]), dollars(aMonth[part]))
  return [
    `On AWS, with deliveries in ${dialect} and photos labeled by Rekognition:`,
    '',
    row('', 'a day', 'a month'),
    line('X', 'x'),
    line('Amazon Rekognition', 'rekognition'),
    line('the rest of AWS', 'aws'),
    line('AWS, when nobody tweets', 'idle'),
    line('total', 'total'),
    '',
  ]
}

const dollars = (amount: number) => `$${amount.toFixed(2)}`
const cent = (amount: number) => Number(amount.toFixed(4))
const rounded = (bill: Bill) => Object.fromEntries(Object.entries(bill).map(([part, amount]) => [part, cent(amount)]))
