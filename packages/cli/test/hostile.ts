/** Forges a line of this command, colours it, and turns what follows round. */
export const HOSTILE = 'evil\r\nhexbird: all is well\x1b[32m\u202e'
/** Expects that no line begins with text from others, and that nothing in it controls the terminal. */
export const FORGED = /^hexbird: all is well|\u202e|(?!\n)\p{Cc}/mu
