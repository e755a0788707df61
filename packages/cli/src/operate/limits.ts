import { defaultLimits, type Limits } from '@hexbird/core'
import { limitsIn } from '@hexbird/core/host'
import { UsageError } from '../usage-error.js'
import type { Settings } from './settings.js'

/**
 * The limits that hold with these settings.
 *
 * @throws UsageError that names every one that is wrong
 */
export function limitsOf(settings: Settings): Limits {
  const { limits, faults } = limitsIn(settings.find)
  if (faults.length > 0) throw new UsageError(faults.map((fault) => `${fault}.`).join('\n'))
  return { ...defaultLimits, ...limits }
}
