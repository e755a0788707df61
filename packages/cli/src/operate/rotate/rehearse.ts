import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { agentTo, XWebhooks } from '@hexbird/adapters-x'
import type { Event } from '@hexbird/core'
import { createWebhookApp, WEBHOOK_PATH } from '@hexbird/http'
import { type LocalX, startLocalX } from '@hexbird/local-x'
import { foreign } from '../../foreign.js'
import { listenAt } from '../../server.js'
import type { Terminal } from '../../terminal.js'
import type { SettingName } from '../settings.js'
import type { Step } from './record.js'
import { rotate } from './rotate.js'
import { putSetting } from './settings-file.js'

/**
 * The same walk with a local X and a webhook of its own: what a person does is done for them. Somebody tweets while the
 * webhook is closed, and it is told whether that arrived in the end.
 */
export async function rehearse(terminal: Terminal): Promise<number> {
  const folder = await mkdtemp(join(tmpdir(), 'hexbird-rehearsal-'))
  const [x, web] = await Promise.all([startLocalX(), listenAt()])
  try {
    return await walked(terminal, x, web, join(folder, '.env'))
  } finally {
    await x.close()
    await web.close()
    await rm(folder, { recursive: true })
  }
}

async function walked(terminal: Terminal, x: LocalX, web: Awaited<ReturnType<typeof listenAt>>, file: string) {
  const taken: Event[] = []
  const open = (consumerSecrets: readonly string[]) => {
    const inbox = { put: async (events: readonly Event[]) => void taken.push(...events) }
    const webhook = createWebhookApp({ inbox, consumerSecrets })
    web.serve((request) => webhook.fetch(request))
  }
  const close = () => web.serve(() => new Response(null, { status: 503 }))
  const { consumerKey, consumerSecret: old, accessToken, accessSecret, bearerToken } = x.credentials
  const url = `${web.origin}${WEBHOOK_PATH}`
  open([old])
  await deliverTo(url, x)
  const settings: Partial<Record<SettingName, string>> = {
    HEXBIRD_CONSUMER_KEY: consumerKey,
    HEXBIRD_CONSUMER_SECRET: old,
    HEXBIRD_ACCESS_TOKEN: accessToken,
    HEXBIRD_ACCESS_SECRET: accessSecret,
    HEXBIRD_BEARER_TOKEN: bearerToken,
    HEXBIRD_WEBHOOK_URL: url,
  }
  const lines = Object.entries(settings).map(([name, value]) => `${name}=${value}\n`)
  await writeFile(file, lines.join(''), { mode: 0o600 })

  /** What the person, or the bot that they look after, does. */
  const levers: Partial<Readonly<Record<Step, () => Promise<void>>>> = {
    async close() {
      close()
    },
    async regenerate() {
      const made = x.regenerateKeys()
      await putSetting(file, 'HEXBIRD_CONSUMER_KEY', made.consumerKey)
      await putSetting(file, 'HEXBIRD_CONSUMER_SECRET', `${made.consumerSecret},${old}`)
      await x.tweet({ as: 'alice', text: `@${x.bot.username} what is this?` })
    },
    async open() {
      open([x.credentials.consumerSecret, old])
    },
    async settle() {
      await putSetting(file, 'HEXBIRD_CONSUMER_SECRET', x.credentials.consumerSecret)
      open([x.credentials.consumerSecret])
    },
  }
  const steps: Step[] = []
  const quiet = { ...terminal, result: () => {} }
  const code = await rotate(
    { settings: file, yes: true },
    quiet,
    async (step) => {
      steps.push(step)
      terminal.note('  (rehearsal: done)')
      await levers[step]?.()
      return levers[step] !== undefined
    },
    { HEXBIRD_LOCAL_X: x.url },
  )
  await x.idle()
  const [missed, recovered] = [x.tweets().length, taken.filter(({ kind }) => kind === 'tweet').length]
  const valid = x.webhooks().every((webhook) => webhook.valid)
  terminal.say(
    `Rehearsal finished. The webhook is ${valid ? 'valid' : 'invalid'}. Tweets sent while it was closed: ${missed}; recovered: ${recovered}.`,
  )
  terminal.result({ done: code === 0, rehearsed: true, byHand: steps, valid, missed, recovered })
  return code === 0 && valid && missed === recovered ? 0 : 1
}

async function deliverTo(url: string, x: LocalX): Promise<void> {
  const agent = agentTo({ port: x.port })
  try {
    const webhooks = new XWebhooks({
      bearerToken: x.credentials.bearerToken,
      userCredentials: x.credentials,
      agent,
    })
    const registered = await webhooks.register(url)
    if (registered.kind !== 'registered')
      throw new Error(`The local X refused the webhook: ${foreign(registered.detail)}`)
    await webhooks.subscribe({ dialect: 'x-activity', webhookId: registered.webhook.id, botId: x.bot.id })
  } finally {
    agent.destroy()
  }
}
