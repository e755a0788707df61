import { type FSWatcher, watch } from 'node:fs'
import { foreign } from './foreign.js'

/** Editors write a file in several steps, within this many milliseconds. */
const SETTLING = 50

/** Which folders to watch, and what to do about a change in them. */
interface Watching {
  /** The file that is reloaded. */
  readonly path: string
  readonly folders: readonly string[]
  /** Whether a change of a file of this name counts. */
  readonly counts: (name: string) => boolean
  /** Runs once the files have settled, one run after the other. Gives the folders to watch from then on. */
  readonly reload: () => Promise<readonly string[]>
  /** Told that a folder is not watched any more. */
  readonly onBroken: (problem: string) => void
}

/** Reloads what was made of files when a file in their folders changes. Gives a function that ends it. */
export function watchFolders({ path, folders, counts, reload, onBroken }: Watching): () => void {
  const watchers = new Map<string, FSWatcher>()
  let timer: NodeJS.Timeout | undefined
  let reloading = Promise.resolve()
  let isOver = false
  const changed = (_: unknown, name: string | null) => {
    if (name !== null && !counts(name)) return
    clearTimeout(timer)
    timer = setTimeout(() => {
      reloading = reloading.then(async () => follow(await reload()))
    }, SETTLING)
  }
  const follow = (now: readonly string[]) => {
    if (isOver) return
    for (const [folder, watcher] of watchers) {
      if (now.includes(folder)) continue
      watcher.close()
      watchers.delete(folder)
    }
    for (const folder of now) {
      if (!watchers.has(folder)) watchers.set(folder, watch(folder, changed).on('error', onError))
    }
  }
  const onError = (error: Error) =>
    onBroken(`${path} is no longer watched: ${foreign(error.message)}. Restart the command.`)
  follow(folders)
  return () => {
    isOver = true
    clearTimeout(timer)
    for (const watcher of watchers.values()) watcher.close()
  }
}
