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
    'where HEXBIRD_… settings are that the environment has not (default: .env, if it is there)',
  )

export const rulesOption = () =>
  new Option(
    '--rules <file>',
    'in place of a bot file, for a bot that says what is in photos: a module that exports `rules`, or JSON',
  )

export const botArgument = () =>
  new Argument('[bot]', 'a file that exports a bot, such as bot.ts (default: a bot that names animals in photos)')

export const labelerOption = () =>
  new Option('--labeler <name>', 'what looks at photos (default: what the author wrote, then the detector)').choices(
    LABELERS,
  )

/** Which bot is meant. */
export const stageOption = () =>
  new Option('--stage <name>', 'a deployed stage (default: the bot that runs here)').conflicts(['port', 'store'])

export const runningStoreOption = () =>
  new Option('--store <file>', 'which `hexbird run`: its store (default: hexbird.sqlite, if it is there)').conflicts(
    'port',
  )

export const runningPortOption = () =>
  new Option('--port <number>', 'which `hexbird dev`, where several run: the port of its local X').argParser(portNumber)

export const localXPortOption = () =>
  new Option('--port <number>', 'the port of the local X (default: that of the only `hexbird dev`)').argParser(
    portNumber,
  )

/** Whose webhooks and subscriptions are meant. */
export const holderOption = () =>
  new Option('--stage <name>', 'a deployed stage, which keeps its secrets (default: the app of the settings)')

export const storeOption = () =>
  new Option('--store <file>', 'the file with everything that `hexbird run` keeps (default: hexbird.sqlite)')
