/** A number of things, as people write it: `1 day`, `2 days`. */
export const counted = (number: number, what: string) => `${number} ${what}${number === 1 ? '' : 's'}`
