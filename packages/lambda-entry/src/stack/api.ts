import { SIGN_IN_PATHS, WEBHOOK_PATH } from '@hexbird/http'
import { Validations } from 'aws-cdk-lib'
import { CfnStage, HttpApi, HttpMethod, HttpRoute, HttpRouteKey } from 'aws-cdk-lib/aws-apigatewayv2'
import { HttpLambdaIntegration } from 'aws-cdk-lib/aws-apigatewayv2-integrations'
import { LogGroup } from 'aws-cdk-lib/aws-logs'
import type { Construct } from 'constructs'
import { named, type Stage } from '../deployment/stages.js'
import type { FunctionName } from '../functions.js'
import type { Functions } from './functions.js'
import { logRetention, pascal, removalOf } from './names.js'

/** Requests a second for all callers together, and how many may come at once. Each route has a throttle of its own. */
interface Throttle {
  readonly rate: number
  readonly burst: number
}

/**
 * The API cannot tell X from a stranger, so what one sender can send must not be all that is let through: docs/decisions/0015.
 * X delivers in bursts, and what it may not deliver it may not bring again.
 */
const DELIVERIES: Throttle = { rate: 1000, burst: 1000 }
/** X sends one an hour. */
const CHALLENGES: Throttle = { rate: 200, burst: 200 }
/** Whoever starts a sign-in is counted by address before X is asked, and a callback asks X for a session that began. */
const PAGES: Throttle = { rate: 100, burst: 200 }

interface Route {
  readonly method: 'GET' | 'POST'
  readonly path: string
  readonly function: Extract<FunctionName, 'webhook' | 'sign-in'>
  readonly throttle: Throttle
}

const { page, start, callback, result, disconnect, signOut } = SIGN_IN_PATHS

/**
 * Nothing else is answered, and nothing of a function that the stage does not have. API Gateway takes bodies of 10 MB; the
 * apps themselves refuse what is larger than they take before they hash or read it.
 */
const ROUTES: readonly Route[] = [
  { method: 'GET', path: WEBHOOK_PATH, function: 'webhook', throttle: CHALLENGES },
  { method: 'POST', path: WEBHOOK_PATH, function: 'webhook', throttle: DELIVERIES },
  { method: 'GET', path: page, function: 'sign-in', throttle: PAGES },
  { method: 'GET', path: start, function: 'sign-in', throttle: PAGES },
  { method: 'POST', path: start, function: 'sign-in', throttle: PAGES },
  { method: 'GET', path: callback, function: 'sign-in', throttle: PAGES },
  { method: 'GET', path: result, function: 'sign-in', throttle: PAGES },
  { method: 'POST', path: disconnect, function: 'sign-in', throttle: PAGES },
  { method: 'POST', path: signOut, function: 'sign-in', throttle: PAGES },
]

/** Without routes yet: the functions need to know where it is, and it needs the functions. */
export const createApi = (scope: Construct, stage: Stage): HttpApi =>
  new HttpApi(scope, 'Api', { apiName: named(stage, 'api'), createDefaultStage: false })

/** Gives the group where each request leaves a line. */
export function addRoutes(scope: Construct, stage: Stage, api: HttpApi, functions: Functions): LogGroup {
  const integrations = new Map(
    (['webhook', 'sign-in'] as const).flatMap((name) => {
      const deployed = functions[name]
      return deployed ? [[name, new HttpLambdaIntegration(pascal(name), deployed.alias)]] : []
    }),
  )
  const answered = ROUTES.flatMap((route) => {
    const integration = integrations.get(route.function)
    return integration ? [{ route, integration }] : []
  })
  const routes = answered.map(
    ({ route, integration }) =>
      new HttpRoute(scope, keyOf(route).replaceAll(/[^a-zA-Z]+/g, '-'), {
        httpApi: api,
        routeKey: HttpRouteKey.with(route.path, HttpMethod[route.method]),
        integration,
      }),
  )
  for (const route of routes) {
    Validations.of(route).acknowledge({
      id: 'AwsSolutions-APIG4',
      reason:
        'X signs what it delivers, and people come to sign in: the apps check the signature, the cookie, the form token.',
    })
  }
  const logs = new LogGroup(scope, 'ApiLogs', {
    logGroupName: `/aws/apigateway/${named(stage, 'api')}`,
    retention: logRetention(stage),
    removalPolicy: removalOf(stage),
  })
  const deployed = new CfnStage(scope, 'ApiStage', {
    apiId: api.apiId,
    stageName: '$default',
    autoDeploy: true,
    accessLogSettings: {
      destinationArn: logs.logGroupArn,
      format: JSON.stringify({ stage: stage.name, ...ACCESS_LOG }),
    },
    defaultRouteSettings: { throttlingRateLimit: PAGES.rate, throttlingBurstLimit: PAGES.burst },
    routeSettings: Object.fromEntries(answered.map(({ route }) => [keyOf(route), settings(route.throttle)])),
  })
  // A setting of a route that is not there yet is an error.
  for (const route of routes) deployed.node.addDependency(route)
  return logs
}

/** The route, not the path: what follows the path of a callback is somebody's token. And nobody's address. */
const ACCESS_LOG = {
  requestId: '$context.requestId',
  time: '$context.requestTime',
  route: '$context.routeKey',
  status: '$context.status',
  bytes: '$context.responseLength',
  milliseconds: '$context.responseLatency',
  error: '$context.error.message',
  integrationError: '$context.integrationErrorMessage',
}

const keyOf = ({ method, path }: Route): string => `${method} ${path}`

const settings = ({ rate, burst }: Throttle) => ({
  ThrottlingRateLimit: rate,
  ThrottlingBurstLimit: burst,
})
