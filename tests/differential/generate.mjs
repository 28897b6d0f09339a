// Writes random IAM requests and what iam-simulate answers to them: node generate.mjs SEED COUNT > cases.jsonl
// The first line says which judge answered and names all callers and requests; every other line is a small world of policies and
// contexts, and requests in it: "caller request identity,policies boundary resource-policy context answer", numbers of the lists,
// "-" for none, and A (allowed), E (explicitly denied) or I (implicitly denied).
import { readFileSync } from 'node:fs'
import { runSimulation, anonymousPrincipal } from '@cloud-copilot/iam-simulate'

process.env.TZ = 'UTC'
const [seed, count] = process.argv.slice(2).map(Number)
if (!Number.isSafeInteger(seed) || !(count > 0)) throw new Error('usage: node generate.mjs SEED COUNT > FILE')
const judge = JSON.parse(readFileSync(new URL('package.json', import.meta.url))).devDependencies

// Mulberry32: small, and the same everywhere.
let state = seed >>> 0
const random = () => {
  state = (state + 0x6d2b79f5) >>> 0
  let t = Math.imul(state ^ (state >>> 15), 1 | state)
  t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t
  return ((t ^ (t >>> 14)) >>> 0) / 4294967296
}
const below = (n) => Math.floor(random() * n)
const chance = (p) => random() < p
const pick = (list) => list[below(list.length)]
const some = (list, most) => [...new Set(Array.from({ length: 1 + below(most) }, () => pick(list)))]
const oneOrList = (list) => (list.length === 1 && chance(0.6) ? list[0] : list)

const OWN = '111111111111'
const OTHER = '222222222222'
const PROVIDER = `arn:aws:iam::${OWN}:saml-provider/corp`
const who = [
  { kind: 'aws', arn: `arn:aws:iam::${OWN}:user/ann`, account: OWN },
  { kind: 'aws', arn: `arn:aws:iam::${OWN}:user/staff/bob`, account: OWN },
  { kind: 'aws', arn: `arn:aws:sts::${OWN}:assumed-role/app/i-1`, account: OWN },
  { kind: 'aws', arn: `arn:aws:iam::${OTHER}:user/eve`, account: OTHER },
  { kind: 'aws', arn: `arn:aws:sts::${OTHER}:assumed-role/app/i-2`, account: OTHER },
  { kind: 'root', account: OWN },
  { kind: 'root', account: OTHER },
  { kind: 'service', name: 'cloudtrail.amazonaws.com' },
  { kind: 'service', name: 'cloudwatch.amazonaws.com' },
  { kind: 'anonymous' },
  { kind: 'federated', provider: PROVIDER },
]
const named = [
  OWN, `arn:aws:iam::${OWN}:root`, OTHER, `arn:aws:iam::${OTHER}:root`, '333333333333', '*', '*',
  `arn:aws:iam::${OWN}:user/ann`, `arn:aws:iam::${OWN}:user/staff/bob`, `arn:aws:iam::${OTHER}:user/eve`,
  `arn:aws:iam::${OWN}:role/app`, `arn:aws:iam::${OWN}:role/path/app`, `arn:aws:iam::${OTHER}:role/app`,
  `arn:aws:sts::${OWN}:assumed-role/app/i-1`, `arn:aws:sts::${OWN}:assumed-role/app/i-9`,
  `arn:aws:sts::${OTHER}:assumed-role/app/i-2`,
]

