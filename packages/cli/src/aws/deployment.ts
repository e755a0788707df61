/** A stage of `stages.json`, as far as is looked at here. */
export interface Stage {
  readonly name: string
  readonly webhookStage: boolean
  readonly webhookConcurrency: number
  readonly signIn?: { readonly concurrency?: number }
}

/** What the stack told after its deployment. */
export type Outputs = Readonly<Record<string, string>> &
  Readonly<Record<'ApiEndpoint' | 'WebhookUrl' | 'AdminFunction', string>>

/** A parameter as `aws ssm describe-parameters` tells of it. */
export interface FoundParameter {
  readonly Name: string
  readonly Type: string
  readonly KeyId?: string
}

/** Asks the `admin` function. */
export type Ask = (request: Readonly<Record<string, unknown>>) => Promise<unknown>

type Registered =
  | { readonly kind: 'registered'; readonly lines: readonly string[] }
  | { readonly kind: 'refused'; readonly detail: string }

/**
 * As much of `@hexbird/lambda-entry/deployment` as is used. A bot that is deployed to AWS brings that package: it stands on
 * Amazon's CDK and clients.
 */
export interface Deployment<S extends Stage = Stage> {
  /** @throws StagesError with every fault in one message */
  parseStages(json: string): readonly S[]
  placeholdersOf(stage: S): readonly string[]
  parameterFaults(stage: S, found: readonly FoundParameter[]): readonly string[]
  stackName(stage: S): string
  register(ask: Ask, url: string, dialect: string): Promise<Registered>
  nextSteps(stage: S, outputs: Outputs, registered: boolean): readonly string[]
}
