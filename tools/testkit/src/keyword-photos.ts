import sharp from 'sharp'

const NAMESPACES =
  'xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#" xmlns:dc="http://purl.org/dc/elements/1.1/" xmlns:lr="http://ns.adobe.com/lightroom/1.0/"'

const escaped = (text: string) => text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('"', '&quot;')

/** An XMP packet around what stands inside `rdf:RDF`. */
export const xmpPacket = (inside: string) =>
  `<?xpacket begin="\ufeff" id="W5M0MpCehiHzreSzNTczkc9d"?><x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF ${NAMESPACES}>${inside}</rdf:RDF></x:xmpmeta><?xpacket end="w"?>`

export const list = (tag: string, items: readonly string[], kind = 'Bag') =>
  `<${tag}><rdf:${kind}>${items.map((item) => `<rdf:li>${escaped(item)}</rdf:li>`).join('')}</rdf:${kind}></${tag}>`

export const description = (inside: string, attributes = '') =>
  `<rdf:Description rdf:about="" ${attributes}>${inside}</rdf:Description>`

const blank = () => sharp({ create: { width: 90, height: 90, channels: 3, background: '#7aa' } })

export const plainJpeg = (): Promise<Buffer> => blank().jpeg().toBuffer()
export const plainPng = (): Promise<Buffer> => blank().png().toBuffer()
export const jpegWithXmp = (xmp: string): Promise<Buffer> => blank().jpeg().withXmp(xmp).toBuffer()
export const pngWithXmp = (xmp: string): Promise<Buffer> => blank().png().withXmp(xmp).toBuffer()

/** A PNG whose XMP stands in an iTXt chunk, as the XMP specification wants it. */
export function pngWithText(xmp: Uint8Array, flags: readonly [number, number] = [0, 0]): Promise<Buffer> {
  return pngWithChunk(
    'iTXt',
    Buffer.concat([Buffer.from('XML:com.adobe.xmp\0'), Buffer.from(flags), Buffer.from('\0\0'), xmp]),
  )
}

/** A PNG with one more chunk behind its header. */
export async function pngWithChunk(type: string, data: Uint8Array): Promise<Buffer> {
  const png = await plainPng()
  const afterHeader = 8 + 25
  return Buffer.concat([png.subarray(0, afterHeader), chunk(type, data), png.subarray(afterHeader)])
}

/** A PNG that says that it has these sides, and has this for its picture. */
export async function pngOf(width: number, height: number, picture: Uint8Array): Promise<Buffer> {
  const header = Buffer.concat([sized(4, width), sized(4, height), Buffer.from([8, 2, 0, 0, 0])])
  const signature = (await plainPng()).subarray(0, 8)
  return Buffer.concat([signature, chunk('IHDR', header), chunk('IDAT', picture), chunk('IEND', Buffer.alloc(0))])
}

const chunk = (type: string, data: Uint8Array) =>
  Buffer.concat([sized(4, data.length), Buffer.from(type), data, Buffer.alloc(4)])

/** A JPEG with IPTC keywords, in bytes, and, where there is one, a coded character set (1:90). */
export async function jpegWithIptc(keywords: readonly Uint8Array[], characterSet?: string): Promise<Buffer> {
  const records = [
    ...(characterSet === undefined ? [] : [record(1, 90, Buffer.from(characterSet, 'latin1'))]),
    ...keywords.map((keyword) => record(2, 25, keyword)),
  ]
  return withIptc(await plainJpeg(), Buffer.concat(records))
}

/** Source: IPTC IIM 4.2; Adobe Photoshop File Formats Specification, image resource 0x0404. */
export function withIptc(jpeg: Buffer, records: Uint8Array): Buffer {
  const padding = Buffer.alloc(records.length % 2)
  const resource = [Buffer.from('8BIM\u0004\u0004\0\0', 'latin1'), sized(4, records.length), records, padding]
  const segment = Buffer.concat([Buffer.from('Photoshop 3.0\0'), ...resource])
  const marker = Buffer.from([0xff, 0xed])
  return Buffer.concat([jpeg.subarray(0, 2), marker, sized(2, segment.length + 2), segment, jpeg.subarray(2)])
}

export const UTF_8 = '\u001b%G'
export const utf8 = (text: string) => Buffer.from(text, 'utf8')
export const latin1 = (text: string) => Buffer.from(text, 'latin1')

const record = (number: number, dataset: number, value: Uint8Array) =>
  Buffer.concat([Buffer.from([0x1c, number, dataset]), sized(2, value.length), value])

function sized(bytes: 2 | 4, size: number): Buffer {
  const buffer = Buffer.alloc(bytes)
  buffer.writeUIntBE(size, 0, bytes)
  return buffer
}