const sns = `arn:aws:sns:us-east-1:${OWN}:`
const iam = `arn:aws:iam::${OWN}:`
const kms = `arn:aws:kms:us-east-1:${OWN}:`
const trail = `arn:aws:cloudtrail:us-east-1:${OWN}:`
const services = {
  s3: {
    policies: true,
    asks: [
      ['s3:GetObject', 'arn:aws:s3:::logs/ann/report.txt'], ['s3:PutObject', `arn:aws:s3:::logs/AWSLogs/${OWN}/x.gz`],
      ['s3:GetObject', 'arn:aws:s3:::data/a-b'], ['s3:ListBucket', 'arn:aws:s3:::logs'],
      ['s3:GetBucketPolicy', 'arn:aws:s3:::data'], ['s3:ListAllMyBuckets', '*'],
    ],
    actions: ['s3:*', 's3:Get*', 's3:GetObject', 'S3:getobject', 's3:PutObject', 's3:?etObject', 's3:*Object', 's3:List*', 's3:ListBucket', 's3:*Bucket*', 's3:GetBucketPolicy', 's3:ListAllMyBuckets', 's3:Put*', 's3:DeleteObject'],
    resources: ['arn:aws:s3:::*', 'arn:aws:s3:::logs', 'arn:aws:s3:::logs/*', 'arn:aws:s3:::logs*', 'arn:aws:s3:::data', 'arn:aws:s3:::data/*', 'arn:aws:s3:::l?gs/*', 'arn:aws:s3:::*/ann/*', 'arn:aws:s3:::logs/${aws:username}/*', 'arn:aws:s3:::logs/AWSLogs/${aws:SourceAccount}/*', 'arn:aws:s3:::logs/AWSLogs/${aws:PrincipalAccount}/*', 'arn:aws:s3:::logs/AWSLogs/${aws:ResourceAccount}/*', 'arn:aws:s3:::logs/AWSLogs/${s3:DataAccessPointAccount}/*', 'arn:aws:s3:::logs/${aws:PrincipalTag/team}/*', 'arn:aws:s3:::logs/AWSLogs/*/?.gz', 'arn:*:s3:::logs/*', 'arn:aws:s3:*:*:logs/*', 'arn:aws:s3:::data/a?b', 'arn:aws:s3:::data/a${*}b', 'arn:aws:s3:::LOGS/*', "arn:aws:s3:::logs/${aws:PrincipalTag/none, 'ann'}/*", 'arn:aws:s3:::logs/${aws:PrincipalTag/none}/*', 'arn:aws:s3:*', 'arn:aws:s3', 'arn:aws:sns:*:*:*'],
  },
  sns: {
    policies: true,
    asks: [['sns:Publish', `${sns}alarms`], ['sns:Publish', `${sns}alarms-ann`], ['sns:Subscribe', `${sns}alarms`], ['sns:ListTopics', '*']],
    actions: ['sns:*', 'SNS:Publish', 'sns:Pub*', 'sns:Subscribe', 'sns:*s*', 'sns:ListTopics', 'sns:List*', 'sns:DeleteTopic'],
    resources: [`${sns}alarms`, `${sns}*`, `${sns}alarms*`, `${sns}alarms-\${aws:username}`, `${sns}alarms\${aws:PrincipalTag/none, '-ann'}`, `arn:aws:sns:*:${OWN}:alarms`, 'arn:aws:sns:us-*-1:*:*', 'arn:aws:sns:*:*:alarm?', 'arn:aws:sns:eu-west-1:*:*', 'arn:aws:sns:*:al*', 'arn:aws:sns:*:alarms', 'arn:aws:sns:us-east-1', 'arn:aws:s3:::*'],
  },
  iam: {
    policies: false,
    asks: [['iam:GetUser', `${iam}user/ann`], ['iam:CreateUser', `${iam}user/staff/bob`], ['iam:PassRole', `${iam}role/app`], ['iam:ListRoles', '*']],
    actions: ['iam:*', 'iam:Get*', 'iam:GetUser', 'iam:*User', 'iam:PassRole', 'iam:List*', 'iam:CreateUser', 'IAM:pass?ole'],
    resources: [`${iam}*`, `${iam}user/*`, `${iam}user/\${aws:username}`, `${iam}role/*`, `${iam}role/app`, 'arn:aws:iam::*:user/*', `${iam}u*/ann`, `${iam}*/app`, `arn:aws:iam::${OTHER}:*`, 'arn:aws:iam', `arn:aws:iam::${OWN}`],
  },
  sts: {
    policies: true,
    bare: true,
    asks: [['sts:AssumeRole', `${iam}role/app`], ['sts:AssumeRole', `${iam}role/path/admin`], ['sts:AssumeRoleWithSAML', `${iam}role/app`]],
    actions: ['sts:*', 'sts:AssumeRole', 'sts:AssumeRole*', 'STS:assumerolewithsaml', 'sts:Tag*'],
    resources: [`${iam}role/*`, `${iam}role/app`, `${iam}role/path/*`, `${iam}*`, 'arn:aws:iam::*:role/app', `${iam}role/\${aws:PrincipalTag/team}`],
  },
  kms: {
    policies: true,
    asks: [['kms:Decrypt', `${kms}key/k-1`], ['kms:GenerateDataKey', `${kms}key/k-2`], ['kms:ListKeys', '*']],
    actions: ['kms:*', 'kms:Decrypt', 'kms:Generate*', 'kms:*Key', 'KMS:decrypt', 'kms:List*', 'kms:Encrypt'],
    resources: [`${kms}key/*`, `${kms}key/k-1`, 'arn:aws:kms:*:*:key/k-?', `${kms}*`, 'arn:aws:kms:eu-west-1:*:*', `arn:aws:kms:*:${OWN}:key/k-\${aws:PrincipalTag/number}`, `${kms}k*/k-1`],
  },
  cloudtrail: {
    policies: false,
    asks: [['cloudtrail:StopLogging', `${trail}trail/main`], ['cloudtrail:GetTrailStatus', `${trail}trail/main`], ['cloudtrail:ListTrails', '*']],
    actions: ['cloudtrail:*', 'cloudtrail:Stop*', 'cloudtrail:Get*', 'cloudtrail:List*', 'cloudtrail:*Logging', 'CloudTrail:GetTrailStatus'],
    resources: [`${trail}trail/*`, `${trail}trail/main`, 'arn:aws:cloudtrail:*:*:trail/main', 'arn:aws:cloudtrail:us-*:*:trail/m??n', `${trail}trail/\${aws:PrincipalTag/team}`],
  },
}
const ask = Object.values(services).flatMap((service) => service.asks)

