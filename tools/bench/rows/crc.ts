import { createHmac, randomBytes } from 'node:crypto'
import { crcResponse } from '@hexbird/core'
import { SECRET } from '../deliveries.js'
import { ratioOfWork } from '../loops.js'
import type { Bench, Row } from '../row.js'

/** Compares answering X's challenge, including all checks, with signing alone. */
export async function crc({ rounds }: Bench): Promise<readonly Row[]> {
  // The form of X's tokens so far.
  const tokens = Array.from({ length: 64 }, () => randomBytes(24).toString('hex'))
  const signed = (token: string) => createHmac('sha256', SECRET).update(token).digest('base64')
  for (const token of tokens) {
    const answer = crcResponse(token, SECRET)
    if (!('response_token' in answer) || answer.response_token !== `sha256=${signed(token)}`) {
      throw new Error(`crcResponse answers ${JSON.stringify(answer)}.`)
    }
  }
  let [next, other] = [0, 0]
  const ours = () => crcResponse(tokens[next++ % tokens.length], SECRET)
  const floor = () => signed(tokens[other++ % tokens.length] ?? '')
  return [
    {
      row: 'answer to a challenge',
      against: 'createHmac, update, digest of the same token',
      ...(await ratioOfWork(ours, floor, rounds)),
      limit: 1.15,
      better: 'lower',
    },
  ]
}
