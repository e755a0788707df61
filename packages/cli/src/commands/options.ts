import { Argument, InvalidArgumentError, Option } from 'commander'
import { LABELERS } from '../local/labeler-names.js'

/** @throws InvalidArgumentError where it is none */
export function portNumber(text: string): number {
  const number = Number(text)
  if (!/^[0-9]+$/.test(text) || number > 65_535) throw new InvalidArgumentError('A port is a number from 0 to 65535.')
  return number
}

/** Where an operator's settings are. */
export const settingsOption = () =>
  new Option(
    '--settings <file>',
    'a file with HEXBIRD_… settings; environment variables take precedence (default: .env, if it exists)',
  )

export const rulesOption = () =>
  new Option(
    '--rules <file>',
    'run a photo bot with these rules instead of a bot file: a module that exports `rules`, or JSON',
  )

export const botArgument = () =>
  new Argument('[bot]', 'a file that exports a bot, such as bot.ts (default: a bot that names animals in photos)')

export const labelerOption = () =>
  new Option(
    '--labeler <name>',
    'how to label photos (default: by alt text and keywords, then with the detector)',
  ).choices(LABELERS)

export const runningStoreOption = () =>
  new Option('--store <file>', 'the store of `hexbird run` (default: hexbird.sqlite, if it exists)').conflicts('port')

/** Which bot is meant. */
export const whoseOptions = () => [
  new Option('--stage <name>', 'a stage on AWS (default: the bot on this machine)').conflicts(['port', 'store']),
  runningStoreOption(),
  new Option('--port <number>', 'the port of the local X, if more than one `hexbird dev` is running').argParser(
    portNumber,
  ),
  settingsOption(),
]

/** Which of X's formats is meant. */
export const dialectOption = (what: string) =>
  new Option('--dialect <name>', what).choices(['x-activity', 'account-activity']).default('x-activity')

/** For a sign-in in the browser. */
export const browserOptions = () => [
  new Option('--callback-port <number>', 'the port that a sign-in in the browser returns to')
    .argParser(portNumber)
    .default(8080),
  new Option('--no-open', 'show the address instead of opening a browser'),
]

/** Whose webhooks and subscriptions are meant. */
export const localXOption = () =>
  new Option('--x <url>', 'use a local X instead of the real one, such as http://127.0.0.1:4000')

const holderOption = () =>
  new Option('--stage <name>', 'a stage on AWS, which has its own secrets (default: the app in the settings)')

/** The options of commands that look after a bot's app, webhook and subscriptions at X. */
export const operatorOptions = () => [holderOption(), settingsOption(), localXOption().conflicts('stage')]

export const storeOption = () =>
  new Option('--store <file>', 'the file where `hexbird run` stores everything (default: hexbird.sqlite)')

/** A stage of the project in the current folder. */
export const projectStageOption = () => new Option('--stage <name>', 'a stage from stages.json')

export const tracingOption = () => new Option('--tracing', 'trace requests with AWS X-Ray')
