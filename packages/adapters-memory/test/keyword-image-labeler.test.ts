import { readFile } from 'node:fs/promises'
import { deflateSync } from 'node:zlib'
import type { Label } from '@hexbird/core'
import { imageLabelerContract } from '@hexbird/core/contracts'
import {
  description,
  jpegWithIptc,
  jpegWithXmp,
  latin1,
  list,
  plainJpeg,
  plainPng,
  pngOf,
  pngWithChunk,
  pngWithText,
  pngWithXmp,
  UTF_8,
  utf8,
  withIptc,
  xmpPacket,
} from '@hexbird/testkit/keyword-photos'
import { runs } from '@hexbird/testkit/runs'
import { describe, expect, test } from '@jest/globals'
import fc from 'fast-check'
import { commonParents } from '../src/common-parents.js'
import { KeywordImageLabeler, type KeywordImageLabelerOptions } from '../src/keyword-image-labeler.js'
import { testFaults } from './broken-outside/faults.js'
import { IMAGE_LABELER_FAULTS, keywordImageLabeler, tableImageLabeler } from './broken-outside/image-labeler.js'

const ASKED = { max: 50, minConfidence: 0 }

function label(bytes: Uint8Array, asked = ASKED, options: KeywordImageLabelerOptions = {}) {
  const blobs = { get: async () => ({ bytes, type: 'image/jpeg' }) }
  return new KeywordImageLabeler(blobs, options).label('photos/1/2/0', asked)
}

async function labelsOf(bytes: Uint8Array, asked = ASKED, options?: KeywordImageLabelerOptions) {
  const result = await label(bytes, asked, options)
  if (result.kind === 'unreadable') throw new Error(result.detail)
  return result.labels
}

const names = (labels: readonly Label[]) => labels.map(({ name }) => name)
const subjects = (...items: string[]) => xmpPacket(description(list('dc:subject', items)))
const hierarchies = (...items: string[]) => xmpPacket(description(list('lr:hierarchicalSubject', items)))

describe('KeywordImageLabeler', () => {
  for (const { name, check } of imageLabelerContract) test(name, () => check(keywordImageLabeler))
})

describe('the contract of an image labeler', () =>
  testFaults(imageLabelerContract, IMAGE_LABELER_FAULTS, tableImageLabeler))

describe('keywords in XMP', () => {
  test.each([
    ['a JPEG', jpegWithXmp],
    ['a PNG, compressed', pngWithXmp],
    ['a PNG', (xmp: string) => pngWithText(utf8(xmp))],
    ['a PNG, compressed the other way', (xmp: string) => pngWithText(deflateSync(utf8(xmp)), [1, 0])],
  ] as const)('are read from %s, every letter of them', async (_, make) => {
    const keywords = ['Dog', 'Hund & Katze', '日本犬', '🐕‍🦺', 'Ångström', '–“quoted”–']
    expect(names(await labelsOf(await make(subjects(...keywords))))).toEqual(keywords)
  })

  test('are read from a list that is in order', async () => {
    const xmp = xmpPacket(description(list('dc:subject', ['Dog', 'Beach'], 'Seq')))
    expect(names(await labelsOf(await jpegWithXmp(xmp)))).toEqual(['Dog', 'Beach'])
  })

  test('are read from a single element and from an attribute', async () => {
    const element = xmpPacket(description('<dc:subject>Dog</dc:subject>'))
    const attribute = xmpPacket(description('', 'dc:subject="Dog" lr:hierarchicalSubject="Plant|Tree"'))
    expect(names(await labelsOf(await jpegWithXmp(element)))).toEqual(['Dog'])
    expect(await labelsOf(await jpegWithXmp(attribute))).toEqual([
      { name: 'Dog', confidence: 99, parents: commonParents.dog },
      { name: 'Tree', confidence: 99, parents: ['Plant'] },
    ])
  })

  test('are read from a packet without its wrapping', async () => {
    const bare = subjects('Dog').replaceAll(/<\?xpacket[^>]*>/g, '')
    expect(names(await labelsOf(await jpegWithXmp(bare)))).toEqual(['Dog'])
    expect(names(await labelsOf(await pngWithXmp(bare)))).toEqual(['Dog'])
  })

  test('an empty list, an empty element and other tags are no keywords', async () => {
    const others = '<dc:title><rdf:Alt><rdf:li xml:lang="x-default">Rex</rdf:li></rdf:Alt></dc:title><dc:subject/>'
    expect(await labelsOf(await jpegWithXmp(xmpPacket(description(others))))).toEqual([])
    expect(await labelsOf(await jpegWithXmp(subjects()))).toEqual([])
  })

  test('broken XMP is no keywords, but the photo is one', async () => {
    expect(await labelsOf(await jpegWithXmp(subjects('Dog').replace('</rdf:Bag>', '')))).toEqual([])
  })
})

