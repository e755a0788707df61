// Claims each key, in an order of its own, and prints which it got: node claims.mjs <path> <owner> <keys>
import { openStore } from '@hexbird/adapters-sqlite'

const [path, owner, keys] = process.argv.slice(2)
const store = openStore(path, { shared: true })
const now = Date.now()
const claim = { owner, intent: { tweetId: '1', text: 'a dog' }, now, until: now + 100_000 }
const acquired = []
for (let each = 0; each < Number(keys); each++) {
  const { kind } = await store.ports.ledger.claim({ botId: '1', about: String(each) }, claim)
  if (kind === 'acquired') acquired.push(each)
}
store.close()
console.log(JSON.stringify(acquired))
