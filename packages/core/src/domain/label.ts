/**
 * What a labeler recognized in a photo, in Rekognition's terms. `confidence` is in percent, 0 to 100. `parents` are the
 * broader categories of the name: "Dog" has the parents "Mammal", "Animal" and "Pet".
 */
export interface Label {
  readonly name: string
  readonly confidence: number
  readonly parents: readonly string[]
}

/** Whether a value from a store is a label. */
export function isLabel(value: unknown): value is Label {
  if (typeof value !== 'object' || value === null) return false
  const { name, confidence, parents }: Partial<Record<keyof Label, unknown>> = value
  return (
    typeof name === 'string' &&
    Number.isFinite(confidence) &&
    Array.isArray(parents) &&
    parents.every((parent) => typeof parent === 'string')
  )
}
