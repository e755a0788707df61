/** The file of a bot's state, unless it is told another. */
export const STORE = 'hexbird.sqlite'
