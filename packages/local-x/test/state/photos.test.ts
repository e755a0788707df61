import { afterEach, describe, expect, test } from '@jest/globals'
import fc from 'fast-check'
import sharp from 'sharp'
import type { LocalPhoto, LocalX, MediaKind } from '../../src/index.js'
import { createBoundedCache } from '../../src/util/bounded-cache.js'
import { fitWithin } from '../../src/util/pictures.js'
import { type Closers, clientsOf, closeAll, jpeg, png, request, start } from '../support.js'

const stack: Closers = []
afterEach(() => closeAll(stack))

const blank = (width: number, height: number, alpha = 1) =>
  sharp({ create: { width, height, channels: alpha < 1 ? 4 : 3, background: { r: 200, g: 30, b: 30, alpha } } })

/** Two frames, 20 × 10. */
async function moving(format: 'gif' | 'webp'): Promise<Uint8Array> {
  const frames = [blank(20, 10), sharp({ create: { width: 20, height: 10, channels: 3, background: '#00f' } })]
  const images = await Promise.all(frames.map((frame) => frame.png().toBuffer()))
  return sharp(images, { join: { animated: true } })
    [format]()
    .toBuffer()
}

async function upload(x: LocalX, bytes: Uint8Array, kind: MediaKind = 'photo'): Promise<LocalPhoto> {
  const { photos } = await x.tweet({ as: 'alice', text: 'look', photos: [{ bytes, kind }] })
  return photos[0] as LocalPhoto
}

const served = (x: LocalX, { key }: LocalPhoto, query = 'format=jpg&name=large') =>
  request(x, `/media/${key}?${query}`, { headers: { host: 'pbs.twimg.com' } })

async function sizeOf(x: LocalX, photo: LocalPhoto, query: string): Promise<readonly unknown[]> {
  const { width, height, format } = await sharp((await served(x, photo, query)).body).metadata()
  return [format, width, height]
}

describe('X refuses', () => {
  const UNRECOGNIZED = 'media type unrecognized.'
  const DIMENSIONS = 'Image dimensions must be >= 4x4 and <= 8192x8192'
  const half = (bytes: Uint8Array) => bytes.subarray(0, Math.floor(bytes.length / 2))
  const large = (bytes: Uint8Array, most: number) => Buffer.concat([bytes, Buffer.alloc(most)])
  const MB = 1024 * 1024

  test.each<[string, () => Uint8Array | Promise<Uint8Array>, string, MediaKind?]>([
    ['an empty file', () => new Uint8Array(), UNRECOGNIZED],
    ['what is no picture', () => Buffer.from('<html><script>'), UNRECOGNIZED],
    ['a drawing in SVG', () => Buffer.from('<svg xmlns="http://www.w3.org/2000/svg"/>'), UNRECOGNIZED],
    ['a TIFF', () => blank(20, 10).tiff().toBuffer(), UNRECOGNIZED],
    ['an AVIF', () => blank(20, 10).avif().toBuffer(), UNRECOGNIZED],
    ['the head of a JPEG alone', () => Uint8Array.from([0xff, 0xd8, 0xff, 0xe0]), UNRECOGNIZED],
    ['a JPEG that breaks off', () => jpeg().subarray(0, -40), UNRECOGNIZED],
    ['a JPEG without its end', () => jpeg().subarray(0, -2), UNRECOGNIZED],
    ['a PNG that breaks off', async () => half(png()), UNRECOGNIZED],
    ['a WEBP that breaks off', async () => half(await blank(99, 99).webp().toBuffer()), UNRECOGNIZED],
    ['a GIF that breaks off', async () => half(await blank(99, 99).gif().toBuffer()), UNRECOGNIZED],
    ['more than 5 MB', () => large(jpeg(), 5 * MB), 'File size exceeds 5242880 bytes.'],
    ['a video’s still of more than 5 MB', () => large(jpeg(), 5 * MB), 'File size exceeds 5242880 bytes.', 'video'],
    [
      'an animated GIF of more than 15 MB',
      async () => large(await moving('gif'), 15 * MB),
      'File size exceeds 15728640 bytes.',
      'animated_gif',
    ],
    ['a picture that is too small', () => blank(3, 90).png().toBuffer(), DIMENSIONS],
    ['a picture that is too large', () => blank(8193, 9).png().toBuffer(), DIMENSIONS],
    ['an animated GIF as a photo', () => moving('gif'), 'This GIF moves'],
    ['an animated GIF as a video', () => moving('gif'), 'This GIF moves', 'video'],
    ['an animated WEBP', () => moving('webp'), 'This WEBP moves', 'animated_gif'],
  ])('%s, whether metadata is kept or not', async (_what, make, words, kind = 'photo') => {
    const bytes = await make()
    for (const keepMetadata of [false, true]) {
      const x = await start(stack, { keepMetadata })
      const refused = { name: 'LocalXError', code: 'BAD_PHOTO', message: expect.stringContaining(words) }
      await expect(upload(x, bytes, kind)).rejects.toMatchObject(refused)
      const form = new FormData()
      for (const [name, value] of Object.entries({ as: 'alice', text: 'look', kind })) form.set(name, value)
      form.set('photo', new Blob([new Uint8Array(bytes)], { type: 'image/jpeg' }))
      const answer = await fetch(`${x.url}/_local/tweets`, { method: 'POST', body: form })
      expect(answer.status).toBe(400)
      expect(await answer.json()).toEqual({ error: expect.stringContaining(words), code: 'BAD_PHOTO' })
      expect(x.tweets()).toEqual([])
    }
  })

  test('all photos of a tweet for one, and takes the others anew', async () => {
    const x = await start(stack)
    const photos = [{ bytes: jpeg() }, { bytes: new Uint8Array() }, { bytes: new Uint8Array() }]
    await expect(x.tweet({ as: 'alice', text: 'look', photos })).rejects.toMatchObject({ code: 'BAD_PHOTO' })
    expect(x.tweets()).toEqual([])
    expect(await upload(x, jpeg())).toMatchObject({ width: 300, height: 200 })
  })
})

