import { createHash, randomBytes } from 'node:crypto'

/** A source of bytes: the same ones in the same order for the same seed. */
export type Random = (length: number) => Uint8Array

export function createRandom(seed: number | undefined): Random {
  if (seed === undefined) return (length) => randomBytes(length)
  let drawn = 0
  return (length) => {
    const blocks: Buffer[] = []
    for (let have = 0; have < length; have += 32) {
      blocks.push(createHash('sha256').update(`local-x:${seed}:${drawn++}`).digest())
    }
    return Buffer.concat(blocks).subarray(0, length)
  }
}

const ALPHABET = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789'

export function randomText(random: Random, length: number): string {
  return Array.from(random(length), (byte) => ALPHABET.charAt(byte % ALPHABET.length)).join('')
}

/** A signed 64-bit number as text. X's own event ids are sometimes negative. */
export function randomSigned64(random: Random): string {
  return Buffer.from(random(8)).readBigInt64BE().toString()
}

/** 48 characters, as X's tokens look in public: unpadded base64 of the text of a UUID. */
export function randomCrcToken(random: Random): string {
  return Buffer.from(randomUuid(random)).toString('base64')
}

/** 32 random hexadecimal digits in the form of a UUID; its version and variant are random too. */
export function randomUuid(random: Random): string {
  const hex = Buffer.from(random(16)).toString('hex')
  return hex.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5')
}
