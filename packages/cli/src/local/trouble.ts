import { foreign } from '../foreign.js'

/** What a try failed with, in a line. */
export function troubleOf(error: unknown): string {
  const { code, message } = error instanceof Error ? (error as Error & { code?: unknown }) : { message: String(error) }
  return `${typeof code === 'string' ? `${code}: ` : ''}${foreign(message)}`
}