describe('keywords in IPTC', () => {
  test('are read as UTF-8 where the file says so', async () => {
    const photo = await jpegWithIptc([utf8('Dog'), utf8('日本犬'), latin1('Bär')], UTF_8)
    expect(names(await labelsOf(photo))).toEqual(['Dog', '日本犬', 'B\ufffdr'])
  })

  test('are read as Latin-1 where the file says nothing and they are no UTF-8', async () => {
    expect(names(await labelsOf(await jpegWithIptc([latin1('Bär'), latin1('Dog')])))).toEqual(['Bär', 'Dog'])
  })

  test('one keyword is read as well as several', async () => {
    expect(names(await labelsOf(await jpegWithIptc([utf8('Dog')])))).toEqual(['Dog'])
  })

  test('come after those in XMP, and each counts once', async () => {
    const withXmp = await jpegWithXmp(subjects('Dog', 'Beach'))
    const iptc = await jpegWithIptc([])
    expect(await labelsOf(iptc)).toEqual([])
    const both = withIptc(withXmp, Buffer.from('\x1c\x02\x19\0\x04Ball\x1c\x02\x19\0\x03DOG', 'latin1'))
    expect(names(await labelsOf(both))).toEqual(['Dog', 'Beach', 'Ball'])
  })
})

describe('what the author says of a photo', () => {
  const says = (altText: string) => ({ ...ASKED, altText })

  test('counts after the keywords of the file, each once', async () => {
    const photo = await jpegWithXmp(subjects('Beach', 'DOG'))
    const labels = await labelsOf(photo, says('Two dogs and a cat'))
    expect(labels.map(({ name, parents }) => [name, parents])).toEqual([
      ['Beach', []],
      ['DOG', commonParents.dog],
      ['Cat', commonParents.cat],
    ])
  })

  test('counts where the file says nothing', async () => {
    expect(await labelsOf(await plainJpeg(), says('My golden retriever'))).toEqual([
      { name: 'Golden Retriever', confidence: 99, parents: commonParents['golden retriever'] },
    ])
  })

  test('does not count where the labeler is told so', async () => {
    expect(await labelsOf(await plainJpeg(), says('A dog'), { readsAltText: false })).toEqual([])
  })

  test('makes no photo of what is none', async () => {
    expect(await label(new Uint8Array(10), says('A dog'))).toMatchObject({ kind: 'unreadable' })
  })
})