describe('X takes', () => {
  test.each<[string, () => Promise<Uint8Array>, string]>([
    ['a JPEG', () => blank(60, 40).jpeg().toBuffer(), 'image/jpeg'],
    ['a JPEG in CMYK', () => blank(60, 40).toColourspace('cmyk').jpeg().toBuffer(), 'image/jpeg'],
    ['a PNG', () => blank(60, 40).png().toBuffer(), 'image/png'],
    ['a PNG with alpha', () => blank(60, 40, 0.5).png().toBuffer(), 'image/png'],
    ['a WEBP', () => blank(60, 40).webp().toBuffer(), 'image/jpeg'],
    ['a WEBP with alpha', () => blank(60, 40, 0.5).webp().toBuffer(), 'image/png'],
    ['a GIF', () => blank(60, 40).gif().toBuffer(), 'image/jpeg'],
    ['a GIF with alpha', () => blank(60, 40, 0).gif().toBuffer(), 'image/png'],
  ])('%s, and keeps it as one of the types that it serves', async (_what, make, type) => {
    const bytes = await make()
    for (const keepMetadata of [false, true]) {
      const x = await start(stack, { keepMetadata })
      const photo = await upload(x, bytes)
      expect(photo).toMatchObject({ type, width: 60, height: 40, url: expect.stringMatching(/(?:jpg|png)$/) })
      const answer = await request(x, new URL(photo.url).pathname, { headers: { host: 'pbs.twimg.com' } })
      expect([answer.status, answer.headers['content-type']]).toEqual([200, type])
      expect(`image/${(await sharp(answer.body).metadata()).format}`).toBe(type)
    }
  })

  test('an animated GIF as the still of its first frame', async () => {
    const x = await start(stack)
    const { url, type, width, height } = await upload(x, await moving('gif'), 'animated_gif')
    expect([type, width, height]).toEqual(['image/jpeg', 20, 10])
    const { body } = await request(x, new URL(url).pathname, { headers: { host: 'pbs.twimg.com' } })
    const { dominant } = await sharp(body).stats()
    expect(dominant.r).toBeGreaterThan(dominant.b)
  })

  test('a picture that lies on its side, and turns it', async () => {
    for (const keepMetadata of [false, true]) {
      const x = await start(stack, { keepMetadata })
      const photo = await upload(x, await blank(60, 40).withMetadata({ orientation: 6 }).jpeg().toBuffer())
      expect(photo).toMatchObject({ width: 40, height: 60 })
      const found = await clientsOf(x).asBot.v2.singleTweet(x.tweets()[0]?.id ?? '', {
        expansions: ['attachments.media_keys'],
        'media.fields': ['width', 'height'],
      })
      expect(found.includes?.media).toMatchObject([{ width: 40, height: 60 }])
      const { width, height, orientation = 1 } = await sharp((await served(x, photo)).body).metadata()
      expect([width, height, orientation]).toEqual([40, 60, 1])
    }
  })

  test('photos in the order of the calls, however long each takes', async () => {
    const x = await start(stack)
    const slow = await blank(4000, 3000).png().toBuffer()
    const texts = ['first', 'second', 'third']
    const drafts = [[{ bytes: slow }], [{ bytes: jpeg() }], []]
    await Promise.all(texts.map((text, at) => x.tweet({ as: 'alice', text, photos: drafts[at] ?? [] })))
    expect(x.tweets().map(({ text }) => text.split(' ')[0])).toEqual(texts)
  })
})

