// Stores as fast as it goes until it is killed, and prints each number once it is stored: node burst.mjs <path> <first>
import { writeSync } from 'node:fs'
import { openStore } from '@hexbird/adapters-sqlite'

const [path, first] = process.argv.slice(2)
const store = openStore(path)
const inbox = store.queue('events')
const blobs = store.blobs()
const photo = new Uint8Array(20_000)
for (let each = Number(first); ; each++) {
  const about = String(each)
  await inbox.put([{ id: about }])
  await blobs.put(`photos/${about}/0`, photo, 'image/png')
  await store.ports.ledger.settle({ botId: '1', about }, { kind: 'replied', replyId: about }, Date.now())
  writeSync(1, `${about}\n`)
}
