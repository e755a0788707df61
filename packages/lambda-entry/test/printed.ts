import { jest } from '@jest/globals'

/** What is printed from now on, line by line, and not shown if it is JSON. End with `jest.restoreAllMocks`. */
export function printing() {
  const lines: string[] = []
  for (const stream of [process.stdout, process.stderr]) {
    const write = stream.write.bind(stream)
    jest.spyOn(stream, 'write').mockImplementation((part, ...rest) => {
      const text = String(part)
      if (!text.startsWith('{')) return write(part, ...(rest as []))
      lines.push(...text.split('\n').filter((line) => line !== ''))
      return true
    })
  }
  const json = () => lines.map((line) => JSON.parse(line) as Record<string, unknown>)
  return {
    lines,
    logs: () => json().filter((line) => 'level' in line),
    /** In embedded metric format. */
    metrics: () => json().filter((line) => '_aws' in line),
  }
}
