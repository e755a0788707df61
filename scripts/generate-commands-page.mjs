// Writes docs/commands.md from the command's own help. With --check it writes nothing, and fails if the page is out of date.
import { readFileSync, writeFileSync } from 'node:fs'
import { SETTINGS } from '../packages/cli/dist/operate/settings.js'
import { createProgram } from '../packages/cli/dist/program.js'
import { createTerminal } from '../packages/cli/dist/terminal.js'

const page = new URL('../docs/commands.md', import.meta.url)

const intro = `# Commands

This page has the help of every command, as \`hexbird <command> --help\` prints it, without the global options. \`hexbird\` comes with
\`@hexbird/cli\`. In a project, run it as \`npx hexbird\`. In a clone of the repository, run it as \`npm run hexbird --\`, for example
\`npm run hexbird -- tweet --wait\`.

- Results go to standard output, everything else to standard error. With \`--json\`, the last line of standard output is one JSON
  object. If the command fails, that object is \`{"error":{"code":…,"message":…}}\`.
- Exit codes: 0 for success, 1 for a failure, 2 for a usage error.
- Colors and progress appear only in terminals. \`NO_COLOR=1\` turns colors off there too.
`

/** Each command with its full name, such as `webhook list`. */
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
  // These are the same for every command.
  return help.replace(/\nGlobal Options:\n(.+\n)+/, '').trimEnd()
}

/** Text before the commands of a group. */
const ofGroups = {
  'At X': `
These commands (except \`costs\`) and \`hexbird run\` read their settings from the environment or from a file: \`.env\` in the current folder,
or the one that \`--settings\` names. The environment takes precedence. Secrets are never arguments, because shells save commands in their
history, and other programs can read a running command's arguments. Keep the file private: \`chmod 600 .env\`.

| Setting | What it is |
|---|---|
${Object.entries(SETTINGS)
  .map(([name, what]) => `| \`${name}\` | ${what} |`)
  .join('\n')}

With \`--stage\`, a deployed stage calls X for the command, with its own secrets. Then you need none of these settings, only permission to
invoke the stage's \`admin\` function. \`rotate\` has no \`--stage\`, because it changes the secrets in your own settings file.
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
  console.error('docs/commands.md is out of date. Run: node scripts/generate-commands-page.mjs')
  process.exitCode = 1
}
