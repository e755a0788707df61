// What core does, in any runtime: run by each of them over the same tarballs, and compared by `check-runtimes.mjs`. It
// prints one line of JSON for each thing that it did, and says the same wherever and whenever it runs.
import {
  MemoryBlobStore,
  MemoryBudget,
  MemoryCursor,
  MemoryKillSwitch,
  MemoryMediaFetcher,
  MemoryOptOuts,
  MemoryReplyLedger,
  MemorySessionStore,
  MemorySocialClient,
} from '@hexbird/adapters-memory'
import {
  animalRules,
  composeReply,
  crcResponse,
  createBot,
  decodeDelivery,
  photoReplies,
  signatureOf,
  verifySignature,
  weightedLength,
} from '@hexbird/core'
import { findUrls } from '@hexbird/core/adapter'
import {
  blobStoreContract,
  budgetContract,
  cursorContract,
  killSwitchContract,
  optOutsContract,
  replyLedgerContract,
  sessionStoreContract,
} from '@hexbird/core/contracts'
import { storedJobs } from '@hexbird/core/host'
import { deliveryArbitrary, labelsPerPhotoArbitrary, xActivityDelivery } from '@hexbird/core/testing'
import fc from 'fast-check'

const SECRET = 'consumer-secret'
const NOW = Date.UTC(2026, 10, 22)
/** The head of a PNG of 800 by 600 pixels. */
const PHOTO = Uint8Array.from(atob('iVBORw0KGgoAAAANSUhEUgAAAyAAAAJYCAIAAAAAAAAA'), (byte) => byte.charCodeAt(0))
const say = (what, result) => console.log(JSON.stringify({ what, result }))
/** The same values everywhere. */
const samples = (arbitrary, numRuns) => fc.sample(arbitrary, { seed: 2026, numRuns })

say('a challenge is answered', crcResponse('challenge_string', SECRET))
say('a delivery is no challenge', crcResponse('{"for_user_id":"1"}', SECRET))

for (const body of samples(deliveryArbitrary(), 100)) {
  const signature = signatureOf(body, SECRET)
  const [good, bad] = [SECRET, 'another'].map((secret) =>
    verifySignature(new TextEncoder().encode(body), signature, [secret]),
  )
  say('a delivery is signed, checked and decoded', [signature, good, bad, decodeDelivery(body)])
}

/** Runtimes are years of Unicode apart: characters that all of them know the same of. */
const KNOWN_TO_ALL =
  /^(?:[\0-\u02ff\u2000-\u206f\u4e00-\u9fa5\ud800-\udfff\uff20-\uff5a\u{1f300}-\u{1f64f}]|[\u0300-\u036f\ufe0f])*$/u
const known = (labels) => labels.filter(({ name }) => KNOWN_TO_ALL.test(name))
for (const [index, photos] of samples(labelsPerPhotoArbitrary(), 300).entries()) {
  const reply = composeReply(animalRules, { id: '1', username: 'alice' }, photos.map(known), { variant: index })
  say('a reply is composed and weighed', [reply, weightedLength(reply.text)])
}
say(
  'text is weighed as X does',
  ['犬', '👩🏽‍🚀 🐕‍🦺 🇳🇴', 'e\u0301', 'see example.com/a?b=c'].map((text) => [weightedLength(text), findUrls(text)]),
)

await story()

const contracts = [
  [blobStoreContract, () => new MemoryBlobStore()],
  [killSwitchContract, () => new MemoryKillSwitch()],
  [budgetContract, () => new MemoryBudget()],
  [cursorContract, () => new MemoryCursor()],
  [optOutsContract, () => new MemoryOptOuts()],
  [replyLedgerContract, () => new MemoryReplyLedger()],
  [sessionStoreContract, () => new MemorySessionStore()],
]
for (const [contract, make] of contracts) {
  for (const { name, check } of contract) {
    await check(make)
    say('a promise is kept', name)
  }
}

/** A signed delivery comes in twice and gets one reply; what was stored for it is gone. */
async function story() {
  const bot = { id: '900', username: 'petbot' }
  const now = () => NOW
  let ids = 0
  const jobs = []
  const stored = []
  class NotingBlobStore extends MemoryBlobStore {
    put(key, bytes, type) {
      stored.push(key)
      return super.put(key, bytes, type)
    }
  }
  const blobs = new NotingBlobStore()
  const social = new MemorySocialClient({ bot, now })
  const url = 'https://pbs.twimg.com/media/HCqUSd9W0AAuC2j.jpg'
  const ports = {
    social,
    media: new MemoryMediaFetcher(new Map([[url, { bytes: PHOTO }]])),
    blobs,
    jobs: storedJobs(blobs, { put: async (keys) => void jobs.push(...keys) }),
    labeler: {
      label: async () => ({ kind: 'labels', labels: [{ name: 'Dog', confidence: 99, parents: ['Mammal', 'Animal'] }] }),
    },
    ledger: new MemoryReplyLedger(),
    budget: new MemoryBudget(),
    killSwitch: new MemoryKillSwitch(),
    optOuts: new MemoryOptOuts(),
    now,
    newId: () => String(++ids),
  }
  const { handleEvent, runJob } = createBot(photoReplies(animalRules), ports, { bot })
  const author = social.person('alice')
  const tweet = social.addTweet({ author, text: '@petbot what is this?', photos: [{ url }] })
  const body = xActivityDelivery({ id: tweet.id, bot, author, text: tweet.text, photos: tweet.photos })
  for (const _ of ['first', 'again']) {
    say('X has sent it', verifySignature(body, signatureOf(body, SECRET), [SECRET]))
    for (const event of decodeDelivery(body).events) say('an event is handled', await handleEvent(event))
    for (const key of jobs.splice(0)) say('a job is answered', await runJob(key))
  }
  const replies = social.repliesTo(tweet.id).map(({ text }) => text)
  if (replies.join() !== 'Hi alice. On your image, I can recognize: Dog.') throw new Error(`Replies: ${replies.join()}`)
  say('there is one reply', replies)
  say('nothing is kept', [stored, await Promise.all(stored.map((key) => blobs.get(key)))])
}
