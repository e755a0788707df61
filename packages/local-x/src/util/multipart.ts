const LINE = '\r\n'

/**
 * The parts of a `multipart/form-data` body by their names. Each is taken as bytes, whether it has a file name or not:
 * clients of X send bytes without one, which `FormData` would read as text. `undefined` for what is no such body.
 */
export function readMultipart(body: Buffer, contentType: string): ReadonlyMap<string, Buffer> | undefined {
  const [, quoted, bare] = /^multipart\/form-data;.*?boundary=(?:"([^"]+)"|([^;\s]+))/i.exec(contentType) ?? []
  const boundary = quoted ?? bare
  if (boundary === undefined) return undefined
  const parts = new Map<string, Buffer>()
  const opening = `--${boundary}`
  for (let at = body.indexOf(opening); at >= 0; ) {
    const start = at + opening.length
    if (body.subarray(start, start + 2).toString('latin1') === '--') return parts
    const next = body.indexOf(LINE + opening, start)
    const headEnd = body.indexOf(LINE + LINE, start)
    if (next < 0 || headEnd < 0 || headEnd > next) return undefined
    const head = body.subarray(start, headEnd).toString('latin1')
    const [, name] = /content-disposition:[^\r\n]*;\s*name="([^"]*)"/i.exec(head) ?? []
    if (name !== undefined) parts.set(name, body.subarray(headEnd + 2 * LINE.length, next))
    at = next + LINE.length
  }
  return undefined
}