// Condition keys: what requests carry, and what policies ask for, by operator.
const strings = ['StringEquals', 'StringNotEquals', 'StringEqualsIgnoreCase', 'StringNotEqualsIgnoreCase', 'StringLike', 'StringNotLike']
const arns = ['ArnEquals', 'ArnLike', 'ArnNotEquals', 'ArnNotLike']
const orders = ['Equals', 'NotEquals', 'LessThan', 'LessThanEquals', 'GreaterThan', 'GreaterThanEquals']
const numerics = orders.map((order) => `Numeric${order}`)
const dates = orders.map((order) => `Date${order}`)
const words = ['red', 'Red', 'blue', 'r*', '?ed', '*', 'a${*}b', 'a*b', '${$}5', '${aws:username}', '${aws:PrincipalTag/team}', "${aws:PrincipalTag/none, 'red'}", '${aws:PrincipalTag/none}', 'ann', 'x-${aws:username}']
const people = ['ann', 'Ann', 'bob', 'a*', '*', '${aws:PrincipalTag/team}', '???']
const accounts = [OWN, OTHER, '333333333333', '1*', '${aws:PrincipalAccount}', '${aws:ResourceAccount}', '*']
const points = [`arn:aws:s3:us-east-1:${OWN}:accesspoint/one`, `arn:aws:s3:us-east-1:${OTHER}:accesspoint/two`]
const sourceArns = [`${trail}trail/main`, `${trail}trail/*`, 'arn:aws:cloudtrail:*:*:trail/*', 'arn:*:*:*:*:*', `${sns}alarms`, `arn:aws:s3:::logs`, 'arn:aws:s3:::l?gs*', 'arn:aws:cloudtrail:us-east-1:${aws:SourceAccount}:trail/main', 'arn:aws:cloudtrail:*', 'arn:aws:cloudtrail:us-*:*:*', `${trail}trail/\${aws:PrincipalTag/none}`]
const callers = [`arn:aws:iam::${OWN}:user/ann`, `arn:aws:iam::${OWN}:role/app`, `arn:aws:iam::${OWN}:role/*`, 'arn:aws:iam::*:user/*', `arn:aws:iam::${OTHER}:user/eve`]
const keys = [
  { key: 'aws:PrincipalTag/team', has: ['red', 'Red', 'blue', 'a*b', '$5', 'x-ann', 'main', 'app'], ops: strings, asks: words },
  { key: 'aws:PrincipalTag/number', has: ['1', '10', '10.5', '-3', '0', 'ten'], ops: numerics, asks: ['1', '10', '10.0', '10.5', '-3', '0', '007', 'ten'], rare: ['ten'] },
  { key: 'aws:PrincipalTag/blob', has: ['aGVsbG8=', 'd29ybGQ='], ops: ['BinaryEquals'], asks: ['aGVsbG8=', 'd29ybGQ=', 'AAAA'] },
  { key: 'aws:PrincipalTag/empty', has: ['', 'x'], ops: ['StringEquals', 'StringNotEquals', 'StringLike'], asks: ['', 'x', '*'] },
  { key: 'aws:username', has: ['ann', 'bob', 'Ann'], ops: strings, asks: people },
  { key: 'aws:SourceAccount', has: [OWN, OTHER], ops: strings, asks: accounts },
  { key: 'aws:PrincipalAccount', has: [OWN, OTHER], ops: strings, asks: accounts },
  { key: 'aws:ResourceAccount', has: [OWN], ops: strings, asks: accounts },
  { key: 'aws:userid', has: ['AIDAANN', 'AROAAPP:i-1', `${OTHER}`], ops: strings, asks: ['AIDAANN', 'AROAAPP:*', 'aroaapp:i-1', '${aws:SourceAccount}', '*'] },
  { key: 'aws:PrincipalOrgID', has: ['o-1', 'o-2'], ops: strings, asks: ['o-1', 'o-2', 'o-*', '${aws:PrincipalOrgID}'] },
  { key: 'aws:PrincipalIsAWSService', has: ['true', 'false'], ops: ['Bool', 'StringEquals'], asks: ['true', 'false'] },
  { key: 'aws:PrincipalServiceName', has: ['cloudtrail.amazonaws.com', 'config.amazonaws.com'], ops: strings, asks: ['cloudtrail.amazonaws.com', '*.amazonaws.com', 'config.amazonaws.com'] },
  { key: 's3:DataAccessPointAccount', has: [], ops: strings, asks: accounts },
  { key: 's3:DataAccessPointArn', has: [], ops: [...arns, 'StringLike', 'StringEquals'], asks: [...points, `arn:aws:s3:us-east-1:${OWN}:accesspoint/*`, 'arn:aws:s3:*:*:accesspoint/*', 'arn:aws:s3:us-east-1:${aws:PrincipalAccount}:accesspoint/one', 'arn:aws:s3:us-east-1:${s3:DataAccessPointAccount}:accesspoint/*'] },
  { key: 's3:AccessPointNetworkOrigin', has: [], ops: strings, asks: ['Internet', 'VPC', 'internet', '*'] },
  { key: 'aws:SourceArn', has: [`${trail}trail/main`, `${sns}alarms`, 'arn:aws:s3:::logs', 'main'], ops: [...arns, 'StringLike', 'StringEquals'], asks: sourceArns },
  { key: 'aws:PrincipalArn', has: [`arn:aws:iam::${OWN}:user/ann`, `arn:aws:iam::${OWN}:role/app`, `arn:aws:iam::${OTHER}:user/eve`], ops: [...arns, 'StringLike', 'StringNotLike'], asks: callers },
  { key: 'aws:SecureTransport', has: ['true', 'false'], ops: ['Bool', 'Bool', 'StringEquals'], asks: ['true', 'false', 'TRUE'] },
  { key: 'aws:MultiFactorAuthPresent', has: ['true', 'false'], ops: ['Bool'], asks: ['true', 'false'] },
  { key: 'aws:MultiFactorAuthAge', has: ['0', '300', '3600', '86400'], ops: numerics, asks: ['0', '300', '3600', '3599.5', '1000000'] },
  { key: 'aws:SourceIp', has: ['10.0.0.1', '10.0.1.255', '203.0.113.7', '2001:db8::1', '2001:db8:0:1::5'], ops: ['IpAddress', 'NotIpAddress'], asks: ['10.0.0.0/8', '10.0.0.0/24', '10.0.0.1', '203.0.113.0/25', '0.0.0.0/0', '2001:db8::/32', '2001:db8::/64', '2001:db8::1', '2001:0db8::1', '::/0', 'nowhere'], rare: ['nowhere'] },
  { key: 'aws:CurrentTime', has: ['2024-01-01T00:00:00Z', '2024-06-01T12:00:00Z', '2025-01-01T00:00:00Z'], ops: dates, asks: ['2024-01-01T00:00:00Z', '2024-06-01', '2024-06-01T12:00:00+02:00', '2024-06-01T12:00:00.000Z', '2025-01', '1717243200', 'someday'], rare: ['1717243200', 'someday'] },
  { key: 'aws:TokenIssueTime', has: ['2024-01-01T00:00:00Z', '1717243200'], ops: dates, asks: ['2024-01-01T00:00:00Z', '2024-06-01T12:00:00Z', '1717243200'] },
  { key: 'aws:TagKeys', many: true, has: ['red', 'blue', 'Red', 'green'], ops: strings, asks: ['red', 'blue', 'green', 'r*', '*'] },
  { key: 'aws:PrincipalOrgPaths', many: true, has: ['o-1/r-1/ou-1/', 'o-1/r-1/ou-2/', 'o-2/r-1/'], ops: strings, asks: ['o-1/*', 'o-1/r-1/ou-1/', 'o-2/*', '*'] },
]

