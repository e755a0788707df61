import {
  add,
  broken,
  FAULTS,
  type Gate,
  type Plan,
  photos,
  type Row,
  startLocalStage,
  tally,
} from '@hexbird/prove/harness'
import fc from 'fast-check'
import { describe, type Story, tellOnce } from './stories.js'
import { type Common, type Subject, subjectOf } from './subjects.js'

export interface ReorderingOptions extends Common {
  readonly runs: number
  readonly stopAtFirst?: boolean
}

const NAME = 'deliveries in any order'

/**
 * One tweet, and an edit of it now and then, delivered twice in both dialects, all handled at once: fast-check's scheduler says which call to a port goes
 * on next. Up to two faults come along. What fails is shrunk.
 */
export async function reorder({ runs, stopAtFirst = false, ...common }: ReorderingOptions): Promise<Row> {
  const { seed } = common
  const begun = performance.now()
  const counted = tally()
  const findings: string[] = []
  const stage = await startLocalStage('both', seed)
  let nth = 0
  const plans = fc
    .uniqueArray(fc.tuple(fc.nat(80), fc.constantFrom(...FAULTS)), { maxLength: 2, selector: ([at]) => at })
    .map((faults): Plan => new Map(faults))
  try {
    const property = fc.asyncProperty(
      fc.scheduler(),
      plans,
      fc.nat(1),
      fc.boolean(),
      async (scheduler, plan, count, edited) => {
        nth += 1
        const gate = scheduledGate(scheduler)
        const { telling } = await tellOnce(twice(subjectOf(common), count, edited), stage, {
          ...common,
          plan,
          nth,
          gate,
        })
        add(counted, telling)
        if (broken(telling).length === 0) return true
        if (findings.length < 1) findings.push(describe(NAME, plan, telling))
        return false
      },
    )
    const details = await fc.check(property, { seed, numRuns: runs, endOnFailure: stopAtFirst })
    if (details.failed) {
      const shrunk = fc.defaultReportMessage(details)
      findings.push(shrunk === undefined ? NAME : shrunk.slice(0, 4_000))
    }
  } finally {
    await stage.close()
  }
  return { name: NAME, counted, findings, seconds: (performance.now() - begun) / 1000 }
}

const twice = ({ asks, photos: shown }: Subject, count: number, edited: boolean): Story => ({
  dialects: 'both',
  async tell(fixture, { x }, author) {
    x.set({ duplicate: true })
    const uploads = (await photos()).slice(0, count * shown).map((bytes) => ({ bytes }))
    const text = asks(count)
    const { id } = await fixture.tell({ as: author, text, photos: uploads })
    if (edited) await fixture.tell({ as: author, text: `${text} Please.`, edits: id })
    x.set({ duplicate: false })
    await fixture.settle()
  },
})

/** Who is next is the scheduler's to say. */
function scheduledGate(scheduler: fc.Scheduler): Gate {
  const running: Promise<void>[] = []
  return {
    enter(call, label) {
      void scheduler.schedule(Promise.resolve(), label).then(() => {
        running.push(call())
      })
    },
    count: () => scheduler.count(),
    async next() {
      await scheduler.waitNext(1)
      await new Promise((resolve) => setImmediate(resolve))
      await Promise.all(running.splice(0))
    },
  }
}
