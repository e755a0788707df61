// Deploys one stage of the repository's own bot: npm run deploy -- --stage staging. The bot's project is
// packages/lambda-entry, and this is `hexbird deploy` there.
import { fileURLToPath } from 'node:url'

process.chdir(fileURLToPath(new URL('../packages/lambda-entry/', import.meta.url)))
process.argv.splice(2, 0, 'deploy')
await import('../packages/cli/dist/main.js')
