export type { ModelState } from './detector.js'
export { DetectorImageLabeler, type DetectorImageLabelerOptions } from './detector-image-labeler.js'
export { DetectorError, type DetectorErrorCode } from './errors.js'
