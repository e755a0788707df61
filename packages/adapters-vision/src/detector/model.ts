/** The SHA-256 of the files that the model is loaded from. Builds make just these, and nothing else is loaded. */
export const MODEL_SUMS = {
  'model.json': '5a35ce2b3f423265ee6c4e308ab684f0fcbf11be578b31e980a16e88e5e4ab83',
  'weights.bin': '24293eff310c00c225ab6e3e84e63b69a3e579cfdabf79708f6c9acad4b0cbac',
} as const

/** The model looks at squares of this many pixels a side, whatever the sides of the photo. */
export const SIDE = 300
