// What `npm run synth` and the command `cdk` run, in this folder: this repository's own deployment.
import { synthesize } from '@hexbird/lambda-entry/stack'

synthesize({ bot: './bot.ts' })
