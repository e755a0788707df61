// Loaded before a function: writes the path of every file that is loaded, as it is, into the file that HEXBIRD_READS names.
require(process.env.HEXBIRD_PRELOAD)
const { appendFileSync } = require('node:fs')
const { registerHooks } = require('node:module')
const { fileURLToPath } = require('node:url')

registerHooks({
  load(url, context, next) {
    if (url.startsWith('file:')) appendFileSync(process.env.HEXBIRD_READS, `${fileURLToPath(url)}\n`)
    return next(url, context)
  },
})
