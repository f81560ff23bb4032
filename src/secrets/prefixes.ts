/**
 * Keys that say what they are: the forms that services document for their keys, tokens and passwords. Each pattern is tried
 * where a run of key characters begins, and has to take the whole of what makes the key.
 */
const FORMS: readonly string[] = [
  // Clouds.
  '(?:A3T[A-Z0-9]|AKIA|ASIA|ABIA|ACCA)[A-Z2-7]{16}',
  'LTAI[A-Za-z0-9]{12,24}',
  'AKID[A-Za-z0-9]{32}',
  'AIza[\\w-]{35}',
  'GOCSPX-[\\w-]{24,}',
  'ya29\\.[\\w-]{20,}',
  'do[opr]_v1_[a-f0-9]{64}',
  'v1\\.0-[a-f0-9]{24}-[a-f0-9]{100,}',
  'HRKU-[\\w-]{30,}',
  'nfp_[A-Za-z0-9]{32,}',
  'FlyV1 fm\\d_[\\w+/=,-]{40,}',
  'fm[12]_[A-Za-z0-9+/=]{60,}',
  'tk-us-[\\w-]{40,}',
  'AQVN[\\w-]{35,}',
  // Places where code lives and is built.
  'gh[pousr]_[A-Za-z0-9]{30,}',
  'github_pat_\\w{30,}',
  'gl(?:pat|dt|rt|cbt|ptt|ft|soat|imt|agent|oas|ffct|rtr)-[\\w-]{20,}',
  'npm_[A-Za-z0-9]{36}',
  'pypi-AgE[\\w-]{30,}',
  'rubygems_[a-f0-9]{48}',
  'CLOJARS_[a-z0-9]{60}',
  'dckr_(?:pat|oat)_[\\w-]{20,}',
  'ATATT3[\\w=-]{60,}',
  'ATBB[A-Za-z0-9]{28,}',
  'bkua_[a-f0-9]{40}',
  'CCIPAT_[A-Za-z0-9]+_[a-f0-9]{40}',
  'sgp_(?:[a-f0-9]{16}_|local_)?[a-f0-9]{40}',
  'hf_[A-Za-z]{30,}',
  'sntry[su]_[\\w+/=-]{40,}',
  'glsa_[A-Za-z0-9]{32}_[A-Fa-f0-9]{8}',
  'glc_[A-Za-z0-9+/]{32,}={0,3}',
  'NR(?:AK|JS|II|RA)-[A-Za-z0-9-]{19,}',
  'dt0c01\\.[A-Z0-9]{24}\\.[A-Z0-9]{64}',
  'PMAK-[a-f0-9]{24}-[a-f0-9]{34}',
  'figd_[\\w-]{36,}',
  'lin_api_[A-Za-z0-9]{40}',
  'ntn_[A-Za-z0-9]{40,}',
  'secret_[A-Za-z0-9]{43}',
  'CFPAT-[\\w-]{43}',
  'pul-[a-f0-9]{40}',
  'hv[sb]\\.[\\w-]{24,}',
  '[A-Za-z0-9]{14}\\.atlasv1\\.[\\w=-]{60,}',
  'dp\\.(?:pt|st(?:\\.[a-z0-9_-]{2,35})?|ct|sa|scim|audit)\\.[A-Za-z0-9]{40,44}',
  'pscale_(?:tkn|pw|oauth)_[\\w.=-]{32,}',
  'sbp_[a-f0-9]{40}',
  'sb_secret_[\\w-]{20,}',
  'dapi[a-f0-9]{32}(?:-\\d)?',
  'pat[A-Za-z0-9]{14}\\.[a-f0-9]{64}',
  'AGE-SECRET-KEY-1[A-Z0-9]{58}',
  'ops_eyJ[\\w=-]{60,}',
  'tfp_[\\w.=-]{59}',
  'rdme_[a-z0-9]{70}',
  'aio_[A-Za-z0-9]{28}',
  // Talk and mail.
  'xox[abeoprs]-[\\w-]{10,}',
  'xapp-\\d-[A-Z0-9]+-\\d+-[a-z0-9]+',
  'SG\\.[\\w-]{16,32}\\.[\\w-]{16,64}',
  'key-[a-f0-9]{32}',
  '[a-f0-9]{32}-us\\d{1,2}',
  'SK[a-f0-9]{32}',
  'xkeysib-[a-f0-9]{64}-[A-Za-z0-9]{16}',
  '\\d{8,10}:AA[\\w-]{33}',
  '[MNO][A-Za-z\\d]{23,25}\\.[\\w-]{6}\\.[\\w-]{27,}',
  // Money and shops.
  '(?:sk|pk|rk)_(?:live|test|prod)_[A-Za-z0-9]{10,}',
  'whsec_[A-Za-z0-9+/=]{24,}',
  'shp(?:at|ca|pa|ss)_[a-fA-F0-9]{32}',
  'sq0(?:atp|csp|idp)-[\\w-]{22,}',
  'EAAA[\\w-]{60}',
  'EZ[AT]K[A-Za-z0-9]{54}',
  'FLWSECK(?:_TEST)?-[a-f0-9]{12,32}-X',
  'shippo_(?:live|test)_[a-fA-F0-9]{40}',
  'duffel_(?:test|live)_[\\w=-]{43}',
  'access-(?:sandbox|development|production)-[a-f0-9-]{36}',
  // Models.
  'sk-ant-(?:api|admin|oat)\\d\\d-[\\w-]{30,}',
  'sk-(?:proj|svcacct|admin|None)-[\\w-]{20,}',
  'sk-or-v1-[a-f0-9]{64}',
  'sk-[A-Za-z0-9]{20}T3BlbkFJ[A-Za-z0-9]{20}',
  'sk-[A-Za-z0-9]{32,}',
  'gsk_[A-Za-z0-9]{40,}',
  'xai-[A-Za-z0-9]{60,}',
  'pplx-[A-Za-z0-9]{40,}',
  'r8_[A-Za-z0-9]{37}',
  // Maps, networks.
  '[ps]k\\.eyJ[\\w-]{20,}\\.[\\w-]{16,}',
  'EAA[A-Za-z0-9]{90,}',
  'sl\\.[\\w-]{130,}',
  // Signed tokens: header, claims, signature.
  'eyJ[\\w-]{8,}\\.(?:eyJ)?[\\w-]{8,}\\.[\\w-]{16,}',
  'eyJ[\\w-]{8,}\\.[\\w-]*\\.[\\w-]{8,}\\.[\\w-]{16,}\\.[\\w-]{8,}',
];

