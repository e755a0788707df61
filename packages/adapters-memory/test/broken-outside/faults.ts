import type { Contract } from '@hexbird/core/contracts'
import { testAgainstFaults } from '../broken/contract-tests.js'

/** What is wrong, how to make it so, and the cases that must notice. */
export type Faults<Harness> = Readonly<
  Record<string, { readonly noticedBy: readonly string[]; readonly breaks: (harness: Harness) => Harness }>
>

/** Tests a contract against a harness that keeps it, broken in one thing at a time. */
export function testFaults<Harness>(contract: Contract<Harness>, faults: Faults<Harness>, make: () => Harness): void {
  const noticed = Object.fromEntries(Object.entries(faults).map(([name, { noticedBy }]) => [name, noticedBy]))
  testAgainstFaults(contract, noticed, (fault) => faults[fault ?? '']?.breaks(make()) ?? make())
}
