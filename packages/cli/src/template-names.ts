/** What a created bot does: says what is in photos, answers with words alone, or draws images. */
export const TEMPLATES = ['photo', 'text', 'image'] as const
export type TemplateName = (typeof TEMPLATES)[number]
