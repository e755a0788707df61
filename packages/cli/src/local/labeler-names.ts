/** What photos can be looked at with. */
export const LABELERS = ['keywords', 'detector', 'openai', 'rekognition'] as const

export type LabelerName = (typeof LABELERS)[number]
