import { animalRules, photoReplies } from '@hexbird/core'

/** Has photos labeled, and brings what labels them. */
export default photoReplies(animalRules, { labeler: { label: async () => ({ kind: 'labels', labels: [] }) } })
