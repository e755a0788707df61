import type { Label, LabelOptions, LabelResult } from '@hexbird/core'
import type { ImageLabelerHarness } from '@hexbird/core/contracts'
import { description, jpegWithXmp, list, xmpPacket } from '@hexbird/testkit/keyword-photos'
import { KeywordImageLabeler } from '../../src/keyword-image-labeler.js'
import type { Faults } from './faults.js'

/** The labeler of keywords over photos that have just the keywords they should be labelled with. */
export function keywordImageLabeler(): ImageLabelerHarness {
  const photos = new Map<string, Buffer>()
  let away = false
  const labeler = new KeywordImageLabeler({
    async get(key) {
      if (away) throw new Error('the store is away')
      const bytes = photos.get(key)
      return bytes && { bytes, type: 'image/jpeg' }
    },
  })
  return {
    labeler,
    async store(photo) {
      const key = `photos/2244994945/1790000000000000000/${photos.size}`
      photos.set(key, photo === 'not-an-image' ? Buffer.from('no image') : await photoOf(photo.labels))
      return key
    },
    outage() {
      away = true
    },
  }
}

const photoOf = (labels: readonly Label[]) =>
  jpegWithXmp(
    xmpPacket(
      description(
        list(
          'lr:hierarchicalSubject',
          labels.map(({ name, parents }) => [...parents, name].join('|')),
        ),
      ),
    ),
  )

/** A labeler that knows degrees of confidence, over a table. */
export function tableImageLabeler(): ImageLabelerHarness {
  const photos = new Map<string, readonly Label[] | 'not-an-image'>()
  let away = false
  return {
    labeler: {
      async label(key, { max, minConfidence }) {
        if (away) throw new Error('the labeler is away')
        const photo = photos.get(key)
        if (photo === undefined || photo === 'not-an-image') return { kind: 'unreadable', detail: 'no image' }
        const sure = photo.filter(({ confidence }) => confidence >= minConfidence)
        return { kind: 'labels', labels: sure.sort((a, b) => b.confidence - a.confidence).slice(0, max) }
      },
    },
    async store(photo) {
      const key = `photos/2244994945/1790000000000000000/${photos.size}`
      photos.set(key, photo === 'not-an-image' ? photo : photo.labels)
      return key
    },
    outage() {
      away = true
    },
  }
}

type Ask = (key: string, options: LabelOptions) => Promise<LabelResult>

const asking =
  (makeAsk: (ask: Ask) => Ask) =>
  (harness: ImageLabelerHarness): ImageLabelerHarness => ({
    ...harness,
    labeler: { label: makeAsk((key, options) => harness.labeler.label(key, options)) },
  })

const changing = (change: (labels: readonly Label[]) => readonly Label[]) =>
  asking((ask) => async (key, options) => {
    const result = await ask(key, options)
    return result.kind === 'labels' ? { ...result, labels: change(result.labels) } : result
  })

const NOTHING: LabelResult = { kind: 'labels', labels: [] }

export const IMAGE_LABELER_FAULTS: Faults<ImageLabelerHarness> = {
  'parents are dropped': {
    noticedBy: ['the labels of a photo come with their parents'],
    breaks: changing((labels) => labels.map((label) => ({ ...label, parents: [] }))),
  },
  'a label is its own parent': {
    noticedBy: ['a label without parents has none'],
    breaks: changing((labels) => labels.map((label) => ({ ...label, parents: [label.name] }))),
  },
  'the first photo is looked at for every key': {
    noticedBy: ['each photo has its own labels'],
    breaks: asking((ask) => {
      let first: string | undefined
      return (key, options) => {
        first ??= key
        return ask(first, options)
      }
    }),
  },
  'confidence is a fraction of one': {
    noticedBy: ['confidence is a percentage'],
    breaks: changing((labels) => labels.map((label) => ({ ...label, confidence: label.confidence / 100 }))),
  },
  'the least sure comes first': {
    noticedBy: ['the surest label comes first'],
    breaks: changing((labels) => [...labels].reverse()),
  },
  'max is not heeded': {
    noticedBy: ['of more labels than were asked for the surest are given'],
    breaks: asking((ask) => (key, options) => ask(key, { ...options, max: 1000 })),
  },
  'the last labels are given where there are more': {
    noticedBy: ['of more labels than were asked for the surest are given'],
    breaks: asking((ask) => async (key, options) => {
      const result = await ask(key, { ...options, max: 1000 })
      return result.kind === 'labels' ? { ...result, labels: result.labels.slice(-options.max) } : result
    }),
  },
  'the least confidence is not heeded': {
    noticedBy: ['no label is less sure than asked for'],
    breaks: asking((ask) => (key, options) => ask(key, { ...options, minConfidence: 0 })),
  },
  'a label that is just sure enough is left out': {
    noticedBy: ['no label is less sure than asked for'],
    breaks: asking((ask) => (key, options) => ask(key, { ...options, minConfidence: options.minConfidence + 0.01 })),
  },
  'nothing recognised is unreadable': {
    noticedBy: ['a photo on which nothing is recognised has no labels'],
    breaks: asking((ask) => async (key, options) => {
      const result = await ask(key, options)
      return result.kind === 'labels' && result.labels.length === 0 ? { kind: 'unreadable', detail: '' } : result
    }),
  },
  'what is unreadable is a photo of nothing': {
    noticedBy: [
      'what is no image is unreadable, not a photo of nothing',
      'a photo that is not there is unreadable, not a photo of nothing',
    ],
    breaks: asking((ask) => async (key, options) => {
      const result = await ask(key, options)
      return result.kind === 'unreadable' ? NOTHING : result
    }),
  },
  'an outage is swallowed': {
    noticedBy: ['an outage is a throw, never a photo of nothing'],
    breaks: asking((ask) => (key, options) => ask(key, options).catch(() => NOTHING)),
  },
  'an outage is a photo that cannot be read': {
    noticedBy: ['an outage is a throw, never a photo of nothing'],
    breaks: asking((ask) => (key, options) => ask(key, options).catch(() => ({ kind: 'unreadable', detail: '' }))),
  },
}
