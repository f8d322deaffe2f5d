"""Flags, options and operands of a command line.

Which options take a value is known for the programs that deploy scripts and images use most (their manual
pages); for others a cluster such as ``-abc`` is read as single letters.
"""

from __future__ import annotations

from collections.abc import Collection
from functools import lru_cache

from cilint.syntax.shell_words import Word
from cilint.text.hole import HOLE
from cilint.text.values import NamedTuple


class Argument(NamedTuple):
    """An option with its value, if it has one, or an operand, whose ``name`` is empty.

    ``word`` is where it stands, ``value_word`` where its value stands (the same for ``--name=value``).
    ``value`` has a HOLE for each part that is not known.
    """

    name: str
    value: str | None
    word: Word
    value_word: Word | None


_CURL = (
    "AbcCdDeEFhHKmoPQrtTuUwxXyYz",
    "abstract-unix-socket alt-svc aws-sigv4 cacert capath cert cert-type ciphers config "
    "connect-timeout connect-to continue-at cookie cookie-jar create-file-mode crlfile data "
    "data-ascii data-binary data-raw data-urlencode dump-header expect100-timeout form "
    "form-string header interface json key key-type limit-rate max-filesize max-redirs max-time "
    "netrc-file noproxy oauth2-bearer output output-dir parallel-max pass pinnedpubkey proto "
    "proto-default proxy proxy-user range rate referer request request-target resolve retry "
    "retry-delay retry-max-time speed-limit speed-time stderr trace trace-ascii trace-config "
    "unix-socket upload-file url url-query user user-agent variable write-out",
)
_WGET = (
    "aoeiBtOTwQPUlARDIX",
    "output-file append-output execute input-file base bind-address tries output-document "
    "start-pos timeout dns-timeout connect-timeout read-timeout limit-rate wait waitretry quota "
    "cut-dirs directory-prefix user password http-user http-password header max-redirect "
    "proxy-user proxy-password referer user-agent post-data post-file method body-data body-file "
    "level accept reject domains exclude-domains include-directories exclude-directories "
    "ca-certificate certificate private-key load-cookies save-cookies progress",
)
_DOCKER = (
    "puvewlHmc",
    "tag file build-arg build-context platform target cache-from cache-to label output secret ssh "
    "builder progress iidfile metadata-file network add-host shm-size ulimit annotation attest "
    "allow call env env-file volume mount publish user workdir name username password format "
    "filter host context config log-level entrypoint hostname memory cpus restart hosts "
    "project-name project-directory profile set provenance sbom exit-code-from gpus device cap-add cap-drop "
    "security-opt tmpfs volumes-from cpuset-cpus health-cmd log-driver log-opt dns expose link pid ipc ip",
)
_COMPOSERS = ("docker-compose", "podman-compose")
_CONTAINERS = ("docker", "podman", "buildah", "nerdctl", "img", "depot", *_COMPOSERS)
_TAKES: dict[str, tuple[str, str]] = {
    "curl": _CURL,
    "wget": _WGET,
    **dict.fromkeys(_CONTAINERS, _DOCKER),
    "npm": ("wC", "prefix workspace registry tag omit include loglevel cache userconfig"),
    "pnpm": ("CF", "dir filter workspace-concurrency registry reporter store-dir"),
    "yarn": ("", "cwd registry cache-folder modules-folder network-timeout"),
    "apt-get": ("otac", "option target-release default-release config-file host-architecture"),
    "apt": ("otac", "option target-release default-release config-file"),
    "apk": ("tpX", "virtual root repository keys-dir repositories-file cache-dir arch wait"),
    "tar": (
        "bCfgHIKLNTVX",
        "directory file files-from exclude exclude-from use-compress-program strip-components transform "
        "owner group mode format label starting-file",
    ),
    "git": ("Cc", "git-dir work-tree namespace branch depth message"),
    "ssh": ("BbcDEeFIiJLlmOoPpQRSWw", ""),
    "head": ("nc", "lines bytes"),
    "tail": ("ncs", "lines bytes sleep-interval"),
    "grep": ("efmABCdD", "regexp file max-count after-context before-context context"),
}
_GLUED = {"wget": ("-nv", "-nc", "-nd", "-nH", "-np")}


