/** A line without its end, or the length of one that was longer than is held. */
export type Line =
  | { readonly kind: 'line'; readonly bytes: Uint8Array }
  | { readonly kind: 'too-long'; readonly length: number }

const LF = 0x0a
const CR = 0x0d

/**
 * Cuts bytes into lines that end with LF or CRLF. It holds at most `most` bytes of a line; of a longer one it only counts
 * the rest. Characters are nobody's concern here: UTF-8 has no line end inside a character.
 */
export class LineReader {
  readonly #most: number
  #parts: Uint8Array[] = []
  #length = 0

  constructor(most: number) {
    this.#most = most
  }

  /** The lines that end within the chunk. */
  *read(chunk: Uint8Array): Generator<Line> {
    let start = 0
    for (let end = chunk.indexOf(LF); end >= 0; end = chunk.indexOf(LF, start)) {
      this.#add(chunk.subarray(start, end))
      start = end + 1
      yield this.end()
    }
    this.#add(chunk.subarray(start))
  }

  /** What has no end yet, as a line. */
  end(): Line {
    const [parts, length] = [this.#parts, this.#length]
    this.#parts = []
    this.#length = 0
    if (length > this.#most) return { kind: 'too-long', length }
    const bytes = parts.length === 1 && parts[0] ? parts[0] : joined(parts, length)
    return { kind: 'line', bytes: bytes.at(-1) === CR ? bytes.subarray(0, -1) : bytes }
  }

  #add(part: Uint8Array): void {
    if (part.length === 0) return
    this.#length += part.length
    if (this.#length > this.#most) this.#parts = []
    // A copy, which `Buffer.slice` is not: the chunk's memory may be much larger than this part of it.
    else this.#parts.push(new Uint8Array(part))
  }
}

function joined(parts: readonly Uint8Array[], length: number): Uint8Array {
  const bytes = new Uint8Array(length)
  let at = 0
  for (const part of parts) {
    bytes.set(part, at)
    at += part.length
  }
  return bytes
}
