/** JSON in ASCII alone, so that its bytes need no encoder and no text in it can be malformed. */
export function encodeJson(value: unknown): Uint8Array {
  const json = JSON.stringify(value).replace(
    /[^\0-\x7f]/g,
    (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`,
  )
  const bytes = new Uint8Array(json.length)
  for (let at = 0; at < json.length; at++) bytes[at] = json.charCodeAt(at)
  return bytes
}

/** So many bytes are made into characters at once: a call takes only so many arguments. */
const CHUNK = 4096

/** @throws SyntaxError where the bytes are no JSON. */
export function decodeJson(bytes: Uint8Array): unknown {
  let json = ''
  for (let at = 0; at < bytes.length; at += CHUNK) json += String.fromCharCode(...bytes.subarray(at, at + CHUNK))
  return JSON.parse(json)
}
