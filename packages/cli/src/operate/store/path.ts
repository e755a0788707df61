import { STORE } from '../../run/store-name.js'
import { readSettings, type Settings } from '../settings.js'

/** Which store is meant. */
export interface StoreGiven {
  readonly store?: string
  /** A file of settings. */
  readonly settings?: string
}

/** The path of the store, and the settings that name it if no flag does. */
export async function storePath(given: StoreGiven): Promise<{ readonly path: string; readonly settings: Settings }> {
  const settings = await readSettings(given.settings)
  return { path: given.store ?? settings.find('HEXBIRD_STORE') ?? STORE, settings }
}
