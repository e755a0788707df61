import { createCipheriv, createDecipheriv, randomBytes } from 'node:crypto'
import { inspect } from 'node:util'
import { KMSClient } from '@aws-sdk/client-kms'
import { afterEach, describe, expect, test } from '@jest/globals'
import { answer, cut, type Script, startScripted } from '../../adapters-x/test/scripted-server.js'
import { clientSettings } from '../src/aws-client.js'
import { dataKeyFromKms, kmsClient } from '../src/kms.js'
import { pointAt } from './s3-emulator.js'

const JSON_1_1 = { 'content-type': 'application/x-amz-json-1.1' }
const KEY_ID = 'alias/hexbird-staging'

const open: { close(): unknown }[] = []
afterEach(async () => {
  for (const one of open.splice(0)) await one.close()
})

async function start(script: Script, make = () => new KMSClient(clientSettings({}, { request: 10_000, attempts: 1 }))) {
  const server = await startScripted(script)
  pointAt('KMS', `http://127.0.0.1:${server.port}`)
  const client = make()
  open.push({ close: () => client.destroy() }, server)
  return { server, client }
}

const failure = (type: string) => answer(400, { __type: type, message: 'No.' }, JSON_1_1)

const NONCE = Buffer.alloc(12)
const contextOf = (context: unknown) => Buffer.from(JSON.stringify(context))

/** Decrypts what it encrypted, with the same key and encryption context, and nothing else: as KMS does. */
function kms() {
  const master = randomBytes(32)
  const decrypt: Script = (response, request) => {
    const { KeyId, CiphertextBlob, EncryptionContext } = JSON.parse(request.body) as Record<string, string>
    if (KeyId !== KEY_ID) return failure('IncorrectKeyException')(response, request)
    const blob = Buffer.from(CiphertextBlob ?? '', 'base64')
    const decipher = createDecipheriv('aes-256-gcm', master, NONCE).setAAD(contextOf(EncryptionContext))
    decipher.setAuthTag(blob.subarray(0, 16))
    try {
      const Plaintext = Buffer.concat([decipher.update(blob.subarray(16)), decipher.final()]).toString('base64')
      answer(200, { KeyId, Plaintext, EncryptionAlgorithm: 'SYMMETRIC_DEFAULT' }, JSON_1_1)(response, request)
    } catch {
      failure('InvalidCiphertextException')(response, request)
    }
  }
  return {
    decrypt,
    encrypt(bytes: Uint8Array, stage: string): Uint8Array {
      const cipher = createCipheriv('aes-256-gcm', master, NONCE).setAAD(contextOf({ stage }))
      const encrypted = Buffer.concat([cipher.update(bytes), cipher.final()])
      return Buffer.concat([cipher.getAuthTag(), encrypted])
    },
  }
}

describe('dataKeyFromKms', () => {
  test('gives the key that was encrypted for the stage', async () => {
    const { encrypt, decrypt } = kms()
    const { server, client } = await start(decrypt, kmsClient)
    const key = randomBytes(32)
    const encrypted = encrypt(key, 'staging')
    const decrypted = await dataKeyFromKms({ client, keyId: KEY_ID, encrypted, stage: 'staging' })
    expect(Buffer.from(decrypted).equals(key)).toBe(true)
    expect(server.requests[0]?.headers['x-amz-target']).toBe('TrentService.Decrypt')
  })

  test('the key of another stage is refused, with what it may be', async () => {
    const { encrypt, decrypt } = kms()
    const { client } = await start(decrypt)
    const encrypted = encrypt(randomBytes(32), 'staging')
    const decrypted = dataKeyFromKms({ client, keyId: KEY_ID, encrypted, stage: 'production' })
    await expect(decrypted).rejects.toMatchObject({
      code: 'AWS_REFUSED',
      message: expect.stringContaining('another stage'),
    })
  })

  test('a key of another key of KMS is refused', async () => {
    const { encrypt, decrypt } = kms()
    const { client } = await start(decrypt)
    const encrypted = encrypt(randomBytes(32), 'staging')
    await expect(dataKeyFromKms({ client, keyId: 'alias/other', encrypted, stage: 'staging' })).rejects.toMatchObject({
      code: 'AWS_REFUSED',
      message: expect.stringContaining('another key of KMS'),
    })
  })

  test.each([0, 16, 31, 33])('a key of %d bytes is none', async (length) => {
    const { encrypt, decrypt } = kms()
    const { client } = await start(decrypt)
    const encrypted = encrypt(new Uint8Array(length), 'staging')
    const decrypted = dataKeyFromKms({ client, keyId: KEY_ID, encrypted, stage: 'staging' })
    await expect(decrypted).rejects.toMatchObject({ code: 'AWS_ANSWER_UNREADABLE' })
  })

  test.each([
    ['AccessDeniedException', failure('AccessDeniedException'), 'AWS_DENIED', 'kms:Decrypt'],
    ['NotFoundException', failure('NotFoundException'), 'AWS_MISSING', 'no such key'],
    ['DisabledException', failure('DisabledException'), 'AWS_REFUSED', 'enable it'],
    ['KMSInvalidStateException', failure('KMSInvalidStateException'), 'AWS_REFUSED', 'about to be deleted'],
    ['ThrottlingException', failure('ThrottlingException'), 'AWS_THROTTLED', ''],
    ['KMSInternalException', answer(500, { __type: 'KMSInternalException' }, JSON_1_1), 'AWS_UNREACHABLE', ''],
    ['a cut connection', cut, 'AWS_UNREACHABLE', ''],
    ['an empty answer', answer(200, {}, JSON_1_1), 'AWS_ANSWER_UNREADABLE', ''],
  ] as const)('%s is thrown with its code, and says what to do', async (_, script, code, message) => {
    const { client } = await start(script)
    const asked = { client, keyId: KEY_ID, encrypted: new Uint8Array([1]), stage: 'staging' }
    await expect(dataKeyFromKms(asked)).rejects.toMatchObject({
      name: 'AwsError',
      code,
      message: expect.stringContaining(message),
    })
  })

  test('a key is in no error, whatever came back', async () => {
    const { client } = await start(answer(200, 'nobody-sees-this', JSON_1_1))
    const asked = { client, keyId: KEY_ID, encrypted: new Uint8Array([1]), stage: 'staging' }
    const thrown = await dataKeyFromKms(asked).catch((error: unknown) => error)
    expect(thrown).toMatchObject({ code: 'AWS_ANSWER_UNREADABLE' })
    expect(inspect(thrown, { depth: 20, showHidden: true })).not.toContain('nobody-sees-this')
  })
})
