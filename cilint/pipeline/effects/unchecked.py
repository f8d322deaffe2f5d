"""Options and variables with which programs check no certificates and signatures (their manual pages)."""

from __future__ import annotations

from cilint.pipeline.effects.docker_commands import arguments_of
from cilint.pipeline.effects.package_managers import manager_of
from cilint.text.hints import TYPE_CHECKING
from cilint.text.source import Span

if TYPE_CHECKING:
    from cilint.pipeline.effects.stage_commands import StageCommand
    from cilint.syntax.shell import Argument

_NO_CERTIFICATE = {
    "curl": ("-k", "--insecure", "--proxy-insecure"),
    "wget": ("--no-check-certificate",),
    "pip": ("--trusted-host",),
}
_NO_SIGNATURE = {
    "apk": ("--allow-untrusted",),
    "apt": ("--allow-unauthenticated", "--allow-insecure-repositories", "--force-yes"),
    "rpm": ("--nogpgcheck", "--no-gpgchecks", "--nodigest", "--nosignature", "--noverify", "--nofiledigest"),
    "zypper": ("--no-gpg-checks", "--allow-unsigned-rpm"),
}
_SETTINGS = {
    "rpm": ("sslverify=",),
    "apt": ("acquire::https::verify-peer=", "acquire::https::verify-host="),
    "git": ("http.sslverify=",),
}
"""What ``--setopt``, ``-o`` and ``-c`` may set to one of ``_OFF``."""
_CONFIGURED = ("npm", "yarn", "pnpm", "git")
_ASKING = frozenset((*_NO_CERTIFICATE, *_SETTINGS, *_CONFIGURED))
_OFF = ("0", "no", "false", "off")
_VARIABLES = {
    "PYTHONHTTPSVERIFY": ("0",),
    "NODE_TLS_REJECT_UNAUTHORIZED": ("0",),
    "NPM_CONFIG_STRICT_SSL": _OFF,
    "YARN_STRICT_SSL": _OFF,
    "YARN_ENABLE_STRICT_SSL": _OFF,
    "GIT_SSL_NO_VERIFY": ("1", "true", "yes", "on"),
}


def switches_certificates_off(name: str, value: str) -> bool:
    """Whether a variable of that value stops some program from checking certificates."""
    if name == "PIP_TRUSTED_HOST":
        return bool(value)
    return value.strip().lower() in _VARIABLES.get(name.upper(), ())


def without_certificates(call: StageCommand) -> Span | None:
    """The option or variable with which a command checks no certificates; None if it does."""
    for assignment in (*call.command.assignments, *call.command.wrapper_assignments):
        value = assignment.value.static if assignment.value is not None else None
        if value and switches_certificates_off(assignment.name, value):
            return call.script.span(*assignment.span)
    family = _family(call)
    if family not in _ASKING:
        return None
    arguments = arguments_of(call).parse()
    found = _option(call, arguments, _NO_CERTIFICATE.get(family, ()))
    if found is None and family in _SETTINGS:
        found = _setting(call, arguments, _SETTINGS[family])
    if found is None and family in _CONFIGURED:
        found = _configured(call, arguments, "http.sslverify" if family == "git" else "strict-ssl")
    return found


def without_signatures(call: StageCommand) -> Span | None:
    """The option with which a package manager checks no signatures; None if it does."""
    names = _NO_SIGNATURE.get(_family(call), ())
    return _option(call, arguments_of(call).parse(), names) if names else None


def _family(call: StageCommand) -> str:
    if call.name == "rpm":
        return "rpm"
    manager = manager_of(call)
    return manager[0].family if manager else call.name


def _option(call: StageCommand, arguments: tuple[Argument, ...], names: tuple[str, ...]) -> Span | None:
    found = next((each for each in arguments if each.name in names), None)
    return call.place(found.word) if found else None


def _setting(call: StageCommand, arguments: tuple[Argument, ...], prefixes: tuple[str, ...]) -> Span | None:
    """A setting, as the value of an option or right behind it."""
    for each in arguments:
        text = (each.value or "").lower().replace('"', "")
        name, _, value = text.rpartition("=")
        if value in _OFF and any(f"{name}=".endswith(prefix) for prefix in prefixes):
            return call.place(each.value_word or each.word)
    return None


def _configured(call: StageCommand, arguments: tuple[Argument, ...], setting: str) -> Span | None:
    """``config set strict-ssl false``, ``--strict-ssl=false``, ``--no-strict-ssl``."""
    texts = [(each.value or "").lower() for each in arguments if not each.name]
    words = [each.word for each in arguments if not each.name]
    for at, text in enumerate(texts):
        follows = text == setting and texts[at + 1 : at + 2] and texts[at + 1] in _OFF
        if "config" in texts[:at] and (follows or text in {f"{setting}={off}" for off in _OFF}):
            return call.place(words[at])
    for each in arguments:
        if each.name == f"--no-{setting}" or (each.name == f"--{setting}" and each.value in _OFF):
            return call.place(each.word)
    return None
