"""The command lines of package managers: their verbs and options (their manual pages)."""

from __future__ import annotations

from functools import cache

from cilint.text.hints import TYPE_CHECKING
from cilint.text.values import NamedTuple

if TYPE_CHECKING:
    from cilint.pipeline.effects.stage_commands import StageCommand


class Manager(NamedTuple):
    """One family of programs that share verbs and options.

    ``verbs`` gives the plainest spelling of each. ``installing`` verbs name packages, ``upgrading`` ones
    download too, ``asking`` ones only ask. ``yes`` are the options that answer, ``settings`` those whose
    values may do that (``yes_settings``), ``quiet``: two ``-q`` answer. ``listing`` options name files with
    packages, ``version`` ones the version of all.
    """

    family: str
    verbs: dict[str, str]
    installing: frozenset[str]
    upgrading: frozenset[str] = frozenset()
    asking: frozenset[str] = frozenset()
    valued: frozenset[str] = frozenset()
    yes: tuple[str, ...] = ()
    settings: tuple[str, ...] = ()
    yes_settings: tuple[str, ...] = ()
    quiet: bool = False
    listing: tuple[str, ...] = ()
    version: tuple[str, ...] = ()


FAMILIES = {
    "apt-get": "apt", "apt": "apt", "aptitude": "apt", "apk": "apk", "yum": "rpm", "dnf": "rpm",
    "microdnf": "rpm", "dnf5": "rpm", "tdnf": "rpm", "zypper": "zypper", "pip": "pip", "pipx": "pip",
    "gem": "gem", "npm": "npm", "yarn": "yarn", "yarnpkg": "yarn", "go": "go",
}  # fmt: skip


def manager_of(call: StageCommand) -> tuple[Manager, str, int] | None:
    """The manager that a command runs, its plain name, and how many words of it come before its own."""
    name = call.name
    family = FAMILIES.get(name)
    if family is not None:
        return _manager(family), name, 0
    if name.startswith("pip") and name[3:].removeprefix("-").replace(".", "").isdecimal():
        return _manager("pip"), "pip", 0
    if name.startswith("python"):
        words = [word.static for word in call.command.words[1:8]]
        if "-m" in words and words[words.index("-m") + 1 :][:1] == ["pip"]:
            return _manager("pip"), "pip", words.index("-m") + 2
    return None


def _same(*groups: str) -> dict[str, str]:
    """For each group of spellings, the first one as what all of them mean."""
    return {word: group.split()[0] for group in groups for word in group.replace("_", " ").split()}


@cache
def _manager(family: str) -> Manager:
    return _MAKERS[family]()


def _apt() -> Manager:
    return Manager(
        "apt",
        {},
        frozenset({"install"}),
        frozenset({"upgrade", "dist-upgrade", "full-upgrade", "safe-upgrade", "build-dep"}),
        valued=frozenset(
            {"-t", "--target-release", "--default-release", "-o", "--option", "-c", "--config-file"}
        ),
        yes=("-y", "--yes", "--assume-yes", "--force-yes"),
        settings=("-o", "--option"),
        yes_settings=("apt::get::assume-yes=true", 'apt::get::assume-yes="true"', "apt::get::assume-yes=1"),
        quiet=True,
    )


def _apk() -> Manager:
    valued = "-t --virtual -X --repository -p --root --keys-dir --repositories-file --cache-dir --arch --wait"
    return Manager("apk", {}, frozenset({"add"}), frozenset({"upgrade"}), valued=frozenset(valued.split()))


