import { inflateSync } from 'node:zlib'
import { photoType } from '@hexbird/core/adapter'
import exifReader from 'exifreader'

/** A keyword of a photo, with the wider kinds that the file names. */
export interface Keyword {
  readonly name: string
  readonly parents: readonly string[]
}

/** The size of the one JPEG segment that holds XMP. Real keywords are never longer. */
const MOST_XMP_BYTES = 65_536

/** Real files have one packet, or one for each kind of segment. */
const MOST_PACKETS = 4

/** IPTC 1:90, the encoding. Without it, keywords count as UTF-8 if they are valid, else as Latin-1. */
const CODED_CHARACTER_SET = 0x015a

const XMP_BEGIN = '<?xpacket begin="" id="W5M0MpCehiHzreSzNTczkc9d"?>'
const JPEG_XMP = 'http://ns.adobe.com/xap/1.0/\0'
const PNG_XMP = 'XML:com.adobe.xmp\0'

/**
 * Returns the keywords of a JPEG or PNG in file order, each once (ignoring case); `undefined` if the bytes are neither,
 * or are truncated.
 */
export function readKeywords(bytes: Uint8Array): readonly Keyword[] | undefined {
  const file = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  const type = photoType(bytes)
  try {
    const packets = type === 'image/jpeg' ? jpegXmp(file) : type === 'image/png' ? pngXmp(file) : undefined
    return packets && distinct([...packets.flatMap(xmpKeywords), ...iptcKeywords(file)])
  } catch {
    // Reading depends only on the bytes, so every error means that the bytes are broken.
    return undefined
  }
}

/** `undefined` if the file is truncated. Source: ISO/IEC 10918-1 B.1; XMP specification part 3, 1.1.3. */
function jpegXmp(file: Buffer): readonly Buffer[] | undefined {
  const packets: Buffer[] = []
  let at = 2
  while (at + 2 <= file.length && file[at] === 0xff) {
    const marker = file[at + 1]
    if (marker === 0xd9) return packets
    if (at + 4 > file.length) return undefined
    const length = file.readUInt16BE(at + 2)
    const segment = file.subarray(at + 4, at + 2 + length)
    if (marker === 0xda) return file.includes('ffd9', at + 2 + length, 'hex') ? packets : undefined
    if (marker === 0xe1 && startsWith(segment, JPEG_XMP)) add(packets, () => segment.subarray(JPEG_XMP.length))
    // A marker may have several 0xff before it.
    at += marker === 0xff ? 1 : 2 + length
  }
  return undefined
}

/** `undefined` if the file is truncated. Source: https://www.w3.org/TR/png-3/#11iTXt and #11zTXt. */
function pngXmp(file: Buffer): readonly Buffer[] | undefined {
  const packets: Buffer[] = []
  let at = 8
  while (at + 12 <= file.length) {
    const length = file.readUInt32BE(at)
    const type = file.toString('latin1', at + 4, at + 8)
    const chunk = file.subarray(at + 8, at + 8 + length)
    if (type === 'IEND') return packets
    if (startsWith(chunk, PNG_XMP)) add(packets, () => pngText(type, chunk.subarray(PNG_XMP.length)))
    at += 12 + length
  }
  return undefined
}

/** Reads packets up to a limit that no real keywords exceed. */
function add(packets: Buffer[], read: () => Buffer | undefined): void {
  if (packets.reduce((sum, { length }) => sum + length, 0) > MOST_XMP_BYTES || packets.length >= MOST_PACKETS) return
  const packet = read()
  if (packet) packets.push(packet)
}

/** Returns the text of a chunk without its keyword. Some programs compress XMP, although they shouldn't. */
function pngText(type: string, chunk: Buffer): Buffer | undefined {
  if (type === 'zTXt') return inflate(chunk.subarray(1))
  if (type !== 'iTXt') return undefined
  const language = chunk.indexOf(0, 2)
  const keyword = chunk.indexOf(0, language + 1)
  if (language === -1 || keyword === -1) return undefined
  const text = chunk.subarray(keyword + 1)
  return chunk[0] === 1 ? inflate(text) : text
}

const inflate = (compressed: Buffer) => inflateSync(compressed, { maxOutputLength: MOST_XMP_BYTES })

function xmpKeywords(packet: Buffer): readonly Keyword[] {
  if (packet.length > MOST_XMP_BYTES) return []
  const whole = startsWith(packet, '<?xpacket begin') ? packet : Buffer.concat([Buffer.from(XMP_BEGIN), packet])
  const tags: Readonly<Record<string, unknown>> = exifReader.load(whole, { expanded: true }).xmp ?? {}
  return [
    ...texts(tags.subject).map((name) => ({ name, parents: [] })),
    ...texts(tags.hierarchicalSubject).map(ofHierarchy),
  ]
}

function ofHierarchy(path: string): Keyword {
  const kinds = path.split('|').flatMap((kind) => kind.trim() || [])
  return { name: kinds.at(-1) ?? '', parents: kinds.slice(0, -1) }
}

function iptcKeywords(file: Buffer): readonly Keyword[] {
  const { iptc } = exifReader.load(file, { expanded: true, includeTags: { iptc: ['Keywords', CODED_CHARACTER_SET] } })
  return texts(iptc?.Keywords).map((name) => ({ name, parents: [] }))
}

/** Returns the texts of a tag in any of its shapes: several tags, or one with tags, bytes or a text. */
function texts(tag: unknown): readonly string[] {
  if (Array.isArray(tag)) return tag.flatMap(texts)
  if (typeof tag !== 'object' || tag === null || !('value' in tag)) return []
  if (typeof tag.value === 'string') return [tag.value]
  const isOfBytes = Array.isArray(tag.value) && typeof tag.value[0] === 'number'
  if (isOfBytes && 'description' in tag && typeof tag.description === 'string') return [tag.description]
  return texts(tag.value)
}

function distinct(keywords: readonly Keyword[]): readonly Keyword[] {
  const known = new Map<string, Keyword>()
  for (const { name, parents } of keywords) {
    const key = name.trim().toLowerCase()
    const before = known.get(key)
    if (key === '') continue
    if (!before) known.set(key, { name: name.trim(), parents })
    else if (before.parents.length === 0) known.set(key, { ...before, parents })
  }
  return [...known.values()]
}

const startsWith = (bytes: Buffer, text: string) => bytes.toString('latin1', 0, text.length) === text