describe('X serves', () => {
  test.each([
    ['thumb', 150, 150],
    ['small', 680, 340],
    ['medium', 1200, 600],
    ['large', 2048, 1024],
    ['orig', 3000, 1500],
    ['4096x4096', 3000, 1500],
    ['900x900', 900, 450],
    ['360x360', 360, 180],
    ['240x240', 240, 120],
  ])('the size %s', async (name, width, height) => {
    const x = await start(stack)
    const photo = await upload(x, await blank(3000, 1500).jpeg().toBuffer())
    expect(await sizeOf(x, photo, `format=jpg&name=${name}`)).toEqual(['jpeg', width, height])
  })

  test('the medium size where none is named, and a size behind a colon as it once was', async () => {
    const x = await start(stack)
    const { key } = await upload(x, await blank(3000, 1500).jpeg().toBuffer())
    for (const [path, width] of [
      [`/media/${key}.jpg`, 1200],
      [`/media/${key}?format=jpg`, 1200],
      [`/media/${key}.jpg:large`, 2048],
      [`/media/${key}.jpg?name=orig`, 3000],
    ] as const) {
      const { body } = await request(x, path, { headers: { host: 'pbs.twimg.com' } })
      expect([path, (await sharp(body).metadata()).width]).toEqual([path, width])
    }
  })

  test('nothing larger than what it has', async () => {
    const x = await start(stack)
    const photo = await upload(x, await blank(120, 200).png().toBuffer())
    for (const name of ['small', 'large', 'orig']) {
      expect(await sizeOf(x, photo, `format=jpg&name=${name}`)).toEqual(['jpeg', 120, 200])
    }
    expect(await sizeOf(x, photo, 'format=jpg&name=thumb')).toEqual(['jpeg', 120, 150])
  })

  test.each([
    ['jpg', 'image/jpeg', 'jpeg'],
    ['png', 'image/png', 'png'],
    ['webp', 'image/webp', 'webp'],
  ])('the format %s, of whatever was uploaded', async (format, type, kind) => {
    const x = await start(stack)
    for (const bytes of [jpeg(), png()]) {
      const answer = await served(x, await upload(x, bytes), `format=${format}&name=orig`)
      expect(answer.headers).toMatchObject({ 'content-type': type, 'content-length': String(answer.body.length) })
      expect((await sharp(answer.body).metadata()).format).toBe(kind)
    }
  })

  test('alpha as PNG, and white in its place as JPEG', async () => {
    const x = await start(stack)
    const photo = await upload(x, await blank(60, 40, 0).png().toBuffer())
    const [asPng, asJpeg] = await Promise.all(['png', 'jpg'].map((format) => served(x, photo, `format=${format}`)))
    expect((await sharp(asPng?.body).stats()).isOpaque).toBe(false)
    expect((await sharp(asJpeg?.body).stats()).dominant).toMatchObject({ r: 248, g: 248, b: 248 })
  })

  test('the sizes that its events name', async () => {
    await fc.assert(
      fc.asyncProperty(fc.integer({ min: 4, max: 1500 }), fc.integer({ min: 4, max: 1500 }), async (width, height) => {
        const x = await start(stack)
        const photo = await upload(x, await blank(width, height).png().toBuffer())
        const told = fitWithin(photo, 680)
        expect(await sizeOf(x, photo, 'format=png&name=small')).toEqual(['png', told.width, told.height])
        await closeAll(stack)
      }),
      { numRuns: 10, examples: [[1500, 4]] },
    )
  })
})

