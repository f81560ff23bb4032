import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { NeighbourFiles } from '../../../src/prompts/neighbourFiles.ts';
import { chooseNeighbours, loyalChoice, type Place, windowsOf } from '../../../src/prompts/neighbours.ts';

const cart = `export class ShoppingCart {
  private readonly entries = new Map<string, CartEntry>();
  addProduct(product: Product, amount: number): void {
    this.entries.set(product.identifier, { product, amount });
  }
  totalPrice(): number {
    return [...this.entries.values()].reduce((total, entry) => total + entry.amount * entry.product.price, 0);
  }
}
`;
const weather = `export function forecast(station: Station): Temperature[] {
  const pressure = station.barometer.measurements();
  return pressure.map((hectopascal) => interpolate(hectopascal, station.altitude));
}
`;
const place: Place = {
  path: 'src/checkout.ts',
  prefix:
    'function checkout(cart: ShoppingCart, product: Product) {\n  cart.addProduct(product, amount);\n  const total = ',
  suffix: '\n  return totalPrice;\n}\n',
};
const filesOf = (texts: Record<string, string>) => {
  const files = new NeighbourFiles();
  for (const [path, text] of Object.entries(texts)) files.put(path, text);
  return files;
};
const paths = (texts: Record<string, string>, at = place) =>
  chooseNeighbours(at, filesOf(texts)).map(({ path }) => path);

describe('snippets of other files', () => {
  test('are those that share identifiers with the text around the cursor', () => {
    assert.deepEqual(paths({ 'src/weather.ts': weather, 'src/cart.ts': cart }), ['src/cart.ts']);
  });

  test('never come from the file itself, nor repeat what stands there', () => {
    assert.deepEqual(paths({ 'src/checkout.ts': cart }), []);
    assert.deepEqual(paths({ 'src/copy.ts': place.prefix + place.suffix }), []);
  });

  test('prefer the language of the file, and a file that is imported', () => {
    assert.deepEqual(paths({ 'a/cart.ts': cart, 'b/cart.py': cart }), ['a/cart.ts', 'b/cart.py']);
    const importing = { ...place, prefix: `import { Basket } from './basket.js';\n${place.prefix}` };
    const texts = { 'src/basket.ts': cart, 'src/cart.ts': cart };
    assert.equal(paths(texts, importing)[0], 'src/basket.ts');
  });

  test('prefer what was edited last', () => {
    const many = Object.fromEntries(Array.from({ length: 6 }, (_, i) => [`src/c${i}.ts`, cart]));
    assert.deepEqual(paths(many), ['src/c5.ts', 'src/c4.ts']);
  });

  test('are a few lines of a long file', () => {
    const [snippet] = chooseNeighbours(
      place,
      filesOf({ 'src/long.ts': weather.repeat(50) + cart + weather.repeat(50) }),
    );
    assert.ok(snippet);
    assert.match(snippet.text, /addProduct/);
    assert.ok(snippet.text.split('\n').length <= 16);
  });

  test('stay until others are clearly better', () => {
    const chosen = chooseNeighbours(place, filesOf({ 'src/cart.ts': cart }));
    const kept = [{ path: 'src/shop.ts', text: cart.replaceAll('entries', 'items') }];
    assert.deepEqual(loyalChoice(place, kept, chosen), kept);
    const poor = [{ path: 'src/weather.ts', text: weather }];
    assert.deepEqual(
      loyalChoice(place, poor, chosen).map(({ path }) => path),
      ['src/cart.ts'],
    );
    assert.equal(loyalChoice(place, [], chosen).length, 1);
  });
});

describe('the files that snippets may come from', () => {
  test('come newest first, and the oldest go when there is no room', () => {
    const files = new NeighbourFiles(1000);
    for (const name of ['a', 'b', 'c']) files.put(name, `${name.repeat(4)} `.repeat(90));
    assert.deepEqual(
      [...files].map(({ path }) => path),
      ['c', 'b'],
    );
    files.put('b', 'word again');
    assert.deepEqual(
      [...files].map(({ path }) => path),
      ['b', 'c'],
    );
    files.remove('b');
    assert.equal(files.has('b'), false);
    files.put('d', 'dddd '.repeat(90));
    assert.ok(files.has('c'), 'what was removed takes no room');
  });

  test('are read to a bound', () => {
    const files = new NeighbourFiles();
    files.put('long', 'word\n'.repeat(200_000));
    const [file] = files;
    assert.ok(file && file.windows.length < 3000);
  });

  test('are cut into windows that overlap', () => {
    const lines = Array.from({ length: 40 }, (_, i) => `line number${i}`);
    const windows = windowsOf(lines.join('\n'));
    assert.equal(windows.length, 4);
    assert.ok(windows.every(({ text }) => text.split('\n').length === 16));
    assert.deepEqual(windowsOf(''), []);
  });
});