// The keys of a service's policies. The judge takes no request through an access point, so a key of those is always absent.
const known = (name) => keys.filter(({ key }) => !key.startsWith('s3:') || name === 's3')

const condition = (name) => {
  const all = {}
  for (let n = chance(0.75) ? 1 : 2; n > 0; n--) {
    const { key, many, ops, asks, rare = [] } = pick(known(name))
    const spelled = chance(0.05) ? key.toLowerCase() : key
    if (chance(0.08)) {
      all.Null = { ...all.Null, [spelled]: oneOrList(some(['true', 'false'], chance(0.9) ? 1 : 2)) }
      continue
    }
    const values = some(asks, 3).filter((value) => !rare.includes(value) || chance(0.2))
    if (values.length === 0) values.push(asks[0])
    const set = chance(many ? 0.93 : 0.06) ? pick(['ForAllValues:', 'ForAnyValue:']) : ''
    const operator = `${set}${pick(ops)}${chance(0.25) ? 'IfExists' : ''}`
    all[operator] = { ...all[operator], [spelled]: oneOrList(values) }
  }
  return all
}

const choice = (name, list, notThis) => ({ [(chance(notThis) ? 'Not' : '') + name]: oneOrList(list) })

const principal = (effect) => {
  const not = chance(effect === 'Deny' ? 0.3 : 0.04) ? 'Not' : ''
  if (!not && chance(0.25)) return { Principal: '*' }
  const by = {}
  if (chance(0.8)) by.AWS = oneOrList(some(not ? named.filter((name) => name !== '*') : named, 3))
  if (chance(0.25) || !by.AWS) by.Service = oneOrList(some(['cloudtrail.amazonaws.com', 'cloudwatch.amazonaws.com', 'ec2.amazonaws.com'], 2))
  if (chance(0.1)) by.Federated = PROVIDER
  if (chance(0.02)) by.CanonicalUser = '79a59df900b949e55d96a1e698fbacedfd6e09d98eacf8f8d5218e7cd47ef2be'
  return { [`${not}Principal`]: by }
}

