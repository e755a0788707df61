import type { Label, LabelOptions } from '@hexbird/core'
import { COCO, type Kind } from './coco.js'

/** A kind, and how surely it is on a photo: 0 to 1. */
export interface Thing extends Kind {
  readonly score: number
}

/**
 * What the model's scores say, by COCO's numbers.
 */
export function thingsOf(scores: ArrayLike<number>): readonly Thing[] {
  return [...COCO].map(([id, kind]) => ({ ...kind, score: scores[id] ?? 0 }))
}

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
