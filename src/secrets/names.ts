/**
 * What the name of a value says of it. `password`: people choose such values, so they need not look random. `key`: a machine
 * made it. `weak`: it may be a key, and mostly is none.
 */
export type Kind = 'password' | 'key' | 'weak';

/** Where such names may stand, found quickly; what they are is looked at closely. */
export const HINT =
  /pass|pwd|secret|token|key|auth|cred|bearer|jwt|mnemonic|seed|dsn|salt|signature|license|licence|webhook|connection|conn_?str|cookie|session|pin\b|otp|cert|contrase|senha|kennwort|wachtwoord|has[lł]o|l[öo]senord|парол|סיסמ|密[码碼]|パスワード|暗証|비밀번호|المرور|κωδικ/giu;

const PASSWORDS = new Set(
  'password passwd passwort pwd pass passphrase passcode pw psw mnemonic seed seedphrase recovery'.split(' '),
);
/** In other languages what a password is of may stand behind it. */
const PASSWORDS_ELSEWHERE = new Set(
  'contraseña contrasena senha kennwort motdepasse wachtwoord hasło haslo lösenord losenord пароль סיסמה סיסמא 密码 密碼 パスワード 暗証番号 비밀번호 المرور κωδικός'.split(
    ' ',
  ),
);
const KEYS = new Set(
  'secret secrets token tokens apikey apikeys accesskey secretkey privatekey authkey accountkey sharedkey masterkey licensekey jwt bearer credential credentials creds cred auth authorization pat salt authtoken accesstoken refreshtoken clientsecret appsecret dsn webhook cookie'.split(
    ' ',
  ),
);
/** Before «key» they make a secret of it. */
const KEY_MAKERS = new Set(
  'api access secret private encryption encrypt decryption signing sign signature auth account shared master license licence service webhook session admin app application client consumer crypto cipher jwt hmac aes rsa root deploy deployment integration project server subscription storage vault wallet write user rest test live prod production sdk sas pgp gpg ssh ssl tls cookie secretaccess sharedaccess'.split(
    ' ',
  ),
);
/** Behind a name they change nothing: `SECRET_KEY_BASE`, `token2`. */
const TAILS = new Set(
  'base value val prod production live test dev development staging stage sandbox old new string str raw hex b64 base64 text default primary secondary backup main env encoded data current previous local qa uat demo for string'.split(
    ' ',
  ),
);
/** Whatever has one of these is no secret. */
const OPEN = new Set('public pub publishable foreign'.split(' '));

/** The words of a name: `STRIPE_SECRET_KEY`, `stripeSecretKey` and `stripe-secret-key` have the same. */
function wordsOf(name: string): string[] {
  return name
    .normalize('NFC')
    .replace(/([\p{Ll}\d])(\p{Lu})/gu, '$1 $2')
    .replace(/(\p{Lu}+)(\p{Lu}\p{Ll})/gu, '$1 $2')
    .toLowerCase()
    .split(/[^\p{L}\p{M}\d]+|(?<=[a-z]{3})(?=\d)/u)
    .filter((word) => word !== '' && !/^\d+$/.test(word));
}

/** What a name says; undefined for a name of anything else. */
export function kindOf(name: string): Kind | undefined {
  const words = wordsOf(name);
  if (words.some((word) => OPEN.has(word))) return undefined;
  if (words.some((word) => PASSWORDS_ELSEWHERE.has(word)) || /\bmot de passe\b/.test(words.join(' ')))
    return 'password';
  if (words.at(-1) === 'string' && /^conn/.test(words.at(-2) ?? '')) return 'key';
  while (words.length > 1 && TAILS.has(words.at(-1)!)) words.pop();
  const last = words.at(-1);
  if (last === undefined) return undefined;
  const before = words.at(-2);
  if (PASSWORDS.has(last) || (last === 'phrase' && before !== undefined)) return 'password';
  if (KEYS.has(last)) return 'key';
  if (last === 'key' || last === 'keys') {
    return before !== undefined && KEY_MAKERS.has(before) ? 'key' : 'weak';
  }
  if (/(?:password|passwd|passphrase)$/.test(last)) return 'password';
  if (/(?:secret|token|apikey|secretkey|accesskey|privatekey)$/.test(last)) return 'key';
  return undefined;
}
