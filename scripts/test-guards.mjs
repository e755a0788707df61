// Removes each guard of the bot in turn, and expects the torture to notice: `npm run test:guards`.
process.argv.push('--guards')
await import('./torture.mjs')
