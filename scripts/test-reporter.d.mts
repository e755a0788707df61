/** Of what Jest hands a reporter, what this one reads. */
export default class TestReporter {
  constructor(
    config: {
      readonly rootDir: string
      readonly testPathPatterns?: { readonly patterns: readonly string[] }
      readonly testNamePattern?: string
    },
    options: { readonly folders: readonly string[]; readonly isAll: boolean },
  )
  onRunStart(): void
  onRunComplete(
    contexts: unknown,
    results: {
      readonly testResults: readonly {
        readonly testResults: readonly { readonly fullName: string; readonly status: string }[]
      }[]
    },
  ): void
  getLastError(): Error | undefined
}