const SECRET = 'MY-HOME-ADDRESS'
const XMP = `<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#"><rdf:Description rdf:about="${SECRET}"/></rdf:RDF></x:xmpmeta>`
const EXIF = {
  IFD0: { Artist: SECRET, ImageDescription: SECRET },
  IFD3: { GPSLatitudeRef: 'N', GPSLatitude: '51/1 30/1 0/1', GPSLongitudeRef: 'W', GPSLongitude: '0/1 7/1 0/1' },
}

/** A JPEG with EXIF, its position, XMP, IPTC keywords, a comment and a color profile. */
async function telling(width = 80, height = 60): Promise<Uint8Array> {
  const bytes = await blank(width, height).withExif(EXIF).withXmp(XMP).withIccProfile('p3').jpeg().toBuffer()
  const segment = (marker: number, data: Buffer) =>
    Buffer.concat([Buffer.from([0xff, marker, (data.length + 2) >> 8, (data.length + 2) & 255]), data])
  // IIM 2:25, a keyword, in an image resource block of Photoshop's.
  const iptc = Buffer.concat([Buffer.from([0x1c, 2, 25, 0, SECRET.length]), Buffer.from(SECRET), Buffer.alloc(1)])
  const block = Buffer.concat([Buffer.from('8BIM\x04\x04\0\0\0\0\0', 'latin1'), Buffer.from([iptc.length]), iptc])
  const app13 = segment(0xed, Buffer.concat([Buffer.from('Photoshop 3.0\0', 'latin1'), block]))
  return Buffer.concat([bytes.subarray(0, 2), app13, segment(0xfe, Buffer.from(SECRET)), bytes.subarray(2)])
}

/** What a picture tells beside its pixels. */
async function toldBy(bytes: Buffer): Promise<readonly string[]> {
  const metadata = await sharp(bytes).metadata()
  const kinds = (['exif', 'xmp', 'iptc', 'icc', 'comments'] as const).filter((kind) => metadata[kind] !== undefined)
  return bytes.includes(SECRET) ? [...kinds, SECRET] : kinds
}

