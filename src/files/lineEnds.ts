/** A text with its lines ended by `\n`, as everything behind the editor and the command line has them. */
export function toLineFeeds(text: string): string {
  return text.includes('\r') ? text.replace(/\r\n?/g, '\n') : text;
}

/** How the lines of a text end: as most of them do. */
export function lineEndOf(text: string): '\n' | '\r\n' | '\r' {
  const both = text.split('\r\n').length - 1;
  const feeds = text.split('\n').length - 1 - both;
  const returns = text.split('\r').length - 1 - both;
  if (both > 0 && both >= feeds && both >= returns) return '\r\n';
  return returns > feeds ? '\r' : '\n';
}
