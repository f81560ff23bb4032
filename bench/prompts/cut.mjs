// Cuts completion prompts out of packages that no model here was trained on.
//
//   node bench/prompts/cut.mjs [SET.json] [--from DIR]
//
// SET.json (default: first-light.json beside this script) names the packages, their exact versions and how
// many prompts of each language to take; SET.jsonl, licences/ and, where the set asks for it, a smoke set are
// written beside it. The same set gives the same bytes. --from DIR takes packages that are already unpacked:
// DIR/NAME/ holds what an npm tarball holds under its top folder, or what `dpkg-deb -x` makes of a Debian
// package.

import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { cpSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, dirname, join, posix } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { gunzipSync } from 'node:zlib';

const PREFIX = 6000;
const SUFFIX = 2000;
const SHORTEST_PREFIX = 300;
const APART = 80; // characters between two cursors of one file
const COMMENTS = 0.15; // share of the cursors in code files that go into comments and docstrings
const BLOCK_LINES = 10;

const CODE = ['line-rest', 'word', 'line', 'block', 'line-rest', 'block'];
const DOCS = ['prose', 'prose', 'word'];
const PYTHON_HEAD = /^\s*(async\s+)?(def|class|if|elif|else|for|while|with|try|except|finally)\b.*:\s*$/;

/** By file extension: VS Code's language id, kinds of cursor in turn, what opens and closes a block. */
const LANGUAGES = {
  js: { id: 'javascript', short: 'js', kinds: CODE, opens: /\{$/, closes: /^\s*\}/, comments: slashComments },
  ts: { id: 'typescript', short: 'ts', kinds: CODE, opens: /\{$/, closes: /^\s*\}/, comments: slashComments },
  py: { id: 'python', short: 'py', kinds: CODE, opens: PYTHON_HEAD, closes: /^/, comments: docstrings },
  md: { id: 'markdown', short: 'md', kinds: DOCS, comments: notProse },
  rst: { id: 'restructuredtext', short: 'rst', kinds: DOCS, comments: notProse },
};

const NOT_SOURCE = /(^|\/)(dist|build|node_modules|tests?)\/|\.min\.|\.d\.ts$|licen[cs]e|copying/i;
const GENERATED = /@generated|auto-?generated|do not edit/i;

/** Where a cursor of each kind can stand on line `i`: [cursor, end of what is removed] pairs. */
const CUTS = {
  // Between two tokens of a line; the rest of the line goes.
  'line-rest'(file, i) {
    const { start, text, indent } = file.lines[i];
    const tokens = [...text.matchAll(/[\p{L}\p{N}_$]+|\s+|[^\p{L}\p{N}_$\s]+/gu)];
    const borders = tokens.map((token) => token.index).filter((at) => at > indent.length + 1);
    return borders.map((at) => [start + at, start + text.length]);
  },
  // Inside a word; the rest of the line (in prose: of the sentence) goes.
  word(file, i) {
    const { start, text } = file.lines[i];
    const words = [...text.matchAll(/(?<![\w$])[A-Za-z_]\w{3,}/g)];
    return words.flatMap(({ index, 0: word }) =>
      Array.from({ length: word.length - 1 }, (_, k) => index + k + 1).map((at) => [
        start + at,
        start + (file.language.kinds === DOCS ? sentenceEnd(text, at) : text.length),
      ]),
    );
  },
  // After the indentation; the whole line goes.
  line(file, i) {
    const { start, text, indent } = file.lines[i];
    return indent ? [[start + indent.length, start + text.length]] : [];
  },
  // On the first line of a block that was just opened; its body goes.
  block(file, i) {
    const head = file.lines[i];
    if (head.comment || !file.language.opens.test(head.text)) return [];
    let last = i;
    let next = i + 1;
    for (; next < file.lines.length; next++) {
      const line = file.lines[next];
      if (line.text === '') continue;
      if (!line.indent.startsWith(head.indent) || line.indent.length <= head.indent.length) break;
      last = next;
    }
    const closed = file.language.closes.test(file.lines[next]?.text ?? '');
    if (last === i || last - i > BLOCK_LINES || !closed || file.lines[i + 1].text === '') return [];
    const first = file.lines[i + 1];
    return [[first.start + first.indent.length, file.lines[last].start + file.lines[last].text.length]];
  },
  // Between two words of a sentence; the rest of it goes, as far as it stands on the line.
  prose(file, i) {
    const { start, text } = file.lines[i];
    const borders = [...text.matchAll(/(?<=\w)(?= \w)|(?<=\w )(?=\w)/g)].map((match) => match.index);
    return borders
      .map((at) => [at, sentenceEnd(text, at)])
      .filter(
        ([at, end]) => text.slice(0, at).trim().includes(' ') && text.slice(at, end).trim().includes(' '),
      )
      .map(([at, end]) => [start + at, start + end]);
  },
};

function sentenceEnd(text, from) {
  const stop = text.slice(from).search(/[.!?](\s|$)/);
  return stop < 0 ? text.length : from + stop + 1;
}