describe('metadata', () => {
  test('is there in the photo that the following are about', async () => {
    expect(await toldBy(Buffer.from(await telling()))).toEqual(['exif', 'xmp', 'iptc', 'icc', SECRET])
    expect((await sharp(await telling()).metadata()).exif?.includes('\x02\0\0\0N\0\0\0', 0, 'latin1')).toBe(true)
  })

  test('is removed from all that is served, whatever was uploaded and is asked for', async () => {
    const source = fc.constantFrom('jpeg', 'png', 'webp', 'commented jpeg', 'commented png')
    const format = fc.constantFrom('jpg', 'png', 'webp')
    const size = fc.constantFrom('thumb', 'small', 'large', 'orig', '360x360')
    const side = fc.integer({ min: 4, max: 900 })
    const orientation = fc.integer({ min: 1, max: 8 })
    const x = await start(stack)
    await fc.assert(
      fc.asyncProperty(source, format, size, side, orientation, async (made, format, size, side, orientation) => {
        const told = blank(side, 300).withExif(EXIF).withXmp(XMP).withMetadata({ orientation })
        const bytes =
          made === 'commented png'
            ? png(SECRET)
            : made === 'commented jpeg'
              ? await telling(side)
              : await told[made]().toBuffer()
        const photo = await upload(x, bytes)
        const { body } = await served(x, photo, `format=${format}&name=${size}`)
        expect(await toldBy(body)).toEqual([])
        const onPage = await request(x, `/_local/media/${photo.key}`, { headers: { host: `127.0.0.1:${x.port}` } })
        expect(await toldBy(onPage.body)).toEqual([])
      }),
      { numRuns: 40 },
    )
  })

  test('is kept by the switch: a JPEG and a PNG byte for byte, and whatever is made of them', async () => {
    const x = await start(stack, { keepMetadata: true })
    const uploads = [await telling(900, 700), png(SECRET)]
    const [photo, other] = [await upload(x, uploads[0] as Uint8Array), await upload(x, uploads[1] as Uint8Array)]
    expect((await served(x, photo)).body.equals(uploads[0] as Uint8Array)).toBe(true)
    expect((await served(x, other, 'format=png&name=orig')).body.equals(uploads[1] as Uint8Array)).toBe(true)
    for (const query of ['format=jpg&name=small', 'format=png&name=orig', 'format=webp&name=thumb']) {
      expect(await toldBy((await served(x, photo, query)).body)).toEqual(
        expect.arrayContaining(['exif', 'xmp', SECRET]),
      )
    }
  })

  test('is a matter of when the photo was uploaded', async () => {
    const x = await start(stack)
    expect(x.switches().keepMetadata).toBe(false)
    const bytes = await telling()
    const photos: LocalPhoto[] = []
    for (const keepMetadata of [false, true, false]) {
      x.set({ keepMetadata })
      photos.push(await upload(x, bytes))
    }
    const told = await Promise.all(
      photos.map(async (photo) => (await toldBy((await served(x, photo)).body)).length > 0),
    )
    expect(told).toEqual([false, true, false])
  })
})

describe('the cache of pictures', () => {
  const sized = (most: number) => createBoundedCache<string>(most, ({ length }) => length)

  test('makes a value once, for all who ask at a time', async () => {
    const cache = sized(10)
    let made = 0
    const make = async () => `value ${++made}`
    expect(await Promise.all([cache.get('a', make), cache.get('a', make)])).toEqual(['value 1', 'value 1'])
    expect(await cache.get('a', make)).toBe('value 1')
  })

  test('forgets what was not asked for the longest, as soon as all of it weighs too much', async () => {
    const cache = sized(10)
    const made: string[] = []
    const ask = (key: string) => cache.get(key, async () => `${made.push(key)}234`)
    for (const key of ['a', 'b', 'a', 'c', 'a', 'b']) await ask(key)
    expect(made).toEqual(['a', 'b', 'c', 'b'])
    expect(cache.weight()).toBe(8)
  })

  test('weighs what it keeps, also where values are made while others are forgotten', async () => {
    const cache = sized(10)
    const ask = (key: string) => cache.get(key, async () => '12345678')
    for (let round = 0; round < 5; round += 1) await Promise.all(['a', 'b', 'c'].map(ask))
    expect(cache.weight()).toBe(8)
    let made = 0
    await cache.get('d', async () => `${++made}2345678`)
    await cache.get('d', async () => `${++made}2345678`)
    expect([made, cache.weight()]).toEqual([1, 8])
  })

  test('never weighs more than it may, whatever is asked for', async () => {
    const asked = fc.array(fc.tuple(fc.constantFrom('a', 'b', 'c', 'd'), fc.integer({ min: 1, max: 12 })))
    await fc.assert(
      fc.asyncProperty(asked, async (list) => {
        const cache = sized(10)
        for (const [key, length] of list) {
          const value = cache.get(key, async () => 'x'.repeat(length))
          await value
          expect(cache.weight()).toBeLessThanOrEqual(10)
        }
      }),
    )
  })

  test('does not keep a failure', async () => {
    const cache = sized(10)
    await expect(cache.get('a', async () => Promise.reject(new Error('no')))).rejects.toThrow('no')
    expect(await cache.get('a', async () => 'yes')).toBe('yes')
  })
})
