/** Encodes a value as ASCII-only JSON, which needs no text encoder and keeps even lone surrogates intact. */
export function encodeJson(value: unknown): Uint8Array {
  const json = JSON.stringify(value).replace(
    /[^\0-\x7f]/g,
    (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`,
  )
  const bytes = new Uint8Array(json.length)
  let at = json.length
  while (at--) bytes[at] = json.charCodeAt(at)
  return bytes
}

/** How many bytes to convert per call, because the number of arguments of a call is limited. */
const CHUNK = 4096

/** Decodes JSON in ASCII. @throws SyntaxError if the bytes are not JSON */
export function decodeJson(bytes: Uint8Array): unknown {
  let json = ''
  for (let at = 0; at < bytes.length; at += CHUNK) json += String.fromCharCode(...bytes.subarray(at, at + CHUNK))
  return JSON.parse(json)
}
