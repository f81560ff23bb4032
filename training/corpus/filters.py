"""Which files may enter the corpus. One function: `reason_to_drop(text, path, language)` names the reason or returns None."""
import re

LANGUAGES = {  # file name ending -> language; one language is one budget and one line in every table
    ".ts": "typescript", ".mts": "typescript", ".cts": "typescript", ".tsx": "tsx",
    ".js": "javascript", ".mjs": "javascript", ".cjs": "javascript", ".jsx": "javascript", ".svelte": "html",
    ".cs": "csharp", ".sql": "sql", ".py": "python", ".pyi": "python", ".go": "go", ".rs": "rust", ".java": "java",
    ".c": "c", ".h": "c", ".cc": "cpp", ".cpp": "cpp", ".cxx": "cpp", ".hpp": "cpp", ".hh": "cpp", ".inl": "cpp",
    ".html": "html", ".htm": "html", ".css": "css", ".scss": "css", ".less": "css",
    ".sh": "shell", ".bash": "shell", ".zsh": "shell", ".bats": "shell",
    ".json": "json", ".yaml": "yaml", ".yml": "yaml", ".md": "markdown", ".rst": "prose",
}
TEXT = {"markdown", "prose"}  # running text has long lines and speaks of licences and generated code

SECRETS = re.compile(
    r"AKIA[0-9A-Z]{16}|-----BEGIN [A-Z ]*PRIVATE KEY|gh[pousr]_[A-Za-z0-9]{36}|github_pat_\w{60}|xox[baprs]-\w{10,}-\w{10,}"
    r"|AIza[0-9A-Za-z_-]{35}|sk_live_[0-9a-zA-Z]{20}|npm_[A-Za-z0-9]{36}|eyJ[\w-]{20,}\.eyJ[\w-]{20,}\.[\w-]{20,}"
)
GENERATED = re.compile(r"generated (by|from|automatically|code|file)|auto-?generated|do not (edit|modify)|@generated", re.I)
COPYLEFT = re.compile(
    r"GNU (Lesser |Affero )?General Public|\bA?L?GPL|Mozilla Public License|\bMPL[- ]2|Eclipse Public License|CC[- ]BY[- ](SA|NC)", re.I)
BUNDLED = re.compile(r"__webpack_require__|parcelRequire|System\.register\(|__commonJS\(|sourceMappingURL=data:")
GENERATED_PATH = re.compile(
    r"\.min\.|[._-](bundle|generated|pb|snap)\.|(^|/)(node_modules|vendor|third_party|__snapshots__|umd|iife)/"
    r"|package-lock|\.pb\.go$|_pb2\.py$|zz_generated", re.I)


def language_of(path):
    """The language of a path by its ending, or None when the corpus does not take such files."""
    name = path.rsplit("/", 1)[-1].lower()
    if name.endswith((".d.ts", ".d.mts", ".d.cts")):
        return "typescript" if name.endswith(".d.ts") else None
    if "." not in name:
        return "prose" if name in ("readme", "changelog") else None
    return LANGUAGES.get("." + name.rsplit(".", 1)[-1])


def decode(data):
    """bytes -> text with LF line ends, or None when it is not UTF-8 text."""
    if b"\0" in data[:4000]:
        return None
    try:
        return data.decode("utf-8").lstrip("\ufeff").replace("\r\n", "\n")
    except UnicodeDecodeError:
        return None


def reason_to_drop(text, path, language):
    """A word for the table of dropped files, or None to keep the file."""
    size = len(text)
    if size < 200:
        return "too small"
    if size > (20_000 if language in ("json", "yaml") else 120_000):
        return "too large"
    if GENERATED_PATH.search(path):
        return "generated or bundled path"
    if SECRETS.search(text):
        return "secret"
    if sum(map(str.isascii, text[:20_000])) < 0.7 * min(size, 20_000):
        return "mostly not ASCII"
    if COPYLEFT.search(text[:4000]) and "Apache" not in text[:4000]:
        return "licence named in the file"
    lines = text.split("\n")
    longest = max(map(len, lines))
    if language in TEXT:
        return "long lines" if longest > 4000 else None
    if longest > 800 or size / len(lines) > 90:
        return "minified or long lines"
    if GENERATED.search(text[:800]):
        return "generated"
    if BUNDLED.search(text):
        return "bundled"
    if sum(map(str.isdigit, text)) > 0.2 * size:
        return "mostly numbers"
    if len({line.strip() for line in lines}) < 0.35 * len(lines):
        return "repetitive"
    return None
