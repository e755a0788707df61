/** The bots under torture. */
export const SUBJECT_NAMES = ['photo', 'dice', 'chart'] as const

export type SubjectName = (typeof SUBJECT_NAMES)[number]
