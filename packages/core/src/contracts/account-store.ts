import fc from 'fast-check'
import type { Account } from '../account.js'
import type { AccountStore } from '../ports/account-store.js'
import { type Contract, expectEqual, expectTrue } from './case.js'

/** What every `AccountStore` promises. */
export const accountStoreContract: Contract<AccountStore> = [
  {
    name: 'an account is found as it was put, every time',
    async check(make) {
      const accounts = await make()
      for (const account of awkwardAccounts) await accounts.put(account)
      for (const account of [...awkwardAccounts, ...awkwardAccounts]) {
        expectEqual(await accounts.find(account.uid), account, 'the found account')
      }
    },
  },
  {
    name: 'ids that differ in the last digit only are different people',
    async check(make) {
      const accounts = await make()
      const ids = ['9007199254740992', '9007199254740993', '1999999999999999998', '1999999999999999999', '1', '10']
      for (const uid of ids) await accounts.put(accountOf(uid))
      for (const uid of ids) expectEqual(await accounts.find(uid), accountOf(uid), `find(${uid})`)
    },
  },
  {
    name: 'an account that was never put is not there',
    async check(make) {
      const accounts = await make()
      await accounts.put(accountOf('1999999999999999999'))
      for (const uid of ['1999999999999999998', '2000000000000000000', '1', '0']) {
        expectEqual(await accounts.find(uid), undefined, `find(${uid})`)
      }
    },
  },
  {
    name: 'signing in again replaces the account',
    async check(make) {
      const accounts = await make()
      await accounts.put({ ...accountOf('42'), tracked: { page: 'old', gone: 'yes' } })
      const replacement = {
        uid: '42',
        username: 'renamed',
        accessToken: 'new token',
        accessSecret: 'new secret',
        signedInAt: NOW + 1,
        tracked: { page: 'new' },
      }
      await accounts.put(replacement)
      expectEqual(await accounts.find('42'), replacement, 'the found account')
    },
  },
  {
    name: 'a removed account is gone, and only that one',
    async check(make) {
      const accounts = await make()
      for (const uid of ['1', '10']) await accounts.put(accountOf(uid))
      await accounts.remove('1')
      expectEqual(await accounts.find('1'), undefined, 'the removed account')
      expectEqual(await accounts.find('10'), accountOf('10'), 'the other account')
      await accounts.put(accountOf('1'))
      expectEqual(await accounts.find('1'), accountOf('1'), 'the account put again')
    },
  },
  {
    name: 'removing an account that is not there does nothing',
    async check(make) {
      const accounts = await make()
      await accounts.remove('42')
      await accounts.put(accountOf('42'))
      await accounts.remove('43')
      expectEqual(await accounts.find('42'), accountOf('42'), 'the other account')
    },
  },
  {
    name: 'many concurrent sign-ins of one person leave one of them whole',
    async check(make) {
      const accounts = await make()
      const signIns = Array.from({ length: 20 }, (_, index) => ({
        ...accountOf('42'),
        accessToken: `token ${index}`,
        accessSecret: `secret ${index}`,
        tracked: { page: `${index}` },
      }))
      await Promise.all(signIns.map((account) => accounts.put(account)))
      const found = await accounts.find('42')
      const last = signIns.find(({ accessToken }) => accessToken === found?.accessToken)
      expectTrue(last !== undefined, 'after 20 concurrent puts none of the accounts is there')
      expectEqual(found, last, 'the found account')
    },
  },
  {
    name: 'many concurrent sign-ins of different people are all kept',
    async check(make) {
      const accounts = await make()
      const people = Array.from({ length: 20 }, (_, index) => accountOf(`${index + 1}`))
      await Promise.all(people.map((account) => accounts.put(account)))
      const found = await Promise.all(people.map(({ uid }) => accounts.find(uid)))
      expectEqual(found, people, 'the found accounts')
    },
  },
  {
    name: 'changing what was put changes nothing inside',
    async check(make) {
      const accounts = await make()
      const tracked: Record<string, string> = { page: 'start' }
      const account = { ...accountOf('42'), tracked }
      await accounts.put(account)
      account.accessToken = 'changed'
      tracked.page = 'changed'
      expectEqual(await accounts.find('42'), { ...accountOf('42'), tracked: { page: 'start' } }, 'the found account')
    },
  },
  {
    name: 'changing what was found changes nothing inside',
    async check(make) {
      const accounts = await make()
      await accounts.put(accountOf('42'))
      const found = await accounts.find('42')
      expectEqual(found, accountOf('42'), 'the found account')
      Object.assign(found ?? {}, { accessToken: 'changed' })
      Object.assign(found?.tracked ?? {}, { page: 'changed' })
      expectEqual(await accounts.find('42'), accountOf('42'), 'the account found again')
    },
  },
  {
    name: 'any sequence of puts, finds and removes does what one map of accounts does',
    async check(make) {
      const property = fc.asyncProperty(fc.array(command, { maxLength: 8 }), async (commands) => {
        const accounts = await make()
        const model = new Map<string, Account>()
        for (const { kind, uid, accessToken } of commands) {
          if (kind === 'put') {
            const account = { ...accountOf(uid), accessToken }
            model.set(uid, account)
            await accounts.put(account)
          } else if (kind === 'remove') {
            model.delete(uid)
            await accounts.remove(uid)
          }
          expectEqual(await accounts.find(uid), model.get(uid), `find(${uid}) after ${kind}`)
        }
      })
      const run = await fc.check(property, RUNS)
      expectTrue(!run.failed, `${fc.defaultReportMessage(run)}`)
    },
  },
]

const RUNS = { numRuns: 25, includeErrorInReport: true }

/** Ahead of any clock: 2060-01-01. */
const NOW = 2_840_140_800_000

const accountOf = (uid: string): Account => ({
  uid,
  username: `person_${uid}`,
  accessToken: `${uid}-token`,
  accessSecret: `secret of ${uid}`,
  signedInAt: NOW,
  tracked: { page: '/start' },
})

const awkwardAccounts: readonly Account[] = [
  { ...accountOf('1999999999999999999'), tracked: {} },
  { ...accountOf('9007199254740993'), tracked: { 'ключ 🗝': 'é 日本語 👩‍👩‍👧 "\\\n\u0000', empty: '' } },
  { ...accountOf('1'), tracked: { constructor: 'a', toString: 'b', uid: '2' } },
  { ...accountOf('12'), tracked: { id: '9007199254740993', zeros: '007' }, signedInAt: 1 },
  { ...accountOf('9223372036854775807'), accessToken: 'v1:+/=é🗝', accessSecret: 's'.repeat(4_000) },
]

const command = fc.record({
  kind: fc.constantFrom('put', 'remove', 'find'),
  uid: fc.constantFrom('9007199254740992', '9007199254740993'),
  accessToken: fc.constantFrom('one', 'two'),
})
