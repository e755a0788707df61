import { createHmac, randomBytes } from 'node:crypto'
import { readFile, rm } from 'node:fs/promises'
import { unlessMissing } from '../../file-problem.js'
import { replaceFile } from '../../private-file.js'
import { isSame } from '../../same.js'
import { UsageError } from '../../usage-error.js'

/** The steps of a rotation, in the one right order. */
export const STEPS = ['close', 'regenerate', 'bearer', 'open', 'validate', 'replay', 'settle'] as const

export type Step = (typeof STEPS)[number]

/** How far a rotation has come, so that it can go on another time. Holds no secret. */
export interface Rotation {
  readonly v: 1
  /** What is to be done next. */
  readonly step: Step
  readonly webhookId: string
  /** What the old secret is known by; only who has it can tell. */
  readonly salt: string
  readonly old: string
  /** Epoch milliseconds: when the webhook was found closed, and when all was valid again. */
  readonly closedAt?: number
  readonly validAt?: number
}

/** Where it is kept: beside the settings. */
export const recordPath = (settingsFile: string) => `${settingsFile}.rotation.json`

export function beginRotation(webhookId: string, secret: string): Rotation {
  const salt = randomBytes(16).toString('base64url')
  return { v: 1, step: 'close', webhookId, salt, old: fingerprint(secret, salt) }
}

/** Whether this is the secret that is rotated out. */
export function isOld({ salt, old }: Rotation, secret: string): boolean {
  return isSame(fingerprint(secret, salt), old)
}

const fingerprint = (secret: string, salt: string) => createHmac('sha256', salt).update(secret).digest('base64url')

/** @throws UsageError where the file is not one that `keep` wrote */
export async function findRotation(path: string): Promise<Rotation | undefined> {
  const text = await readFile(path, 'utf8').catch(unlessMissing(undefined))
  if (text === undefined) return undefined
  const read = parsed(text)
  if (read?.v === 1 && STEPS.includes(read.step) && read.old?.length === FINGERPRINT_LENGTH) return read
  throw new UsageError(`${path} is not a record of a rotation. Check the file; to start a new rotation, delete it.`)
}

const FINGERPRINT_LENGTH = 43

function parsed(text: string): Rotation | undefined {
  try {
    return JSON.parse(text) as Rotation
  } catch {
    return undefined
  }
}

export const keepRotation = (path: string, rotation: Rotation): Promise<void> =>
  replaceFile(path, `${JSON.stringify(rotation, undefined, 2)}\n`)

export const forgetRotation = (path: string): Promise<void> => rm(path, { force: true })
