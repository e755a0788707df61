import { readFileSync } from 'node:fs'
import { Code } from 'aws-cdk-lib/aws-lambda'
import { createApp } from './app.js'
import { parseStages, type Stage, StagesError } from './stages.js'

/** What `npm run synth` and the command `cdk` run, in the folder of `cdk.json`. */
const stages = readStages()
if (stages) createApp({ stages, code: (name) => Code.fromAsset(`build/${name}`) }).synth()

function readStages(): readonly Stage[] | undefined {
  try {
    return parseStages(readFileSync('stages.json', 'utf8'))
  } catch (error) {
    if (!(error instanceof StagesError)) throw error
    console.error(error.message)
    process.exitCode = 2
    return undefined
  }
}
