import { type Contract, ContractError } from '@hexbird/core/contracts'
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'
import fc from 'fast-check'

/**
 * Tests a contract against adapters that are wrong in one thing each. `faults` names, for each, cases that must notice;
 * without a fault the same adapter must keep the contract, so that it is the fault that is noticed.
 */
export function testAgainstFaults<Subject, Fault extends string>(
  contract: Contract<Subject>,
  faults: Readonly<Record<Fault, readonly string[]>>,
  make: (fault?: Fault) => Subject,
): void {
  const names = Object.keys(faults) as Fault[]

  // What a property has noticed once it notices every time.
  beforeAll(() => fc.configureGlobal({ seed: 42 }))
  afterAll(() => fc.resetConfigureGlobal())

  test('is kept by the adapter that the broken ones are made of', async () => {
    expect(await casesThatNotice(contract, () => make())).toEqual([])
  })

  describe('notices an adapter where', () => {
    test.each(names)('%s', async (fault) => {
      const noticed = await casesThatNotice(contract, () => make(fault))
      expect(noticed).toEqual(expect.arrayContaining([...faults[fault]]))
      expect(faults[fault]).not.toEqual([])
    })
  })

  test('has no case that nothing breaks', () => {
    const noticing = names.flatMap((fault) => faults[fault])
    expect(contract.map(({ name }) => name).filter((name) => !noticing.includes(name))).toEqual([])
  })
}

/** The cases that throw a `ContractError`; anything else that is thrown is a mistake of the test. */
async function casesThatNotice<Subject>(contract: Contract<Subject>, make: () => Subject): Promise<string[]> {
  const noticed: string[] = []
  for (const { name, check } of contract) {
    try {
      await check(make)
    } catch (error) {
      if (!(error instanceof ContractError)) throw error
      noticed.push(name)
    }
  }
  return noticed
}
