// Writes docs/commands.md from the command's own help. With --check it writes nothing, and fails where the page is behind.
import { readFileSync, writeFileSync } from 'node:fs'
import { SETTINGS } from '../packages/cli/dist/operate/settings.js'
import { createProgram } from '../packages/cli/dist/program.js'
import { createTerminal } from '../packages/cli/dist/terminal.js'

const page = new URL('../docs/commands.md', import.meta.url)

const intro = `# Commands

\`hexbird\` comes with \`@hexbird/cli\`. In this repository it is \`npm run hexbird --\`: \`npm run hexbird -- tweet --wait\`.

- What people came for is on standard output, everything else on standard error. With \`--json\` the last line of standard
  output is one JSON object, \`{"error":{"code":…,"message":…}}\` where something went wrong.
- Exit codes: 0 fine, 1 something is broken, 2 a mistake that you can mend, told in one message.
- Colours and progress are for screens alone; \`NO_COLOR=1\` turns colours off there too.
`

/** Each command that does something, with its words: `webhook list`. */
function commandsOf(parent, path = '') {
  return parent.commands.flatMap((command) => {
    const words = `${path}${command.name()}`
    const group = command.helpGroup().replace(/:$/, '')
    if (command.commands.length === 0) return [{ words, command, group }]
    return commandsOf(command, `${words} `).map((one) => ({ ...one, group }))
  })
}

function helpOf(command) {
  let help = ''
  const writeOut = (text) => {
    help += text
  }
  command.configureOutput({ writeOut, getOutHelpWidth: () => 100, getOutHasColors: () => false }).outputHelp()
  // The same for all, and told above.
  return help.replace(/\nGlobal Options:\n(.+\n)+/, '').trimEnd()
}

/** What is said of a group besides its commands. */
const ofGroups = {
  'At X': `
What these commands and \`hexbird run\` need is in the environment, or in a file: \`.env\` in the current folder, or that of \`--settings\`. Secrets
are never arguments, which shells write down. The environment goes first. Give the file to nobody else: \`chmod 600 .env\`.

| Setting | What it is |
|---|---|
${Object.entries(SETTINGS)
  .map(([name, what]) => `| \`${name}\` | ${what} |`)
  .join('\n')}

With \`--stage\` a deployed stage is asked, which keeps its secrets, and nothing of this is needed: only to invoke its \`admin\`
function. (\`rotate\` changes secrets, and wants settings.)
`,
}

const commands = commandsOf(createProgram(createTerminal(process)))
const groups = [...new Set(commands.map(({ group }) => group))]
const sections = groups.map((group) => {
  const ofGroup = commands.filter((one) => one.group === group)
  const shown = ofGroup.map(
    ({ words, command }) => `\n### hexbird ${words}\n\n\`\`\`text\n${helpOf(command)}\n\`\`\`\n`,
  )
  return `\n## ${group}\n${ofGroups[group] ?? ''}${shown.join('')}`
})
const written = `${intro}${sections.join('')}`

if (!process.argv.includes('--check')) writeFileSync(page, written)
else if (readFileSync(page, 'utf8') !== written) {
  console.error('docs/commands.md is behind the command: node scripts/generate-commands-page.mjs')
  process.exitCode = 1
}
