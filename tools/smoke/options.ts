import { parseArgs } from 'node:util'
import { lineOf, SmokeError } from './errors.js'

export interface Options {
  readonly stage: string
  /** Where the functions answer, where the stack is not to be asked. */
  readonly origin: string | undefined
  /** Against emulators in this process, in place of AWS. */
  readonly emulators: boolean
}

const USAGE = `Usage: npm run smoke -- --stage <name> [--url https://…] [--yes-production]
       npm run smoke -- --emulators

  --stage           a stage that is deployed in the account and region of your credentials
  --url             where it answers, if not where its stack says (which asks the AWS CLI)
  --yes-production  needed for --stage production
  --emulators       a stage on this machine, to try the command itself

The stage's own tables, bucket and queues are only described. What is written is written to new ones, named
<stage>-smoke-<random>, which are removed in the end.`

/** The stage that runs on emulators: the functions let endpoints be set for this one alone. */
const EMULATED = 'local'

/** @throws SmokeError `OPTIONS_INVALID` */
export function optionsFrom(args: readonly string[], stages: readonly string[]): Options {
  const { stage, url, emulators = false, 'yes-production': yes = false } = parsed(args)
  if (emulators) {
    if (stage !== undefined || url !== undefined) throw invalid('--emulators brings a stage of its own.')
    return { stage: EMULATED, origin: undefined, emulators }
  }
  const known = stages.map((name) => `--stage ${name}`).join(' or ')
  if (stage === undefined) throw invalid(`Say which stage: ${known}.`)
  if (!/^[a-z][a-z0-9-]{0,19}$/.test(stage)) throw invalid(`"${stage}" is no name of a stage: ${known}.`)
  if (stage === 'production' && !yes) {
    throw invalid('This makes tables, a bucket and queues beside those of production. Say --yes-production if so.')
  }
  return { stage, origin: url === undefined ? undefined : originOf(url), emulators }
}

function parsed(args: readonly string[]) {
  try {
    return parseArgs({
      args: [...args],
      options: {
        stage: { type: 'string' },
        url: { type: 'string' },
        'yes-production': { type: 'boolean' },
        emulators: { type: 'boolean' },
      },
    }).values
  } catch (error) {
    throw invalid(lineOf(error))
  }
}

/** Of the API's own address as well as of the webhook's: only the origin counts. */
function originOf(url: string): string {
  if (!URL.canParse(url) || !/^https:/.test(url)) throw invalid(`--url is an address that starts with https://: ${url}`)
  return new URL(url).origin
}

const invalid = (message: string) => new SmokeError('OPTIONS_INVALID', `${message}\n\n${USAGE}`)