class Arguments:
    """The arguments of one command line, each text with the word that it comes from."""

    __slots__ = ("_parsed", "items", "program")

    def __init__(self, program: str, items: tuple[tuple[str, Word], ...]) -> None:
        self.program = program
        self.items = items
        self._parsed: dict[frozenset[str], tuple[Argument, ...]] = {}

    @property
    def open(self) -> bool:
        """Whether an unquoted variable of unknown value may add arguments that nobody sees."""
        return any(
            HOLE in text
            and not word.quoted
            and any(not part.literal and not part.quoted for part in word.parts)
            for text, word in self.items
        )

    def parse(self, takes_value: Collection[str] = ()) -> tuple[Argument, ...]:
        """All arguments in order. ``takes_value`` adds options (``-o``, ``--option``) that have a value."""
        key = frozenset(takes_value)
        if key not in self._parsed:
            self._parsed[key] = tuple(_read(self, key))
        return self._parsed[key]

    def has_flag(self, *names: str) -> bool:
        return any(argument.name in names for argument in self.parse())

    def flag(self, *names: str) -> Argument | None:
        """The last of such options."""
        return next((argument for argument in reversed(self.parse()) if argument.name in names), None)

    def options(self, *names: str) -> tuple[Argument, ...]:
        """All uses of options that take a value, in order."""
        return tuple(argument for argument in self.parse(names) if argument.name in names)

    def option(self, *names: str) -> Argument | None:
        """The last of them, which is the one that counts in most programs."""
        found = self.options(*names)
        return found[-1] if found else None

    def operands(self, *takes_value: str) -> tuple[Argument, ...]:
        return tuple(argument for argument in self.parse(takes_value) if not argument.name)


def _read(arguments: Arguments, extra: frozenset[str]) -> list[Argument]:
    more = _docker_letters(arguments) if arguments.program in _CONTAINERS else ""
    short, long = _taking(arguments.program, more, extra)
    glued = _GLUED.get(arguments.program, ())
    found: list[Argument] = []
    items = arguments.items
    at, ended = 0, False
    while at < len(items):
        text, word = items[at]
        at += 1
        if ended or not text.startswith("-") or text == "-" or text.startswith("-" + HOLE):
            found.append(Argument("", text, word, word))
        elif text == "--":
            ended = True
        elif text.startswith("--") or text in long or text in glued:
            name, equals, value = text.partition("=")
            if not equals and name in long and at < len(items):
                found.append(Argument(name, items[at][0], word, items[at][1]))
                at += 1
            else:
                found.append(Argument(name, value if equals else None, word, word if equals else None))
        else:
            used = _cluster(text, word, items[at] if at < len(items) else None, short, found)
            at += used
    return found


@lru_cache(256)
def _taking(program: str, more: str, extra: frozenset[str]) -> tuple[frozenset[str], frozenset[str]]:
    """The letters and the options that take a value."""
    letters, names = _TAKES.get(program, ("", ""))
    short = frozenset(letters + more) | {name[1] for name in extra if len(name) == 2}
    return short, frozenset("--" + name for name in names.split()) | extra


def _docker_letters(arguments: Arguments) -> str:
    """``-t`` and ``-f`` take a value in ``docker build`` and are flags in ``run`` or ``logs``."""
    given = {text for text, _ in arguments.items[:4]}
    composes = "compose" in given or arguments.program in _COMPOSERS
    if given & {"build", "buildx", "buildah", "bud", "bake"} and not composes:
        return "tf"
    return "f" if composes and "logs" not in given else ""


def _cluster(
    text: str, word: Word, following: tuple[str, Word] | None, short: frozenset[str], found: list[Argument]
) -> int:
    """Read ``-abc``, ``-aVALUE`` or ``-a VALUE``; gives how many of the following arguments are used up."""
    for place, letter in enumerate(text[1:], 2):
        if letter not in short:
            found.append(Argument("-" + letter, None, word, None))
        elif place < len(text):
            found.append(Argument("-" + letter, text[place:], word, word))
            return 0
        elif following is not None:
            found.append(Argument("-" + letter, following[0], word, following[1]))
            return 1
        else:
            found.append(Argument("-" + letter, None, word, None))
    return 0
