// The API reference, from the docstrings of what users import. `node site/reference.mjs` lists undocumented exports and
// dead links in docstrings, and writes nothing.
import { fileURLToPath, pathToFileURL } from 'node:url'
import { Application, LogLevel } from 'typedoc'
import { ENTRIES } from './pages.mjs'

const here = fileURLToPath(new URL('.', import.meta.url))
const root = fileURLToPath(new URL('..', import.meta.url))

/** Converts the sources; with `out`, writes their pages to that folder. Returns whether everything is documented. */
export async function reference(out) {
  const app = await Application.bootstrapWithPlugins({
    entryPoints: ENTRIES.map(({ source }) => `${root}${source}`),
    tsconfig: `${here}tsconfig.api.json`,
    plugin: ['typedoc-plugin-markdown'],
    // `npm run check` checks the types of the sources.
    skipErrorChecking: true,
    excludePrivate: true,
    excludeInternal: true,
    excludeExternals: true,
    disableSources: true,
    sort: ['source-order'],
    groupOrder: ['Functions', 'Classes', 'Interfaces', 'Type Aliases', 'Variables'],
    logLevel: LogLevel.Warn,
    validation: { notDocumented: true, invalidLink: true, notExported: false },
    requiredToBeDocumented: ['Function', 'Class', 'Interface', 'TypeAlias', 'Variable', 'Enum'],
    packagesRequiringDocumentation: [...new Set(ENTRIES.map(({ name }) => name.split('/').slice(0, 2).join('/')))],
    router: 'module',
    readme: 'none',
    entryFileName: 'index',
    hidePageHeader: true,
    hideBreadcrumbs: true,
    useCodeBlocks: true,
    useHTMLAnchors: true,
    parametersFormat: 'table',
    interfacePropertiesFormat: 'table',
    typeDeclarationFormat: 'table',
    pageTitleTemplates: { module: '{name}', index: 'API reference' },
    name: 'API reference',
    ...(out && { out }),
  })
  const project = await app.convert()
  if (!project) return false
  for (const { page, source } of ENTRIES) {
    const path = source.replace(/(\/index)?\.ts$/, '')
    const module = project.children.find(({ name }) => name === path)
    if (!module) throw new Error(`typedoc has no module ${path}`)
    module.name = page
  }
  app.validate(project)
  if (out) await app.generateOutputs(project)
  return !app.logger.hasErrors() && !app.logger.hasWarnings()
}

if (import.meta.url === pathToFileURL(process.argv[1]).href) process.exitCode = (await reference()) ? 0 : 1
