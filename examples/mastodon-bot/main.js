import { setTimeout as after } from 'node:timers/promises'
import { animalRules } from '@hexbird/core'
import { startBot } from './bot.js'

const { MASTODON_URL: url, MASTODON_TOKEN: accessToken, MASTODON_MEDIA: mediaOrigin = url } = process.env
if (!url || !accessToken || !mediaOrigin) {
  console.error('Set MASTODON_URL, MASTODON_TOKEN and, where photos are on another host, MASTODON_MEDIA.')
  process.exit(2)
}
const local = await startBot({
  url,
  accessToken,
  mediaOrigin: new URL(mediaOrigin).origin,
  rules: animalRules,
  onOutcome: (outcome) => console.log(outcome.kind, 'text' in outcome ? outcome.text : ''),
})
console.log(`@${local.bot.username} looks for mentions every ten seconds. Ctrl-C stops it.`)
for (;;) {
  const swept = await local.sweep().catch((/** @type {Error} */ error) => ({ kind: 'failed', detail: error.message }))
  if (swept.kind !== 'swept') console.error(swept.kind, 'detail' in swept ? swept.detail : '')
  await after(10_000)
}