const statement = (service, kind) => {
  const effect = chance(kind === 'boundary' ? 0.12 : 0.25) ? 'Deny' : 'Allow'
  const { actions, resources, bare } = services[service]
  const wide = effect === 'Allow' ? 0.3 : 0.08
  const action = chance(wide) ? { Action: '*' } : choice('Action', some(actions, 3), effect === 'Allow' ? 0.08 : 0.15)
  const resource = kind === 'resource' && bare ? {} : chance(wide + 0.15) ? { Resource: '*' } : choice('Resource', some(resources, 3), effect === 'Allow' ? 0.1 : 0.15)
  return {
    Effect: effect,
    ...(kind === 'resource' ? principal(effect) : {}),
    ...action,
    ...resource,
    ...(chance(effect === 'Allow' ? 0.35 : 0.7) ? { Condition: condition(service) } : {}),
  }
}

const policy = (service, kind) => {
  const statements = Array.from({ length: 1 + below(kind === 'boundary' ? 2 : 3) }, () => statement(service, kind))
  const version = chance(0.9) ? { Version: '2012-10-17' } : chance(0.5) ? { Version: '2008-10-17' } : {}
  return { ...version, Statement: oneOrList(statements) }
}

const context = (name) => {
  const values = {}
  for (const { key, many, has } of known(name)) {
    if (has.length === 0 || (key !== 'aws:ResourceAccount' && chance(0.3))) continue
    const value = key.endsWith('number') && chance(0.7) ? '10' : pick(has)
    values[chance(0.03) ? key.toLowerCase() : key] = many ? some(has, 3) : value
  }
  return values
}

