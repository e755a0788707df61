declare module 'dynalite' {
  /** A DynamoDB in this process, as an HTTP server. Without `createTableMs` a new table is not there for half a second. */
  function dynalite(options: { readonly createTableMs: number }): import('node:http').Server
  export = dynalite
}
