import { startServer } from './bot.js'

const names = ['CONSUMER_KEY', 'CONSUMER_SECRET', 'ACCESS_TOKEN', 'ACCESS_SECRET', 'BOT_ID', 'BOT_USERNAME']
const missing = names.filter((name) => !process.env[name])
if (missing.length > 0) {
  console.error(`Set ${missing.join(', ')}: docs.x.com says where they are found.`)
  process.exit(2)
}
const [consumerKey = '', consumerSecret = '', accessToken = '', accessSecret = '', id = '', username = ''] = names.map(
  (name) => process.env[name],
)
const server = await startServer({
  store: process.env.STORE ?? 'bot.sqlite',
  credentials: { consumerKey, consumerSecret, accessToken, accessSecret },
  bot: { id, username },
  site: (_, response) => response.end('Your own site.\n'),
  port: Number(process.env.PORT ?? 8080),
})
console.log(`X may deliver to ${server.webhookUrl}, through a proxy that speaks HTTPS. Ctrl-C stops it.`)
for (const signal of ['SIGINT', 'SIGTERM']) process.once(signal, () => void server.close())
