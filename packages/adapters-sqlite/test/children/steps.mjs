// Settles one reply after the other until it is killed, and prints each number once it is stored: node steps.mjs <path>
import { writeSync } from 'node:fs'
import { openStore } from '@hexbird/adapters-sqlite'

const store = openStore(process.argv[2])
const { ledger } = store.ports
for (let each = 1; ; each++) {
  await ledger.settle({ botId: '1', about: String(each) }, { kind: 'replied', replyId: String(each) }, Date.now())
  writeSync(1, `${each}\n`)
}
