/** A failure domain as documents name it. */
export interface NamedDomain {
  /** As the plan language names it. */
  readonly name: string;
  readonly title: string;
  readonly kind: 'provider' | 'account' | 'region' | 'zone' | 'chat' | 'source' | 'registrar' | 'identity' | 'other';
  readonly at: number;
}

const AWS_REGION =
  /(?<![\w-])((?:us|eu|ap|sa|ca|me|af|il|mx|cn)(?:-gov)?-(?:north|south|east|west|central|northeast|southeast|northwest|southwest)-\d)([a-f])?(?![\w-])/g;
const GCP_REGION =
  /(?<![\w-])((?:us|europe|asia|australia|southamerica|northamerica|me|africa)-(?:north|south|east|west|central|northeast|southeast|northwest|southwest)\d{1,2})(?:-([a-f]))?(?![\w-])/g;
const AZURE_REGION =
  /(?<![\w-])(east ?us ?2|east ?us|west ?us ?[23]?|(?:north|south|west)? ?central ?us|north ?europe|west ?europe|uk ?(?:south|west)|germany ?west ?central|france ?central|sweden ?central|switzerland ?north|southeast ?asia|east ?asia|australia ?east|canada ?central|japan ?east)(?![\w-])/gi;
/** What every region has, so that most lines need no second look. */
const ANY_REGION = /-(?:north|south|east|west|central)/;
const AWS_ACCOUNT = /(?:\baccount(?: id| number)?\W{0,6}|arn:aws[\w-]*:[\w-]*:[\w-]*:)(\d{12})(?!\d)/gi;

/** Services that are lost as a whole. */
const SERVICES: readonly (readonly [string, string, NamedDomain['kind'], RegExp])[] = [
  ['github', 'GitHub', 'source', /\bgithub\b/i],
  ['gitlab', 'GitLab', 'source', /\bgitlab\b/i],
  ['bitbucket', 'Bitbucket', 'source', /\bbitbucket\b/i],
  ['slack', 'Slack', 'chat', /\bslack\b/i],
  ['teams', 'Microsoft Teams', 'chat', /\b(microsoft|ms) teams\b/i],
  ['pagerduty', 'PagerDuty', 'other', /\bpager ?duty\b/i],
  ['opsgenie', 'Opsgenie', 'other', /\bopsgenie\b/i],
  ['statuspage', 'Statuspage', 'other', /\bstatuspage(\.io)?\b/i],
  ['vercel', 'Vercel', 'provider', /\bvercel\b/i],
  ['netlify', 'Netlify', 'provider', /\bnetlify\b/i],
  ['heroku', 'Heroku', 'provider', /\bheroku\b/i],
  ['supabase', 'Supabase', 'provider', /\bsupabase\b/i],
  ['railway', 'Railway', 'provider', /\brailway(\.app)?\b(?! station)/i],
  ['cloudflare', 'Cloudflare', 'provider', /\bcloudflare\b/i],
  ['digitalocean', 'DigitalOcean', 'provider', /\bdigital ?ocean\b/i],
  ['hetzner', 'Hetzner', 'provider', /\bhetzner\b/i],
  ['mongodb-atlas', 'MongoDB Atlas', 'provider', /\bmongo(db)? atlas\b/i],
  ['backblaze', 'Backblaze', 'provider', /\bbackblaze\b/i],
  ['namecheap', 'Namecheap', 'registrar', /\bnamecheap\b/i],
  ['godaddy', 'GoDaddy', 'registrar', /\bgodaddy\b/i],
  ['gandi', 'Gandi', 'registrar', /\bgandi\b/i],
  ['okta', 'Okta', 'identity', /\bokta\b/i],
  ['auth0', 'Auth0', 'identity', /\bauth0\b/i],
  ['datadog', 'Datadog', 'other', /\bdatadog\b/i],
  ['stripe', 'Stripe', 'other', /\bstripe\b/i],
];

/** Every failure domain a text names, in the order in which they stand in it; one may be named often. */
export function domainsNamed(text: string, onAzure = false): readonly NamedDomain[] {
  const found = [...regions(text, onAzure), ...accounts(text), ...services(text)];
  return found.sort((a, b) => a.at - b.at);
}

function regions(text: string, onAzure: boolean): readonly NamedDomain[] {
  const found: NamedDomain[] = [];
  if (!ANY_REGION.test(text) && !onAzure) return found;
  const add = (provider: string, region: string, zone: string | undefined, at: number) => {
    found.push({ name: `${provider}/${region}`, title: region, kind: 'region', at });
    if (zone !== undefined)
      found.push({ name: `${provider}/${region}/${zone}`, title: `${region}${zone}`, kind: 'zone', at });
  };
  for (const { 1: region = '', 2: zone, index } of text.matchAll(AWS_REGION)) add('aws', region, zone, index);
  for (const { 1: region = '', 2: zone, index } of text.matchAll(GCP_REGION)) add('gcp', region, zone, index);
  if (onAzure)
    for (const { 1: region = '', index } of text.matchAll(AZURE_REGION))
      add('azure', region.toLowerCase().replaceAll(' ', ''), undefined, index);
  return found;
}

const accounts = (text: string): readonly NamedDomain[] =>
  (/\d{12}/.test(text) ? [...text.matchAll(AWS_ACCOUNT)] : []).map(({ 1: id = '', index }) => ({
    name: `aws/account-${id}`,
    title: `AWS account ${id}`,
    kind: 'account',
    at: index,
  }));

const ANY_SERVICE = new RegExp(SERVICES.map(([, , , form]) => form.source).join('|'), 'i');

const services = (text: string): readonly NamedDomain[] =>
  (ANY_SERVICE.test(text) ? SERVICES : []).flatMap(([name, title, kind, form]) => {
    const at = text.search(form);
    return at < 0 ? [] : [{ name, title, kind, at }];
  });

const PROVIDERS: Readonly<Record<string, string>> = {
  aws: 'Amazon Web Services',
  gcp: 'Google Cloud',
  azure: 'Microsoft Azure',
};

/** `aws/us-east-1` is lost with `aws`. */
export const providerOf = (name: string): { readonly name: string; readonly title: string } | undefined => {
  const [first = ''] = name.split('/');
  const title = PROVIDERS[first];
  return title === undefined || first === name ? undefined : { name: first, title };
};

/** Whether a document speaks of Azure: its regions have names that are words elsewhere. */
export const isOnAzure = (text: string): boolean =>
  /\bazure\b|(^|\s)az (login|sql|vm|aks|storage|group|network)\b/im.test(text);
