export { type Defined, defined } from './defined.js'
