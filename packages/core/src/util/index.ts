export { type Defined, defined } from './defined.js'
export { lazy, memoize } from './lazy.js'
