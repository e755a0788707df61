import { defineConfig } from '@rspress/core'
import { CORE, ENTRIES, sections } from './pages.mjs'

const route = (page) => `/${page.replace(/\.md$/, '')}`
const linksTo = (entries) =>
  entries.map(({ page, name, topic }) => ({ text: topic ?? name.replace('@hexbird/', ''), link: `/api/${page}` }))
const groups = sections().map(({ text, pages }) => ({
  text,
  collapsible: true,
  collapsed: text === 'Decisions',
  items: pages.map(({ page, text }) => ({ text, link: route(page) })),
}))
const api = {
  text: 'API reference',
  collapsible: true,
  collapsed: false,
  items: [
    {
      text: 'core',
      link: `/api/${CORE.page}`,
      collapsible: true,
      items: linksTo(ENTRIES.filter(({ topic }) => topic)),
    },
    ...linksTo(ENTRIES.filter(({ topic }) => !topic)),
  ],
}

/** These items also set the order of pages in llms-full.txt. */
function navItem({ text, items }) {
  return { text, link: items[0].link, activeMatch: `^(${items.map(({ link }) => link).join('|')})(\\.html)?$` }
}

/** Lists the pages in the sidebar's order. */
function llmsTxt({ title, description, sections }) {
  const pages = sections.flatMap(({ pages }) => pages)
  const lines = [...groups, api].flatMap(({ text, items }) => [
    `\n## ${text}\n`,
    ...items.flatMap(withNested).map(entryOf),
  ])
  return [`# ${title}`, '', `> ${description}`, ...lines, ''].join('\n')

  function withNested(item) {
    return [item, ...(item.items ?? [])]
  }

  function entryOf({ text, link }) {
    const { link: markdown, description } = pages.find(({ routePath }) => routePath === link)
    return `- [${text}](${markdown})${description ? `: ${description}` : ''}`
  }
}

export default defineConfig({
  root: 'content',
  outDir: process.env.HEXBIRD_SITE ?? 'dist',
  base: process.env.HEXBIRD_SITE_BASE ?? '/',
  lang: 'en',
  title: 'hexbird',
  description: 'Build X bots that reply to photos, with Sign in with X built in. A TypeScript toolkit with a local X.',
  siteOrigin: process.env.HEXBIRD_SITE_ORIGIN,
  icon: '/icon.svg',
  logo: '/icon.svg',
  logoText: 'hexbird',
  // llms.txt, llms-full.txt, and each page as Markdown.
  llms: { llmsTxt },
  globalStyles: new URL('site.css', import.meta.url).pathname,
  markdown: {
    // Rspress doesn't know the anchors of table rows in the reference; scripts/test/site.heavy.test.ts checks links to them.
    link: { checkDeadLinks: true, checkAnchors: { excludes: (url) => url.includes('#property-') } },
    image: { checkDeadImages: true },
  },
  themeConfig: {
    nav: [
      ...groups.filter(({ text }) => text !== 'Decisions').map(navItem),
      { text: 'API', link: '/api/', activeMatch: '^/api/' },
    ],
    sidebar: { '/': [...groups, api] },
    lastUpdated: false,
    enableContentAnimation: false,
    enableScrollToTop: true,
  },
})
