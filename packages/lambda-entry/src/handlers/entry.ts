import { memoize } from '@hexbird/core/util'
import type { Context } from 'aws-lambda'
import type { FunctionName } from '../functions.js'
import { type Observing, observing } from '../observe.js'
import { parametersFromExtension } from '../parameters.js'
import { readSettings, type Settings } from '../settings.js'

/** What a function does with one event. */
export type Run<Event, Result> = (event: Event, context: Context) => Promise<Result>

/** Makes what a function does, from what it was told. */
export type Make<Name extends FunctionName, Event, Result> = (
  settings: Settings<Name>,
  observing: Observing,
) => Run<Event, Result>

/**
 * Waits for what a function loads before its first event, whatever that is: for as long Lambda gives it a whole processor,
 * and the event a part of one. What cannot be loaded is missed, and told of, by the first event.
 */
export async function beforeFirstEvent(...loaded: readonly Promise<unknown>[]): Promise<void> {
  await Promise.allSettled(loaded)
}

/**
 * A function of Lambda. What it is told is read within the first invocation, since parameters cannot be read before, and
 * once; where that fails, the next invocation tries again. An error is logged, and is Lambda's to deal with.
 */
export function entry<Name extends FunctionName, Event, Result>(
  name: Name,
  make: Make<Name, Event, Result>,
): Run<Event, Result> {
  const seen = observing(name, process.env.HEXBIRD_STAGE ?? 'unknown')
  const ready = memoize(async () =>
    make(await readSettings(name, process.env, parametersFromExtension(process.env)), seen),
  )
  return async (event, context) => {
    seen.begin(context)
    try {
      const run = await ready()
      return await run(event, context)
    } catch (error) {
      seen.error(`The function ${name} failed.`, error)
      throw error
    } finally {
      seen.end()
    }
  }
}