describe('labels', () => {
  test('are sure, in the order of the file', async () => {
    const labels = await labelsOf(await jpegWithXmp(subjects('Zebra', 'Apple', 'Moon')))
    expect(labels.map(({ name, confidence }) => [name, confidence])).toEqual([
      ['Zebra', 99],
      ['Apple', 99],
      ['Moon', 99],
    ])
  })

  test('are trimmed, and what is empty or there already is left out', async () => {
    const photo = await jpegWithXmp(subjects('  Dog ', '', '   ', 'dog', 'DOG', 'Cat'))
    expect(names(await labelsOf(photo))).toEqual(['Dog', 'Cat'])
  })

  test('of common kinds have their parents, whatever their case', async () => {
    const labels = await labelsOf(await jpegWithXmp(subjects('Dog', 'parrot', 'GOLDFISH', 'Frog', 'Sofa')))
    expect(labels.map(({ parents }) => parents)).toEqual([
      ['Mammal', 'Animal', 'Pet'],
      ['Bird', 'Animal'],
      ['Fish', 'Sea Life', 'Animal'],
      ['Amphibian', 'Animal', 'Wildlife'],
      [],
    ])
  })

  test('named like what every object has have no parents', async () => {
    const labels = await labelsOf(await jpegWithXmp(subjects('constructor', '__proto__', 'toString')))
    expect(labels.map(({ parents }) => parents)).toEqual([[], [], []])
  })

  test('take their parents from a hierarchy before the table', async () => {
    const labels = await labelsOf(await jpegWithXmp(hierarchies('Animal|Mammal|Dog', ' Things | | Toy ', '|', 'Cat')))
    expect(labels).toEqual([
      { name: 'Dog', confidence: 99, parents: ['Animal', 'Mammal'] },
      { name: 'Toy', confidence: 99, parents: ['Things'] },
      { name: 'Cat', confidence: 99, parents: commonParents.cat },
    ])
  })

  test('that stand in the list and in a hierarchy are one, with its parents', async () => {
    const inside = list('dc:subject', ['Okapi', 'Grass']) + list('lr:hierarchicalSubject', ['Animal|Mammal|Okapi'])
    expect(await labelsOf(await jpegWithXmp(xmpPacket(description(inside))))).toEqual([
      { name: 'Okapi', confidence: 99, parents: ['Animal', 'Mammal'] },
      { name: 'Grass', confidence: 99, parents: [] },
    ])
  })

  test('take their parents from the table that is given', async () => {
    const photo = await jpegWithXmp(subjects('Dog', 'Sofa'))
    const labels = await labelsOf(photo, ASKED, { parents: { sofa: ['Furniture'] } })
    expect(labels.map(({ parents }) => parents)).toEqual([[], ['Furniture']])
  })

  test('are none where more confidence is asked for than there is', async () => {
    const photo = await jpegWithXmp(subjects('Dog'))
    expect(await labelsOf(photo, { max: 5, minConfidence: 99 })).toHaveLength(1)
    expect(await labelsOf(photo, { max: 5, minConfidence: 99.1 })).toEqual([])
  })
})

describe('the table of common kinds', () => {
  test('has lower-case names, and each parent that it has an entry for brings its own parents', () => {
    for (const [name, parents] of Object.entries(commonParents)) {
      expect(name).toBe(name.toLowerCase())
      expect(parents).not.toEqual([])
      expect(new Set(parents).size).toBe(parents.length)
      for (const parent of parents) expect(parents).toEqual(expect.arrayContaining([...above(parent)]))
    }
  })

  const above = (kind: string): readonly string[] => commonParents[kind.toLowerCase()] ?? []
})

