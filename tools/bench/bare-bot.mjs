// The bare minimum of a bot: the same HTTP server and X client as `hexbird run`, and one call to X.
import { Agent } from 'node:http'
import { connect } from 'node:net'
import { serve } from '@hono/node-server'
import { Hono } from 'hono'
import { TwitterApi } from 'twitter-api-v2'

const [port, appKey, appSecret, accessToken, accessSecret] = process.argv.slice(2)

class ToLocalX extends Agent {
  protocol = 'https:'
  defaultPort = 443
  createConnection() {
    return connect({ host: '127.0.0.1', port: Number(port) })
  }
}

const app = new Hono()
app.get('/health', (context) => context.text('ok'))
serve({ fetch: app.fetch, port: 0, hostname: '127.0.0.1' })
const x = new TwitterApi(
  { appKey, appSecret, accessToken, accessSecret },
  { httpAgent: new ToLocalX({ keepAlive: true }) },
)
await x.v2.me()
console.log('The bot is running.')
