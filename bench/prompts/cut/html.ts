/** Names of the characters 160 to 255, in order, as HTML 4 has them (Latin-1). */
const LATIN_1 =
  'nbsp iexcl cent pound curren yen brvbar sect uml copy ordf laquo not shy reg macr deg plusmn sup2 sup3 acute micro para middot cedil sup1 ordm raquo frac14 frac12 frac34 iquest Agrave Aacute Acirc Atilde Auml Aring AElig Ccedil Egrave Eacute Ecirc Euml Igrave Iacute Icirc Iuml ETH Ntilde Ograve Oacute Ocirc Otilde Ouml times Oslash Ugrave Uacute Ucirc Uuml Yacute THORN szlig agrave aacute acirc atilde auml aring aelig ccedil egrave eacute ecirc euml igrave iacute icirc iuml eth ntilde ograve oacute ocirc otilde ouml divide oslash ugrave uacute ucirc uuml yacute thorn yuml'.split(
    ' ',
  );
const ENTITIES: Readonly<Record<string, string>> = {
  ...Object.fromEntries(LATIN_1.map((name, i) => [name, String.fromCharCode(160 + i)])),
  quot: '"',
  amp: '&',
  lt: '<',
  gt: '>',
  ndash: '–',
  mdash: '—',
  lsquo: '‘',
  rsquo: '’',
  ldquo: '“',
  rdquo: '”',
  hellip: '…',
};

/** What a page says its language is (`lang` of the root), or undefined. */
export function languageOfPage(html: string): string | undefined {
  return /<html[^>]*\blang="([\w-]+)"/.exec(html)?.[1];
}

/**
 * Headings and paragraphs of a page of a manual as plain text: one line each, headings begin with `#`, an empty
 * line between. Menus, tables, listings and the list of translations are left out.
 */
export function textOfPage(html: string): string {
  const body = html
    .slice(Math.max(0, html.indexOf('<h1')))
    .replace(
      /<div class="(?:toplang|bottomlang)">[\s\S]*?<\/div>|<pre\b[\s\S]*?<\/pre>|<table\b[\s\S]*?<\/table>/g,
      '',
    )
    .replace(/<p class="(?:menu|apache)">[\s\S]*?<\/p>|<a\b[^>]*class="permalink"[^>]*>[\s\S]*?<\/a>/g, '');
  const parts = [...body.matchAll(/<(h[1-4]|p)\b[^>]*>([\s\S]*?)<\/\1>/g)].map(([, tag, inner]) => {
    const text = decoded(inner!.replace(/<[^>]*>/g, ''))
      .replace(/\s+/g, ' ')
      .trim();
    return text && (tag === 'p' ? text : `${'#'.repeat(Number(tag![1]))} ${text}`);
  });
  return `${parts.filter((part) => part !== '').join('\n\n')}\n`;
}

function decoded(text: string): string {
  return text.replace(
    /&(?:#x([\da-f]+)|#(\d+)|(\w+));/gi,
    (whole, hex?: string, decimal?: string, name?: string) => {
      if (hex) return String.fromCodePoint(Number.parseInt(hex, 16));
      if (decimal) return String.fromCodePoint(Number(decimal));
      return ENTITIES[name!] ?? whole;
    },
  );
}
