import { hexbird, type Ran, type Running, starts } from '@hexbird/testkit/hexbird'
import { type LocalBot, type LocalBotOptions, startLocalBot } from '../../src/local-bot.js'

type Env = Readonly<Record<string, string>>

/** A bot on this machine, with its X, and whoever looks after it. */
export interface Operated extends LocalBot {
  readonly env: Env
  /** Runs the command with `--json` as the operator of that bot, perhaps with other settings. */
  run(args: readonly string[], env?: Env): Promise<Ran>
  starts(args: readonly string[], env?: Env): Running
}

export async function operated(options: LocalBotOptions = {}): Promise<Operated> {
  const local = await startLocalBot(options)
  const { credentials, url } = local.x
  const env = {
    HEXBIRD_LOCAL_X: url,
    HEXBIRD_CONSUMER_KEY: credentials.consumerKey,
    HEXBIRD_CONSUMER_SECRET: credentials.consumerSecret,
    HEXBIRD_ACCESS_TOKEN: credentials.accessToken,
    HEXBIRD_ACCESS_SECRET: credentials.accessSecret,
    HEXBIRD_BEARER_TOKEN: credentials.bearerToken,
    HEXBIRD_WEBHOOK_URL: local.webhookUrl,
  }
  return {
    ...local,
    env,
    run: (args, more = {}) => hexbird([...args, '--json'], { ...env, ...more }),
    starts: (args, more = {}) => starts([...args, '--json'], { ...env, ...more }),
  }
}

/** No secret may be shown, whatever happens. */
export function secretsShown({ stdout, stderr }: Ran, { env }: Operated): readonly string[] {
  return Object.entries(env)
    .filter(([name]) => /SECRET|TOKEN/.test(name))
    .flatMap(([name, value]) => (`${stdout}${stderr}`.includes(value) ? [name] : []))
}