describe('photos', () => {
  test('without keywords are photos of nothing', async () => {
    expect(await labelsOf(await plainJpeg())).toEqual([])
    expect(await labelsOf(await plainPng())).toEqual([])
  })

  test('with more behind their end are read', async () => {
    const photo = Buffer.concat([await jpegWithXmp(subjects('Dog')), Buffer.from('something else')])
    expect(names(await labelsOf(photo))).toEqual(['Dog'])
  })

  test('with filling before a marker are read', async () => {
    const photo = await jpegWithXmp(subjects('Dog'))
    const filled = Buffer.concat([photo.subarray(0, 2), Buffer.from([0xff, 0xff, 0xff]), photo.subarray(2)])
    expect(names(await labelsOf(filled))).toEqual(['Dog'])
  })

  test('that end before any picture are read', async () => {
    const photo = await jpegWithXmp(subjects('Dog'))
    const header = photo.subarray(0, photo.indexOf('ffda', 0, 'hex'))
    expect(names(await labelsOf(Buffer.concat([header, Buffer.from('ffd9', 'hex')])))).toEqual(['Dog'])
    expect((await label(header)).kind).toBe('unreadable')
  })

  test('that stand within other bytes are read alone', async () => {
    const photo = await jpegWithXmp(subjects('Dog'))
    const around = Buffer.concat([Buffer.alloc(1000, 1), photo, Buffer.alloc(1000, 1)])
    expect(names(await labelsOf(around.subarray(1000, 1000 + photo.length)))).toEqual(['Dog'])
  })

  test('are unreadable wherever they are cut off', async () => {
    for (const photo of [await jpegWithXmp(subjects('Dog')), await pngWithXmp(subjects('Dog'))])
      for (let length = 0; length < photo.length - 4; length += 1)
        expect((await label(photo.subarray(0, length))).kind).toBe('unreadable')
  })

  test.each([
    ['nothing', ''],
    ['a page', '<!doctype html>'],
    ['a GIF', 'GIF89a'],
    ['bare XMP', subjects('Dog')],
    ['a TIFF', 'II*\0\b\0\0\0\0\0'],
  ])('%s is unreadable', async (_, bytes) => {
    expect((await label(latin1(bytes))).kind).toBe('unreadable')
  })

  test('are not looked at where they are not there', async () => {
    const result = await new KeywordImageLabeler({ get: async () => undefined }).label('photos/1/2/0', ASKED)
    expect(result).toEqual({ kind: 'unreadable', detail: 'there is no photo under photos/1/2/0' })
  })

  test('a fault of the store is thrown as it is', async () => {
    const fault = new TypeError('the store is broken')
    const labeler = new KeywordImageLabeler({ get: () => Promise.reject(fault) })
    await expect(labeler.label('photos/1/2/0', ASKED)).rejects.toBe(fault)
  })
})

