export { type Defined, defined } from './defined.js'
export { memoize } from './lazy.js'