def _rpm() -> Manager:
    verbs = _same(
        "install in install-n install-na install-nevra localinstall",
        "upgrade up update upgrade-minimal up-min update-minimal update-to upgrade-to localupdate",
        "reinstall rei", "downgrade dg", "distro-sync dsync distribution-synchronization", "groupinstall",
        "remove rm erase",
    )  # fmt: skip
    verbs |= {
        "group install": "groupinstall",
        "module install": "module-install",
        "groups install": "groupinstall",
    }
    valued = (
        "--setopt --enablerepo --disablerepo --repo --repoid -x --exclude -c --config --installroot "
        "--releasever --disableplugin --enableplugin -d --debuglevel -e --errorlevel "
        "--advisory --color --forcearch"
    )
    return Manager(
        "rpm",
        verbs,
        frozenset({"install", "module-install", "groupinstall"}),
        frozenset({"upgrade", "reinstall", "downgrade", "distro-sync"}),
        valued=frozenset(valued.split()),
        yes=("-y", "--assumeyes"),
        settings=("--setopt",),
        yes_settings=("assumeyes=1", "assumeyes=true", "assumeyes=yes"),
    )


def _zypper() -> Manager:
    verbs = _same(
        "install in", "remove rm", "source-install si", "patch", "update up", "dist-upgrade dup", "clean cc",
        "install-new-recommends inr",
    )  # fmt: skip
    valued = "-r --repo --from -t --type -R --root -C --config --installroot"
    return Manager(
        "zypper",
        verbs,
        frozenset({"install"}),
        frozenset({"update", "dist-upgrade", "patch"}),
        frozenset({"remove", "source-install"}),
        valued=frozenset(valued.split()),
        yes=("-n", "-y", "--non-interactive", "--no-confirm"),
    )


def _pip() -> Manager:
    valued = (
        "-r --requirement -c --constraint -e --editable -t --target --prefix --root --src --platform "
        "--python-version --implementation --abi --no-binary --only-binary --progress-bar -i --index-url "
        "--extra-index-url -f --find-links --cache-dir --log --proxy --retries --timeout --trusted-host "
        "--cert --client-cert --exists-action --global-option --install-option "
        "--config-settings -C --report --upgrade-strategy --root-user-action "
        "--use-feature --use-deprecated --python --build -b --group --keyring-provider --pip-args"
    )
    return Manager(
        "pip",
        {},
        frozenset({"install"}),
        valued=frozenset(valued.split()),
        listing=("-r", "--requirement", "-c", "--constraint", "-e", "--editable", "--group"),
    )


def _gem() -> Manager:
    valued = (
        "-v --version -i --install-dir -n --bindir -P --trust-policy -s --source -p --http-proxy -B "
        "--build-root --platform -g --file --config-file"
    )
    return Manager(
        "gem",
        _same("install i", "update"),
        frozenset({"install"}),
        valued=frozenset(valued.split()),
        listing=("-g", "--file"),
        version=("-v", "--version"),
    )


def _npm() -> Manager:
    valued = (
        "--only --also --omit --include --loglevel --cache --prefix -C --registry --install-strategy "
        "--location --workspace -w --userconfig --before --tag --fetch-retries --fetch-timeout --maxsockets "
        "--os --cpu --libc"
    )
    return Manager(
        "npm", _same("install i in ins inst add"), frozenset({"install"}), valued=frozenset(valued.split())
    )


def _yarn() -> Manager:
    valued = (
        "--cwd --registry --cache-folder --modules-folder --network-timeout --mutex --network-concurrency"
    )
    return Manager(
        "yarn", {"": "install", "add": "install"}, frozenset({"install"}), valued=frozenset(valued.split())
    )


def _go() -> Manager:
    valued = (
        "-ldflags -gcflags -asmflags -gccgoflags -tags -o -C -p -mod -modfile -overlay -pkgdir -toolexec "
        "-exec -buildmode -buildvcs -compiler -installsuffix -pgo -covermode -coverpkg"
    )
    return Manager("go", {}, frozenset({"install", "get", "run"}), valued=frozenset(valued.split()))


_MAKERS = {
    "apt": _apt, "apk": _apk, "rpm": _rpm, "zypper": _zypper, "pip": _pip, "gem": _gem, "npm": _npm,
    "yarn": _yarn, "go": _go,
}  # fmt: skip
