import fc from 'fast-check'
import type { Account } from '../domain/account.js'
import type { AccountStore } from '../ports/account-store.js'
import { type Contract, expectEqual, expectTrue, inTwenties, tries } from './case.js'

/** The contract of `AccountStore`. */
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
    name: 'a remove up to a moment removes a sign-in at that moment or before it, and leaves a later one',
    async check(make) {
      const accounts = await make()
      for (const [signedInAt, until, goes] of [
        [NOW, NOW, true],
        [NOW, NOW + 1, true],
        [NOW, NOW - 1, false],
        [0, 0, true],
        [1, 0, false],
        [9_999, 10_000, true],
        [10_000, 9_999, false],
        [NOW, undefined, true],
      ] as const) {
        const account = { ...accountOf('42'), signedInAt }
        await accounts.put(account)
        await accounts.remove('42', until)
        const what = `find after remove up to ${until} of a sign-in at ${signedInAt}`
        expectEqual(await accounts.find('42'), goes ? undefined : account, what)
      }
    },
  },
  {
    name: 'a remove up to a moment takes nothing from anybody else, and leaves nothing where there was nobody',
    async check(make) {
      const accounts = await make()
      await accounts.remove('42', NOW)
      expectEqual(await accounts.find('42'), undefined, 'find of nobody')
      for (const uid of ['4', '42', '420']) await accounts.put(accountOf(uid))
      await accounts.remove('42', NOW)
      expectEqual(await accounts.find('42'), undefined, 'the removed account')
      for (const uid of ['4', '420']) expectEqual(await accounts.find(uid), accountOf(uid), 'another account')
    },
  },
  {
    name: 'a sign-in that is newer stays, however many older ones are removed meanwhile',
    async check(make) {
      const accounts = await make()
      await accounts.put(accountOf('42'))
      const newer = { ...accountOf('42'), accessToken: 'new', signedInAt: NOW + 1 }
      const removals = () => Array.from({ length: 10 }, () => accounts.remove('42', NOW))
      await Promise.all([...removals(), accounts.put(newer), ...removals()])
      expectEqual(await accounts.find('42'), newer, 'the newer sign-in')
    },
  },
  {
    name: 'once all are removed none is found, and others can sign in',
    async check(make) {
      const accounts = await make()
      await accounts.removeAll()
      const people = Array.from({ length: 120 }, (_, index) => ({ ...accountOf(`${index + 1}`), tracked: LARGE }))
      await inTwenties(people, (account) => accounts.put(account))
      await accounts.removeAll()
      const found = await inTwenties(people, ({ uid }) => accounts.find(uid))
      const there = found.filter((account) => account !== undefined)
      expectEqual(there.length, 0, 'how many of 120 are found after all were removed')
      await accounts.put(accountOf('1'))
      expectEqual(await accounts.find('1'), accountOf('1'), 'the account put again')
      expectEqual(await accounts.find('2'), undefined, 'another account')
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
    name: 'any sequence of puts, finds and removals does what one map of accounts does',
    async check(make) {
      const property = fc.asyncProperty(fc.array(command, { maxLength: 10 }), async (commands) => {
        const accounts = await make()
        const model = new Map<string, Account>()
        for (const { kind, uid, accessToken, at } of commands) {
          if (kind === 'put') {
            const account = { ...accountOf(uid), accessToken, signedInAt: at }
            model.set(uid, account)
            await accounts.put(account)
          } else if (kind === 'removeAll') {
            model.clear()
            await accounts.removeAll()
          } else if (kind !== 'find') {
            const until = kind === 'remove' ? undefined : at
            const there = model.get(uid)
            if (there && (until === undefined || there.signedInAt <= until)) model.delete(uid)
            await accounts.remove(uid, until)
          }
          for (const id of UIDS) expectEqual(await accounts.find(id), model.get(id), `find(${id}) after ${kind}`)
        }
      })
      const run = await fc.check(property, tries())
      expectTrue(!run.failed, `${fc.defaultReportMessage(run)}`)
    },
  },
]

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

/** With this, a hundred rows exceed the megabyte that some databases return at a time. */
const LARGE = { page: 'p'.repeat(10_000) }

const UIDS = ['9007199254740992', '9007199254740993']

const command = fc.record({
  kind: fc.constantFrom('put', 'put', 'put', 'remove', 'remove until', 'remove until', 'find', 'removeAll'),
  uid: fc.constantFrom(...UIDS),
  accessToken: fc.constantFrom('one', 'two'),
  at: fc.constantFrom(NOW - 1, NOW, NOW + 1),
})
