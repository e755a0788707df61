/**
 * What a labeler recognised on a photo, in Rekognition's terms. `confidence` is a percentage, 0 to 100. `parents` are
 * the wider kinds that the name belongs to: "Dog" has the parents "Mammal", "Animal" and "Pet".
 */
export interface Label {
  readonly name: string
  readonly confidence: number
  readonly parents: readonly string[]
}