const ALL = { name: 'root', policy: { Version: '2012-10-17', Statement: { Effect: 'Allow', Action: '*', Resource: '*' } } }
const letters = { Allowed: 'A', ExplicitlyDenied: 'E', ImplicitlyDenied: 'I' }

const answer = async (caller, [action, resource], identity, boundary, resourcePolicy, contextVariables) => {
  const principal = { aws: caller.arn, root: `arn:aws:iam::${caller.account}:root`, service: caller.name, anonymous: anonymousPrincipal, federated: caller.provider }[caller.kind]
  // The judge does not know that the root user needs no policy, so it gets one that allows everything.
  const identityPolicies = caller.kind === 'root' ? [ALL] : identity.map((policy, n) => ({ name: `p${n}`, policy }))
  const response = await runSimulation({
    request: { principal, action, resource: { resource, accountId: OWN }, contextVariables },
    identityPolicies,
    resourcePolicy,
    permissionBoundaryPolicies: boundary && [{ name: 'boundary', policy: boundary }],
    serviceControlPolicies: [],
    resourceControlPolicies: [],
  }, { simulationMode: 'Strict' })
  if (response.resultType !== 'single') throw new Error(`${action} ${resource}: ${JSON.stringify(response)}`)
  if (response.result.ignoredContextKeys.length) throw new Error(`${action}: ignored ${response.result.ignoredContextKeys}`)
  return letters[response.overallResult]
}

const write = (line) => process.stdout.write(`${JSON.stringify(line)}\n`)
write({ judge, seed, who, ask })
for (let written = 0; written < count; ) {
  const name = pick(Object.keys(services))
  const service = services[name]
  const many = (n, kind) => Array.from({ length: n }, () => policy(name, kind))
  const world = { identity: many(4, 'identity'), boundary: many(2, 'boundary'), resource: service.policies ? many(3, 'resource') : [], context: [context(name), context(name), context(name)], cases: [] }
  const seen = new Set()
  for (let n = 0; n < 36 && written < count; n++) {
    const caller = chance(0.55) ? below(5) : below(who.length)
    const { kind, account } = who[caller]
    const mayAsk = service.asks.filter(([action]) => (kind === 'root' || kind === 'anonymous' || kind === 'service') && action.startsWith('sts:') ? kind === 'service' : kind !== 'federated' || name === 'sts')
    if (mayAsk.length === 0) continue
    const asked = pick(mayAsk)
    const has = kind === 'aws'
    const identity = has && chance(0.9) ? [...new Set([below(4), below(4)])] : []
    const boundary = has && chance(0.3) ? below(2) : undefined
    // A key and a role are never without a policy of their own, and what has no resource has no policy.
    const own = service.policies && asked[1] !== '*' && (name === 'kms' || name === 'sts' || chance(account === OWN ? 0.6 : 0.9)) ? below(3) : undefined
    const where = below(3)
    const line = [caller, ask.indexOf(asked), identity.join(',') || '-', boundary ?? '-', own ?? '-', where].join(' ')
    if (seen.has(line)) continue
    seen.add(line)
    const verdict = await answer(who[caller], asked, identity.map((n) => world.identity[n]), world.boundary[boundary], world.resource[own], world.context[where])
    world.cases.push(`${line} ${verdict}`)
    written++
  }
  if (world.cases.length) write(world)
}
