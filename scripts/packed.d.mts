export declare function packed(): ReadonlyMap<string, string>
export declare function temporary(name: string): string
export declare function install(folder: string): Promise<void>
export declare function run(
  file: string,
  args: readonly string[],
  cwd: string,
  env?: Readonly<Record<string, string>>,
): Promise<string>
