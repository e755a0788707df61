/** JSON in ASCII alone, so that its bytes need no encoder and no text in it can be malformed. */
export function encodeJson(value: unknown): Uint8Array {
  const json = JSON.stringify(value).replace(
    /[^\0-\x7f]/g,
    (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`,
  )
  return Uint8Array.from(json, (character) => character.charCodeAt(0))
}

/** @throws SyntaxError where the bytes are no JSON. */
export function decodeJson(bytes: Uint8Array): unknown {
  let json = ''
  for (const byte of bytes) json += String.fromCharCode(byte)
  return JSON.parse(json)
}
