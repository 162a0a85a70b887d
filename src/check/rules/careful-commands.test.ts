import { expect, test } from 'vitest';
import { check } from '../check.ts';
import { FACTS, planWith } from '../checked-plan.fake.ts';
import { byHand, type FakeStep, shellPlan } from '../shell-steps.fake.ts';
import { rules } from './index.ts';

/** Runbooks of people who know their tools: no rule that knows these tools has anything to say of them. */
const said = (
  steps: readonly FakeStep[],
  scenario: Record<string, unknown> = {},
  more: Record<string, unknown> = {},
): string[] =>
  check(planWith(shellPlan(steps, { healthy: 's1', ...scenario }, more)), FACTS)
    .filter(({ rule }) => ABOUT_TOOLS.includes(rule))
    .map(({ rule, message, at }) => `${at.line} ${rule}: ${message}`);

// biome-ignore format: one list; rules that ask for approvals, copies and files have their own tests
const ABOUT_TOOLS: readonly string[] = [
  'aws-names-its-region', 'certificate-is-issued-before-it-is-used', 'commands-outside-the-loss', 'compose-is-version-two',
  'compose-names-its-project', 'configuration-drift-is-looked-for', 'consumers-are-reloaded', 'curl-retries-what-fails',
  'deploys-a-named-version', 'diagnosis-does-not-need-what-is-lost', 'drain-comes-to-an-end', 'found-value-is-used',
  'frontend-is-rolled-back-too', 'host-is-an-endpoint', 'host-is-read-where-it-is-kept', 'ids-of-what-is-rebuilt', 'json-is-sent-as-json',
  'kubectl-names-its-cluster', 'kubectl-names-its-namespace', 'lag-is-read-before-promotion', 'managed-etcd-has-no-backup',
  'more-workers-are-seen-to-work', 'names-can-be-changed-in-the-outage', 'newest-events-come-last', 'news-of-an-outage-has-an-end',
  'old-primary-is-fenced', 'one-place-for-a-setting', 'one-size-for-one-workload', 'pipeline-is-frozen', 'planned-then-applied',
  'registry-login-before-push', 'restart-brings-nothing-back', 'revision-was-deployed-before', 'rights-of-the-role-that-calls',
  'rollback-names-its-revision', 'rollout-state-says-when-it-is-done', 'scaling-restarts-nothing', 'secrets-before-workloads',
  'standby-is-not-destroyed', 'static-site-is-published-whole', 'status-agrees-with-the-text', 'terraform-applies-a-saved-plan',
  'terraform-state-survives-the-loss', 'traffic-follows-the-new-cluster', 'velero-backups-are-restored', 'zone-is-emptied-whole',
];

test('the rules that are asked are there', () => {
  const known = rules.map(({ id }) => id);
  expect(ABOUT_TOOLS.filter((rule) => !known.includes(rule))).toEqual([]);
});

const DOMAINS = {
  aws: { title: 'AWS' },
  'aws/eu-central-1': { title: 'Production', kind: 'region' },
  'aws/eu-west-1': { title: 'Standby', kind: 'region' },
};

test('a deployment of ECS is taken back', () => {
  const steps = [
    byHand('Freeze the deployment pipeline'),
    `set -euo pipefail
GOOD="\${{ inputs.revision }}"
aws ecs update-service --region eu-central-1 --cluster shop --service api \\
  --task-definition "$GOOD" --force-new-deployment > /dev/null
timeout 15m aws ecs wait services-stable --region eu-central-1 --cluster shop --services api`,
    `STATE=$(aws ecs describe-services --region eu-central-1 --cluster shop --services api \\
  --query 'services[0].deployments[0].rolloutState' --output text)
[ "$STATE" = COMPLETED ] || { echo "rollout is $STATE" >&2; exit 1; }
curl -fsS --max-time 10 --retry 5 --retry-all-errors --retry-delay 3 https://api.example.com/health > /dev/null`,
  ];
  expect(
    said(steps, { kind: 'rollback', loses: ['api'], inputs: { revision: { describe: 'The last good one' } } }),
  ).toEqual([]);
});

