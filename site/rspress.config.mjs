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

export default defineConfig({
  root: 'content',
  outDir: process.env.HEXBIRD_SITE ?? 'dist',
  base: process.env.HEXBIRD_SITE_BASE ?? '/',
  lang: 'en',
  title: 'hexbird',
  description: 'Bots on X that answer pictures and sign people in: a pure core, a local X, a serverless deployment.',
  icon: '/icon.svg',
  logo: '/icon.svg',
  logoText: 'hexbird',
  // llms.txt, llms-full.txt, and each page as the Markdown that it is made of.
  llms: true,
  globalStyles: new URL('site.css', import.meta.url).pathname,
  markdown: {
    // Rows of a table in the reference are no headings; scripts/test/site.heavy.test.ts checks what leads to them.
    link: { checkDeadLinks: true, checkAnchors: { excludes: (url) => url.includes('#property-') } },
    image: { checkDeadImages: true },
  },
  themeConfig: {
    nav: [
      { text: 'Start', link: '/start' },
      { text: 'Guides', link: '/deploy', activeMatch: '^/(deploy|sign-in|operate|costs|commands|x-in-2026|migrate)' },
      { text: 'How it works', link: '/how-it-works' },
      { text: 'API', link: '/api/', activeMatch: '^/api/' },
    ],
    sidebar: { '/': [...groups, api] },
    lastUpdated: false,
    enableContentAnimation: false,
    enableScrollToTop: true,
  },
})