/** The three below tell for every line whether code kinds see a comment in it, or prose kinds no prose. */
function slashComments(lines) {
  let open = false;
  return lines.map((line) => {
    const comment = open || /^\s*\/[/*]/.test(line);
    if (/^\s*\/\*/.test(line)) open = true;
    if (line.includes('*/')) open = false;
    return comment;
  });
}

function docstrings(lines) {
  let open = false;
  return lines.map((line) => {
    const quotes = line.split(/"""|'''/).length - 1;
    const comment = open || quotes > 0 || /^\s*#/.test(line);
    if (quotes % 2) open = !open;
    return comment;
  });
}

function notProse(lines) {
  let fenced = false;
  return lines.map((line) => {
    const fence = /^\s*```/.test(line);
    if (fence) fenced = !fenced;
    const words = line.match(/(?<![\w/.])[a-z]+(?![\w/])/g) ?? [];
    return fence || fenced || words.length < 6 || /^\s*([#|<>$:[]|\.\.)|[{};<]/.test(line);
  });
}

/** Draws that depend on nothing but the seed: [0, 1). */
function generator(seed) {
  let count = 0;
  return () => createHash('sha256').update(`${seed}:${count++}`).digest().readUInt32BE() / 2 ** 32;
}

function shuffle(items, draw) {
  const out = [...items];
  for (let i = out.length - 1; i > 0; i--) {
    const j = Math.floor(draw() * (i + 1));
    [out[i], out[j]] = [out[j], out[i]];
  }
  return out;
}

const byCodeUnit = (a, b) => (a < b ? -1 : a > b ? 1 : 0);

/** Unpacks the exact version of a package into `folder`. */
function fetchPackage({ source, name, version }, folder, work) {
  mkdirSync(folder, { recursive: true });
  const quiet = { cwd: work, stdio: 'pipe', encoding: 'utf8' };
  if (source === 'npm') {
    const json = execFileSync(
      'npm',
      ['pack', `${name}@${version}`, '--json', '--pack-destination', work],
      quiet,
    );
    execFileSync('tar', ['-xzf', JSON.parse(json)[0].filename, '--strip-components=1', '-C', folder], quiet);
  } else {
    execFileSync('apt-get', ['download', `${name}=${version}`], quiet);
    const deb = readdirSync(work).find((file) => file.startsWith(`${name}_`) && file.endsWith('.deb'));
    execFileSync('dpkg-deb', ['-x', deb, folder], quiet);
  }
}

/** What the folder itself says its version is; a Debian folder says it without the Debian revision. */
function checkVersion({ source, name, version }, folder) {
  let found;
  if (source === 'npm') {
    found = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8')).version;
  } else {
    const site = join(folder, 'usr/lib/python3/dist-packages');
    const info = readdirSync(site).find((entry) => entry.endsWith('.egg-info'));
    found = /^Version: (.*)$/m.exec(readFileSync(join(site, info, 'PKG-INFO'), 'utf8'))[1];
    found += /-[^-]*$/.exec(version)[0];
  }
  if (found !== version) throw new Error(`${name}: version ${version} is wanted, ${folder} holds ${found}`);
}

/** Text of a file; a packaged description loses its header, a compressed file is unpacked. */
function readText(path) {
  const bytes = readFileSync(path);
  const plain = path.endsWith('.gz') ? gunzipSync(bytes) : bytes;
  const text = new TextDecoder('utf-8', { fatal: true }).decode(plain).replaceAll('\r\n', '\n');
  return basename(path) === 'PKG-INFO' ? text.slice(text.indexOf('\n\n') + 2) : text;
}

function open(path, text) {
  const language = LANGUAGES[path.split('.').pop()];
  const raw = text.split('\n');
  const comments = language.comments(raw);
  let start = 0;
  const lines = raw.map((line, i) => {
    const entry = { start, text: line.trimEnd(), indent: /^\s*/.exec(line)[0], comment: comments[i] };
    start += line.length + 1;
    return entry;
  });
  return { path, text, language, lines, cuts: [] };
}

/** The source files of a package in a fixed order: nothing built, minified, generated, or seen before. */
function chooseFiles({ folders, documents = {} }, folder, seen) {
  const found = Object.entries(documents).map(([path, as]) => [as, join(folder, path)]);
  for (const [root, as] of Object.entries(folders)) {
    for (const entry of readdirSync(join(folder, root), { recursive: true, withFileTypes: true })) {
      const path = join(entry.parentPath ?? entry.path, entry.name);
      const inside = path.slice(join(folder, root).length + 1).replaceAll('\\', '/');
      if (entry.isFile() && !NOT_SOURCE.test(inside)) found.push([posix.join(as, inside), path]);
    }
  }
  const files = [];
  for (const [as, path] of found.sort((a, b) => byCodeUnit(a[0], b[0]))) {
    if (!Object.hasOwn(LANGUAGES, as.split('.').pop())) continue;
    const text = readText(path);
    const key = createHash('sha256').update(text).digest('hex');
    if (text.length < 500 || /.{1500}/.test(text) || GENERATED.test(text.slice(0, 500)) || seen.has(key))
      continue;
    seen.add(key);
    files.push(open(as, text));
  }
  return files;
}

/** One cut of this kind in a file, far enough from the others; lines are tried in the order drawn. */
function cut(file, kind, draw) {
  const comment = file.language.kinds === CODE && draw() < COMMENTS;
  const order = shuffle([...file.lines.keys()], draw);
  const wanted = order.filter((i) => file.lines[i].comment === comment);
  const others = file.language.kinds === CODE ? order.filter((i) => file.lines[i].comment !== comment) : [];
  for (const i of [...wanted, ...others]) {
    const fitting = CUTS[kind](file, i).filter(
      ([at, end]) =>
        at >= SHORTEST_PREFIX &&
        /\w.*\w/s.test(file.text.slice(at, end)) &&
        file.cuts.every((other) => at >= other.end + APART || end + APART <= other.at),
    );
    if (fitting.length === 0) continue;
    const [at, end] = fitting[Math.floor(draw() * fitting.length)];
    return { at, end, kind };
  }
  return undefined;
}

/** Goes round the files, one cut at a time, kinds in turn; a file that cannot give the kind gives another. */
function takeCuts(files, count, perFile, draw) {
  const taken = [];
  for (let round = 0; round < perFile; round++) {
    for (const file of shuffle(files, draw)) {
      if (taken.length === count) return taken;
      const { kinds } = file.language;
      const turn = taken.length % kinds.length;
      for (const kind of new Set([...kinds.slice(turn), ...kinds])) {
        const found = cut(file, kind, draw);
        if (!found) continue;
        file.cuts.push(found);
        taken.push({ file, ...found });
        break;
      }
    }
  }
  return taken;
}

function toPrompt({ file, at, end, kind }, id) {
  const { text, language, path } = file;
  const from = at <= PREFIX ? 0 : text.indexOf('\n', at - PREFIX - 1) + 1;
  const to = end + SUFFIX >= text.length ? text.length : text.lastIndexOf('\n', end + SUFFIX - 1) + 1;
  const [prefix, suffix] = [text.slice(from, at), text.slice(end, Math.max(end, to))];
  return {
    id,
    task: 'complete',
    language: language.id,
    path,
    prefix,
    suffix,
    expected: text.slice(at, end),
    kind,
  };
}

/** A few short prompts that between them have every language and kind. */
function smoke(prompts, count) {
  const size = (prompt) => JSON.stringify(prompt).length;
  const left = [...prompts].sort((a, b) => size(a) - size(b) || byCodeUnit(a.id, b.id));
  const seen = new Set();
  const news = ({ language, kind }) => Number(!seen.has(language)) + Number(!seen.has(kind));
  const chosen = Array.from({ length: count }, () => {
    const best = left.reduce((a, b) => (news(b) > news(a) ? b : a));
    left.splice(left.indexOf(best), 1);
    seen.add(best.language).add(best.kind);
    return best;
  });
  return chosen.sort((a, b) => prompts.indexOf(a) - prompts.indexOf(b));
}

function count(prompts, field) {
  const counts = {};
  for (const prompt of prompts) counts[prompt[field]] = (counts[prompt[field]] ?? 0) + 1;
  return counts;
}

const { values, positionals } = parseArgs({ options: { from: { type: 'string' } }, allowPositionals: true });
const setFile = positionals[0] ?? join(dirname(fileURLToPath(import.meta.url)), 'first-light.json');
const set = JSON.parse(readFileSync(setFile, 'utf8'));
const out = dirname(setFile);
const work = mkdtempSync(join(tmpdir(), 'slipstream-prompts-'));
const prompts = [];
try {
  const seen = new Set();
  mkdirSync(join(out, 'licences'), { recursive: true });
  for (const pkg of set.packages) {
    const folder = join(values.from ?? work, pkg.name);
    if (!values.from) fetchPackage(pkg, folder, work);
    checkVersion(pkg, folder);
    for (const [path, as] of Object.entries(pkg.licenceFiles)) {
      cpSync(join(folder, path), join(out, 'licences', as));
    }
    const files = chooseFiles(pkg, folder, seen);
    const project = Object.values(pkg.folders)[0];
    for (const [language, wanted] of Object.entries(pkg.take)) {
      const draw = generator(`${set.seed}/${pkg.name}@${pkg.version}/${language}`);
      const ofLanguage = files.filter((file) => file.language.id === language);
      const cuts = takeCuts(ofLanguage, wanted, set.perFile, draw);
      if (cuts.length < wanted) console.error(`${pkg.name}: ${cuts.length} of ${wanted} ${language} prompts`);
      cuts.forEach((found, i) => {
        const number = String(i + 1).padStart(3, '0');
        prompts.push(toPrompt(found, `${found.file.language.short}-${project}-${number}`));
      });
    }
  }
} finally {
  rmSync(work, { recursive: true, force: true });
}

const write = (file, rows) => writeFileSync(file, rows.map((row) => `${JSON.stringify(row)}\n`).join(''));
write(setFile.replace(/\.json$/, '.jsonl'), prompts);
if (set.smoke) write(join(out, set.smoke.file), smoke(prompts, set.smoke.prompts));
console.log(`${prompts.length} prompts`, count(prompts, 'language'), count(prompts, 'kind'));