test('a cluster is brought back in another region', () => {
  const steps = [
    `set -euo pipefail
export AWS_REGION=eu-west-1 TF_WORKSPACE=standby TF_IN_AUTOMATION=1
terraform -chdir=infra init -input=false
terraform -chdir=infra plan -input=false -lock-timeout=2m -var-file=standby.tfvars -out=recovery.tfplan`,
    {
      approve: { role: 'keeper', within: '10m' },
      with: { command: 'TF_WORKSPACE=standby terraform -chdir=infra apply -input=false recovery.tfplan' },
    },
    `aws eks update-kubeconfig --region eu-west-1 --name shop-standby --alias standby
for part in namespaces crds secrets; do kubectl --context standby apply -f "k8s/$part"; done
kubectl --context standby -n shop apply -k k8s/overlays/standby
kubectl --context standby -n shop rollout status deployment/api --timeout=10m
kubectl --context standby -n shop get events --sort-by=.lastTimestamp | tail -20`,
    'kubectl --context standby -n shop exec deployment/api -- curl -fsS --max-time 5 http://localhost:8080/health',
    byHand('Move DNS to the standby, after two people have looked'),
  ];
  const state = {
    kind: 'infrastructure-state',
    domain: 'aws/eu-central-1',
    objectives: { rto: '1h', rpo: '1h' },
    backups: [{ method: 'terraform.state', copies: [{ domain: 'aws/eu-west-1' }] }],
  };
  const shop = {
    kind: 'workload',
    domain: 'aws/eu-central-1',
    stateless: true,
    objectives: { rto: '1h' },
    ids: { namespace: 'shop', deployment: 'api' },
  };
  const scenario = { loses: ['shop'], loses_domains: ['aws/eu-central-1'], failback: { not_needed: 'x' } };
  expect(said(steps, scenario, { domains: DOMAINS, components: { state, shop } })).toEqual([]);
});

test('pods hang, and a node is worked on', () => {
  const steps = [
    `kubectl config set-context --current --namespace=shop
kubectl get pods -l app=api -o wide
kubectl logs -l app=api --tail=100 --since=10m`,
    `kubectl -n shop rollout history deployment/api
kubectl -n shop rollout undo deployment/api --to-revision="\${{ inputs.revision }}"
kubectl -n shop rollout status deployment/api --timeout=5m`,
    `kubectl cordon node-7
kubectl drain node-7 --ignore-daemonsets --timeout=5m
kubectl uncordon node-7`,
    'curl -fsS --max-time 10 https://api.example.com/health',
  ];
  expect(said(steps, { kind: 'degradation', inputs: { revision: { describe: 'The last good one' } } })).toEqual([]);
});

test('a site is published again, and people are told', () => {
  const steps = [
    `set -euo pipefail
git clone --depth 1 --branch "\${{ inputs.release }}" https://git.example.com/shop /srv/work/shop
cd /srv/work/shop && npm ci && npm run build
aws s3 sync dist "s3://shop-pages" --delete --cache-control max-age=300
aws cloudfront create-invalidation --distribution-id E123EXAMPLE --paths '/*'`,
    `jq -n --arg text "Everything works again." '{status: "resolved", message: $text}' > /srv/work/news.json
curl -fsS --max-time 10 -X POST -H 'Content-Type: application/json' -H "Authorization: Bearer $PAGE_KEY" \\
  --data @/srv/work/news.json https://page.example.com/api/incidents`,
  ];
  const site = {
    kind: 'static-site',
    technology: 'S3 and CloudFront',
    domain: 'cellar',
    stateless: true,
    objectives: { rto: '1h' },
    ids: { bucket: 'shop-pages' },
  };
  expect(
    said(steps, { loses: ['site'], inputs: { release: { describe: 'The last good one' } } }, { components: { site } }),
  ).toEqual([]);
});

test('a container on one machine', () => {
  const steps = [
    `docker compose -f /srv/shop/compose.yaml pull
docker compose -f /srv/shop/compose.yaml up -d --wait --wait-timeout 120
docker compose -f /srv/shop/compose.yaml ps --status running`,
    `ssh -o BatchMode=yes deploy@host.example.com 'systemctl restart shop && systemctl is-active shop'`,
    'docker compose -f /srv/shop/compose.yaml exec -T api curl -fsS http://localhost:8080/health',
  ];
  expect(said(steps)).toEqual([]);
});
