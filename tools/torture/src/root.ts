/** Where the repository is. The bundle says that it is among the sources. */
export const ROOT = new URL('../../../', import.meta.url)