const KNOWN = new RegExp(`(?:${FORMS.join('|')})`, 'y');
/** How forms begin: a look that is quicker than all of them. */
const BEGINNINGS =
  /(?:A3T|A[KSBC][ICI]A|LTAI|AKID|AIza|GOCSPX|ya29|do[opr]_v1|v1\.0-|HRKU|nfp_|FlyV1|fm[12]_|tk-us|AQVN|gh[pousr]_|github_pat|gl[a-z]{2,5}[-_]|npm_|pypi-|rubygems_|CLOJARS|dckr_|ATATT3|ATBB|bkua_|CCIPAT|sgp_|hf_|sntry|NR[A-Z]{2}-|dt0c01|PMAK|figd_|lin_api|ntn_|secret_|CFPAT|pul-|hv[sb]\.|atlasv1|dp\.|pscale|sbp_|sb_secret|dapi|pat[A-Za-z0-9]{14}\.|AGE-SECRET|ops_eyJ|tfp_|rdme_|aio_|xox|xapp|SG\.|key-[a-f0-9]|-us\d|SK[a-f0-9]|xkeysib|:AA|[MNO][A-Za-z\d]{23,25}\.|[spr]k_(?:live|test|prod)|whsec|shp[a-z]{2}_|sq0|EAA|EZ[AT]K|FLWSECK|shippo_|duffel_|access-|sk-|gsk_|xai-|pplx-|r8_|[ps]k\.eyJ|sl\.|eyJ)/;

/** A run of characters that keys are made of; long enough for a key. */
const RUN = /[\w+/=.:~-]{12,}/g;

/** A place in a text. */
export interface Span {
  readonly start: number;
  /** One past the last character. */
  readonly end: number;
}

/** The keys of known forms in a text. */
export function knownKeys(text: string): Span[] {
  const spans: Span[] = [];
  for (const { 0: run, index } of text.matchAll(RUN)) {
    if (!BEGINNINGS.test(run)) continue;
    let at = 0;
    while (at < run.length) {
      const start = index + at;
      const before = at === 0 ? '' : run[at - 1]!;
      KNOWN.lastIndex = start;
      // Inside a word no key begins.
      const found = /[A-Za-z0-9]/.test(before) ? null : KNOWN.exec(text);
      if (found && !isExample(found[0])) spans.push({ start, end: start + found[0].length });
      at += found ? found[0].length : 1;
    }
  }
  return spans;
}

/** Whether a text of a key's form stands for one: few characters again and again behind its beginning. */
function isExample(key: string): boolean {
  const body = key.slice(Math.min(8, Math.floor(key.length / 3)));
  return new Set(body.toLowerCase()).size <= 4;
}
