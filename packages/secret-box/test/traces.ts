import { inspect } from 'node:util'

/** All that a log, a debugger or a serializer could print of a value, without blanks. */
export function printed(value: unknown): string {
  const parts = [
    inspect(value, { depth: null, showHidden: true, getters: true, maxArrayLength: null, maxStringLength: null }),
    String(value),
    JSON.stringify(value) ?? '',
    value instanceof Error ? `${value.message}${value.stack}${printed(value.cause)}` : '',
  ]
  return parts.join('\n').replaceAll(/\s/g, '')
}

/** How ten bytes in the middle of a key look in whatever a program prints bytes as. */
export function tracesOf(key: Uint8Array): readonly string[] {
  const piece = Buffer.from(key).subarray(9, 19)
  return [
    piece.toString('hex'),
    piece.toString('hex').toUpperCase(),
    // Bytes 9 to 18 begin and end where base64 has whole characters, but for the last.
    piece.toString('base64').slice(0, 12),
    piece.toString('base64url').slice(0, 12),
    piece.join(','),
    [...piece].map((byte, index) => `"${index + 9}":${byte}`).join(','),
  ]
}

/** Every eight characters of a text in a row. */
export const piecesOf = (text: string): readonly string[] =>
  Array.from({ length: Math.max(0, text.length - 7) }, (_, start) => text.slice(start, start + 8))
