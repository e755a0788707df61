import type { Label, LabelOptions } from '@hexbird/core'
import { COCO, type Kind } from './coco.js'

/** A kind, and how surely it is on a photo: 0 to 1. */
export interface Thing extends Kind {
  readonly score: number
}

/** The kinds as the model scores them. */
export function kindsOf(scores: ArrayLike<number>): readonly Thing[] {
  return [...COCO].map(([id, kind]) => ({ ...kind, score: scores[id] ?? 0 }))
}

/** A mammal that scores less has a wrong name about as often as the right one, and a bird is often none: docs/what-it-sees.md. */
const SURE_MAMMAL = 0.8
const SURE_BIRD = 0.7
/** From here on a bird need not be seen twice. Of those below, real ones are birds from afar as well. */
const CERTAIN_BIRD = 0.95
const BIRD_FROM_AFAR = 0.3
const BIRD = 16

/** Whether the photo has to be looked at from afar, before it is said to show a bird. */
export const mayBeBird = (scores: ArrayLike<number>): boolean => {
  const score = scores[BIRD] ?? 0
  return score >= SURE_BIRD && score < CERTAIN_BIRD
}

/**
 * The kinds, with care for animals, of which the model has names for ten: a bird counts only if it is sure of it, from afar
 * too if that was asked, and if it is sure of no mammal, the likeliest counts as a mammal without a name.
 */
export function thingsOf(scores: ArrayLike<number>, fromAfar?: ArrayLike<number>): readonly Thing[] {
  const kinds = kindsOf(scores)
  const mammals = kinds.filter(isMammal).sort((a, b) => b.score - a.score)
  const sure = mammals.filter(({ score }) => score >= SURE_MAMMAL)
  const [likeliest] = mammals
  const isBird = (scores[BIRD] ?? 0) >= SURE_BIRD && (fromAfar?.[BIRD] ?? 1) >= BIRD_FROM_AFAR
  return [
    ...kinds.filter((kind) => !isMammal(kind) && (kind.name !== 'Bird' || isBird)),
    ...(likeliest && sure.length === 0 ? [{ name: 'Mammal', parents: ['Animal'], score: likeliest.score }] : sure),
  ]
}

const isMammal = ({ parents }: Kind) => parents.includes('Mammal')

/** The surest things as labels: each name once, at most `max`, none below `minConfidence`. */
export function labelsOf(things: readonly Thing[], { max, minConfidence }: LabelOptions): readonly Label[] {
  const labels = things
    .map(({ name, parents, score }) => ({ name, confidence: confidenceOf(score), parents: [...parents] }))
    .filter(({ confidence }) => confidence >= minConfidence)
    .sort((a, b) => b.confidence - a.confidence)
  const names = new Set<string>()
  return labels.filter(({ name }) => !names.has(name) && names.add(name)).slice(0, max)
}

/**
 * Rules are written for Rekognition, where 85 is the usual bar. The model's own is a score of 0.5, from which it is right
 * more often than not; so 0.5 becomes 85, and 1 becomes 100.
 */
export function confidenceOf(score: number): number {
  return Math.min(100, Math.max(0, 85 + 30 * (score - 0.5)))
}
