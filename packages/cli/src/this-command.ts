import { basename, relative } from 'node:path'

/** How the person has called this command, and can call it again. */
export function thisCommand(): string {
  const [, path = ''] = process.argv
  if (basename(path) !== 'hexbird') return `node ${relative(process.cwd(), path)}`
  return path.includes('node_modules') ? 'npx hexbird' : 'hexbird'
}