describe('hostile photos', () => {
  const unreadableOrLabels = async (bytes: Uint8Array) => {
    const result = await label(bytes)
    expect(['labels', 'unreadable']).toContain(result.kind)
    return result
  }

  test.each([
    ['elements in elements', '<a>'.repeat(20_000)],
    ['ends without an end', '<?xpacket end="'.repeat(3000)],
    ['beginnings without an end', '<?xpacket begin'.repeat(4000)],
    ['many attributes', `<rdf:Description ${Array.from({ length: 5000 }, (_, index) => `a${index}=""`).join(' ')}/>`],
    ['an entity of entities', '<!DOCTYPE a [<!ENTITY b "bbbbbbbb"><!ENTITY c "&b;&b;&b;&b;">]><a>&c;</a>'],
  ])(
    'XMP of %s is read in time',
    async (_, inside) => {
      await unreadableOrLabels(await pngWithText(utf8(inside)))
      await unreadableOrLabels(await pngWithText(utf8(xmpPacket(inside))))
    },
    20_000,
  )

  const bomb = deflateSync(Buffer.alloc(50_000_000, 0x20))
  test.each([
    ['XMP in iTXt', () => pngWithText(bomb, [1, 0])],
    ['XMP in zTXt', () => pngWithChunk('zTXt', Buffer.concat([latin1('XML:com.adobe.xmp\0\0'), bomb]))],
    ['a text in zTXt', () => pngWithChunk('zTXt', Buffer.concat([latin1('Comment\0\0'), bomb]))],
    ['a profile in iCCP', () => pngWithChunk('iCCP', Buffer.concat([latin1('a\0\0'), bomb]))],
    ['an Exif block of nothing', () => pngWithChunk('eXIf', Buffer.concat([latin1('MM\0*\0\0\0\b\xff\xff'), bomb]))],
    ['a picture of 10,000 by 10,000 pixels', () => pngOf(10_000, 10_000, bomb)],
    ['a picture of more pixels than there are atoms', () => pngOf(0xffff_ffff, 0xffff_ffff, bomb)],
  ])('a bomb is a photo of nothing, or none: %s', async (_, make) => {
    const result = await label(await make())
    if (result.kind === 'labels') expect(result.labels).toEqual([])
    else expect(result.kind).toBe('unreadable')
  })

  test('XMP that unpacks to more than keywords need is not unpacked', async () => {
    const bomb = deflateSync(Buffer.alloc(50_000_000, 0x20))
    expect(await label(await pngWithText(bomb, [1, 0]))).toMatchObject({ kind: 'unreadable' })
  })

  test('XMP that is longer than keywords need is left alone', async () => {
    const long = subjects('Dog', 'x'.repeat(70_000))
    expect(await labelsOf(await pngWithText(utf8(long)))).toEqual([])
  })

  test('of many packets of XMP only the first four are read', async () => {
    const plain = await plainPng()
    const packets = await Promise.all(
      ['Ant', 'Bee', 'Cat', 'Dog', 'Elk'].map(async (name) => {
        const png = await pngWithText(utf8(subjects(name)))
        return png.subarray(8 + 25, 8 + 25 + png.length - plain.length)
      }),
    )
    const photo = Buffer.concat([plain.subarray(0, 8 + 25), ...packets, plain.subarray(8 + 25)])
    expect(names(await labelsOf(photo))).toEqual(['Ant', 'Bee', 'Cat', 'Dog'])
  })

  test('any bytes are labelled or unreadable', async () => {
    const start = fc.constantFrom([], [0xff, 0xd8, 0xff], [0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a])
    await fc.assert(
      fc.asyncProperty(start, fc.uint8Array({ maxLength: 600 }), async (head, rest) => {
        await unreadableOrLabels(Uint8Array.from([...head, ...rest]))
      }),
      { numRuns: runs() },
    )
  })

  test('any photo with some bytes changed is labelled or unreadable', async () => {
    const photos = [
      await jpegWithXmp(subjects('Dog', 'Beach')),
      await jpegWithIptc([utf8('Dog'), utf8('Beach')], UTF_8),
      await pngWithXmp(subjects('Dog', 'Beach')),
      await pngWithText(utf8(subjects('Dog', 'Beach'))),
    ]
    const change = fc.tuple(fc.nat({ max: 999_999 }), fc.nat({ max: 255 }))
    await fc.assert(
      fc.asyncProperty(fc.constantFrom(...photos), fc.array(change, { maxLength: 20 }), async (photo, changes) => {
        const bytes = Uint8Array.from(photo)
        for (const [at, byte] of changes) bytes[at % bytes.length] = byte
        await unreadableOrLabels(bytes)
      }),
      { numRuns: runs() },
    )
  })
})

describe('the sample photos', () => {
  const sample = (name: string) => readFile(new URL(`../../local-x/samples/${name}.jpg`, import.meta.url))

  test.each([
    [
      'dog',
      [
        ['Dog', commonParents.dog],
        ['Grass', []],
      ],
    ],
    [
      'bird',
      [
        ['Bird', ['Animal']],
        ['Branch', []],
        ['Leaf', []],
      ],
    ],
    [
      'plant',
      [
        ['Potted Plant', ['Plant']],
        ['Window', []],
      ],
    ],
    ['nothing', []],
  ])('%s.jpg shows what its keywords say', async (name, labels) => {
    const photo = await sample(name)
    expect((await labelsOf(photo)).map(({ name, parents }) => [name, parents])).toEqual(labels)
    expect(photo.length).toBeLessThan(40_000)
  })
})

describe('known faults of the originals', () => {
  test('a labeler outage is not swallowed and does not become "no picture"', async () => {
    const labeler = new KeywordImageLabeler({ get: () => Promise.reject(new Error('the store is away')) })
    await expect(labeler.label('photos/1/2/0', ASKED)).rejects.toThrow('the store is away')
  })
})
