import { createSign, generateKeyPairSync, type KeyObject } from 'node:crypto';

/** A certificate that vouches for itself, for a server of a test; DER as in RFC 5280, with no more than clients ask for. */

const TAG = {
  boolean: 1,
  integer: 2,
  bits: 3,
  octets: 4,
  object: 6,
  utf8: 12,
  time: 23,
  sequence: 48,
  set: 49,
};
const ECDSA_SHA256 = '1.2.840.10045.4.3.2';
const COMMON_NAME = '2.5.4.3';
const [BASIC_CONSTRAINTS, ALTERNATIVE_NAMES] = ['2.5.29.19', '2.5.29.17'];

/** @param host that it is for. @returns both as PEM. */
export function selfSigned(host: string): { readonly key: string; readonly cert: string } {
  const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const algorithm = sequence(objectId(ECDSA_SHA256));
  const name = sequence(der(TAG.set, sequence(objectId(COMMON_NAME), der(TAG.utf8, Buffer.from(host)))));
  const extension = (id: string, ...content: Buffer[]) =>
    sequence(objectId(id), der(TAG.octets, sequence(...content)));
  const extensions = sequence(
    extension(BASIC_CONSTRAINTS, der(TAG.boolean, Buffer.from([255]))),
    // A name of a host is the choice 2.
    extension(ALTERNATIVE_NAMES, der(0x82, Buffer.from(host))),
  );
  const body = sequence(
    der(0xa0, integer(2)),
    integer(1),
    algorithm,
    name,
    sequence(time(-1), time(1)),
    name,
    publicKey.export({ type: 'spki', format: 'der' }),
    der(0xa3, extensions),
  );
  const whole = sequence(
    body,
    algorithm,
    der(TAG.bits, Buffer.concat([Buffer.from([0]), signed(body, privateKey)])),
  );
  const lines = whole.toString('base64').match(/.{1,64}/g)!;
  return {
    key: privateKey.export({ type: 'pkcs8', format: 'pem' }).toString(),
    cert: ['-----BEGIN CERTIFICATE-----', ...lines, '-----END CERTIFICATE-----', ''].join('\n'),
  };
}

function signed(body: Buffer, key: KeyObject): Buffer {
  return createSign('sha256').update(body).sign(key);
}

/** A time of UTC so many years from now. */
function time(years: number): Buffer {
  const date = new Date(Date.now() + years * 365 * 86_400_000).toISOString();
  return der(TAG.time, Buffer.from(`${date.replace(/[-:T]/g, '').slice(2, 14)}Z`));
}

const integer = (value: number) => der(TAG.integer, Buffer.from([value]));
const sequence = (...content: Buffer[]) => der(TAG.sequence, Buffer.concat(content));

function objectId(dotted: string): Buffer {
  const [first, second, ...rest] = dotted.split('.').map(Number);
  const bytes = [40 * first! + second!];
  for (const each of rest) {
    const digits = [each & 127];
    for (let left = each >> 7; left > 0; left >>= 7) digits.unshift((left & 127) | 128);
    bytes.push(...digits);
  }
  return der(TAG.object, Buffer.from(bytes));
}

function der(tag: number, content: Buffer): Buffer {
  const { length } = content;
  const size = length < 128 ? [length] : length < 256 ? [129, length] : [130, length >> 8, length & 255];
  return Buffer.concat([Buffer.from([tag, ...size]), content]);
}
