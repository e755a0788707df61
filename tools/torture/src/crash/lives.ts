import { integer, type Random } from '@hexbird/prove/harness'

/**
 * How a worker's life ends. What a process is doing then depends on what it has done so far, not on how fast the machine
 * is: those that die `unready` do so in a part of the time that others took to get ready, or in place of saying so; those
 * that die at a `call`, or in a `sweep`, end themselves there, before the call or as soon as it is sent; the others live
 * for some times as long as it took them to get ready.
 */
export type Death =
  | { readonly kind: 'unready'; readonly part: number }
  | { readonly kind: 'call'; readonly nth: number; readonly sent: boolean }
  | { readonly kind: 'sweep'; readonly nth: number; readonly sent: boolean }
  | { readonly kind: 'late'; readonly times: number }

/** In each ten lives of a worker: so many deaths of each kind. */
const TEN = { unready: 2, call: 5, sweep: 0, late: 3 }
const TEN_OF_A_SWEEPER = { unready: 2, call: 2, sweep: 4, late: 2 }

/** A call to a port after which a worker has done something, and one by which it has done all that waits. */
const MOST_CALLS = 120

/** A sweep of one page makes seven calls. */
const CALLS_OF_A_SWEEP = 7

/** How the lives of a worker end, one after the other: each ten have all the kinds of death in them. */
export function* deaths(random: Random, sweeps: boolean): Generator<Death, never> {
  for (;;) {
    const ten = Object.entries(sweeps ? TEN_OF_A_SWEEPER : TEN).flatMap(([kind, count]) =>
      Array.from({ length: count }, () => kind as Death['kind']),
    )
    while (ten.length > 0) yield deathOf(ten.splice(integer(random, ten.length), 1)[0] ?? 'late', random)
  }
}

function deathOf(kind: Death['kind'], random: Random): Death {
  switch (kind) {
    case 'unready':
      return { kind, part: random() }
    case 'call':
      return { kind, nth: integer(random, MOST_CALLS), sent: random() < 0.5 }
    case 'sweep':
      return { kind, nth: integer(random, CALLS_OF_A_SWEEP), sent: random() < 0.5 }
    case 'late':
      return { kind, times: 0.2 + 3 * random() }
  }
}

/** The port, of which a call may be the last thing that this process does. */
export function mortal<Port extends object>(port: Port, dies: () => 'no' | 'before' | 'sent'): Port {
  return new Proxy(port, {
    get(target, property) {
      const method: unknown = Reflect.get(target, property)
      if (typeof method !== 'function') return method
      return (...input: readonly unknown[]) => {
        const death = dies()
        if (death === 'before') end()
        const made: unknown = method.apply(target, input)
        // The request is on its way; whoever gets it may do what it says.
        if (death === 'sent') setTimeout(end, 2)
        return made
      }
    },
  })
}

/** Of so many calls the last one ends it. */
export function countdown(death: Death | undefined, kind: 'call' | 'sweep'): () => 'no' | 'before' | 'sent' {
  if (death?.kind !== kind) return () => 'no'
  const { nth, sent } = death
  let calls = 0
  return () => {
    calls += 1
    if (calls !== nth + 1) return 'no'
    return sent ? 'sent' : 'before'
  }
}

export function end(): never {
  process.kill(process.pid, 'SIGKILL')
  for (;;);
}
