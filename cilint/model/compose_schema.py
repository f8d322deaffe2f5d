"""The keys that Compose knows, where they may stand and what they hold, by the Compose specification.

A shape is a name of ``_KEYS`` or of ``_SCALARS``, or ``map`` (any keys), ``list``, or ``any``; ``|`` parts
alternatives, ``[SHAPE]`` is a list of these, ``{SHAPE}`` a mapping whose keys are free. A scalar with a
variable in it may become anything. Facts: compose-spec.json of the specification; for what a text is turned
into, compose-go (loader/interpolate.go).
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache

from cilint.findings.finding import FileEdit
from cilint.syntax.yaml import Mapping, Node, Pair, Scalar, Sequence
from cilint.text.edit import Edit
from cilint.text.hints import Literal
from cilint.text.source import Span
from cilint.text.values import NamedTuple

FlawKind = Literal["key", "shape", "type", "value"]

_MOST = 200  # flaws of one file
_TEXTS = "text|[text]"
_PAIRS = "{scalar}|[text]"

_KEYS: dict[str, str] = {
    "file": """
        version:scalar name:text include:[text|include] services:{service} networks:{network}
        volumes:{volume} secrets:{secret} configs:{config} models:{model}
    """,
    "include": f"path:{_TEXTS} env_file:{_TEXTS} project_directory:text",
    "service": f"""
        annotations:{_PAIRS} attach:toggle blkio_config:blkio build:text|build cap_add:[text]
        cap_drop:[text] cgroup:text cgroup_parent:text command:{_TEXTS}
        configs:[text|file_grant] container_name:text cpu_count:int cpu_percent:number
        cpu_period:measure cpu_quota:measure cpu_rt_period:measure cpu_rt_runtime:measure cpu_shares:measure
        cpus:number cpuset:text credential_spec:credential_spec depends_on:[text]|{{dependency}}
        deploy:deploy develop:develop device_cgroup_rules:[text] devices:[text|device]
        dns:{_TEXTS} dns_opt:[text] dns_search:{_TEXTS} domainname:text entrypoint:{_TEXTS}
        env_file:text|[text|env_file] environment:{_PAIRS} expose:[id] extends:text|extends
        external_links:[text] extra_hosts:map|[text] gpus:any group_add:[id]
        healthcheck:healthcheck hostname:text image:text init:flag ipc:text isolation:text
        label_file:{_TEXTS} labels:{_PAIRS} links:[text] logging:logging mac_address:text
        mem_limit:measure mem_reservation:whole mem_swappiness:whole memswap_limit:measure
        models:[text]|map network_mode:text networks:[text]|{{service_network}}
        oom_kill_disable:flag oom_score_adj:int pid:text pids_limit:measure platform:text
        ports:[scalar|port] post_start:[hook] pre_start:[hook] pre_stop:[hook] privileged:flag
        profiles:[text] provider:provider pull_policy:text pull_refresh_after:text
        read_only:flag restart:text runtime:text scale:int secrets:[text|file_grant]
        security_opt:[text] shm_size:measure stdin_open:flag stop_grace_period:time
        stop_signal:text storage_opt:map sysctls:{_PAIRS} tmpfs:{_TEXTS} tty:flag
        ulimits:{{int|ulimit}} use_api_socket:bool user:text userns_mode:text uts:text
        volumes:[text|mount] volumes_from:[text] working_dir:text
    """,
    "build": f"""
        additional_contexts:{_PAIRS} args:{_PAIRS} cache_from:[text] cache_to:[text]
        context:text dockerfile:text dockerfile_inline:text entitlements:[text]
        extra_hosts:map|[text] isolation:text labels:{_PAIRS} network:text no_cache:toggle
        no_cache_filter:any platforms:[text] privileged:toggle provenance:toggle pull:toggle sbom:toggle
        secrets:[text|file_grant] shm_size:whole ssh:text|{_PAIRS} tags:[text] target:text
        ulimits:{{int|ulimit}}
    """,
    "blkio": """
        device_read_bps:list device_read_iops:list device_write_bps:list device_write_iops:list
        weight:whole weight_device:list
    """,
    "credential_spec": "config:text file:text registry:text",
    "dependency": "condition:text restart:toggle required:toggle",
    "device": "source:text target:text permissions:text",
    "env_file": "path:text format:text required:toggle",
    "extends": "service:text file:text",
    "file_grant": "source:text target:text uid:text gid:text mode:measure",
    "healthcheck": f"""
        disable:flag interval:time retries:int start_interval:time start_period:time
        test:{_TEXTS} timeout:time
    """,
    "hook": f"command:{_TEXTS} user:text privileged:toggle working_dir:text environment:{_PAIRS} image:text",
    "logging": "driver:text options:{id}",
    "mount": """
        type:text source:text target:text read_only:flag consistency:text bind:mount_bind
        volume:mount_volume tmpfs:mount_tmpfs image:mount_image
    """,
    "mount_bind": "propagation:text create_host_path:toggle recursive:text selinux:text",
    "mount_volume": f"labels:{_PAIRS} nocopy:flag subpath:text",
    "mount_tmpfs": "size:whole mode:measure",
    "mount_image": "subpath:text",
    "port": "name:text mode:text host_ip:text target:whole published:whole protocol:text app_protocol:text",
    "provider": "type:text options:map",
    "service_network": """
        aliases:[text] driver_opts:{id} gw_priority:real interface_name:text ipv4_address:text
        ipv6_address:text link_local_ips:[text] mac_address:text priority:real
    """,
    "ulimit": "soft:int hard:int",
    "develop": "watch:[watch]",
    "watch": f"""
        path:text action:text target:text ignore:{_TEXTS} include:{_TEXTS} exec:hook
        initial_sync:toggle
    """,
    "deploy": f"""
        mode:text endpoint_mode:text replicas:int labels:{_PAIRS} rollback_config:update
        update_config:update resources:resources restart_policy:restart_policy
        placement:placement
    """,
    "update": """
        parallelism:int delay:time failure_action:text monitor:time max_failure_ratio:number order:text
    """,
    "resources": "limits:limits reservations:reservations",
    "limits": "cpus:number memory:text pids:whole",
    "reservations": "cpus:number memory:text generic_resources:list devices:[gpu]",
    "gpu": f"capabilities:[text] count:whole device_ids:[text] driver:text options:{_PAIRS}",
    "restart_policy": "condition:text delay:time max_attempts:int window:time",
    "placement": "constraints:[text] preferences:list max_replicas_per_node:int",
    "network": f"""
        name:text driver:text driver_opts:{{id}} ipam:ipam external:flag|external internal:flag
        attachable:flag enable_ipv4:toggle enable_ipv6:toggle labels:{_PAIRS}
    """,
    "ipam": "driver:text config:[subnet] options:{text}",
    "subnet": "subnet:text ip_range:text gateway:text aux_addresses:{text}",
    "external": "name:text",
    "volume": f"name:text driver:text driver_opts:{{id}} external:flag|external labels:{_PAIRS}",
    "secret": f"""
        name:text environment:text file:text external:flag|external labels:{_PAIRS} driver:text
        driver_opts:{{id}} template_driver:text
    """,
    "config": f"""
        name:text content:text environment:text file:text external:flag|external labels:{_PAIRS}
        template_driver:text
    """,
    "model": "name:text model:text context_size:integer runtime_flags:[text]",
}
_VALUES = {
    ("service", "restart"): r"no|always|unless-stopped|on-failure(?::[0-9]+)?",
    ("service", "cgroup"): "host|private",
    (
        "service",
        "pull_policy",
    ): r"always|never|build|if_not_present|missing|refresh|daily|weekly|every_([0-9]+[wdhms])+",
    ("dependency", "condition"): "service_started|service_healthy|service_completed_successfully",
    ("mount", "type"): "bind|volume|tmpfs|cluster|npipe|image",
    ("mount_bind", "propagation"): "r?shared|r?slave|r?private",
    ("update", "order"): "start-first|stop-first",
    ("watch", "action"): r"rebuild|restart|sync(?:\+restart|\+exec)?",
}
_SAID = {"text": "a single value", "list": "a list", "map": "a mapping"}


class _Type(NamedTuple):
    """What a scalar has to be; a text must have the form of ``pattern``. ``said`` is that in words."""

    said: str
    types: tuple[type, ...]
    pattern: str = ""


_NUMBER = r"[-+]?(?:[0-9]+\.?[0-9]*|\.[0-9]+)(?:[eE][-+]?[0-9]+)?"
_SCALARS = {
    "scalar": _Type("a single value", (bool, int, float, str)),
    "text": _Type("a text", (str,)),
    "id": _Type("a text or a number", (int, float, str)),
    "time": _Type(
        "a text with a unit, such as 30s", (str,), r"0|[-+]?(?:[0-9]*\.?[0-9]*(?:ns|us|µs|μs|ms|s|m|h|d|w))+"
    ),
    "bool": _Type("true or false", (bool,)),
    "flag": _Type("true or false", (bool, str), "(?i:y|yes|true|on|n|no|false|off)"),
    "toggle": _Type("true or false", (bool, str)),
    "integer": _Type("a whole number", (int,)),
    "int": _Type("a whole number", (int, str), r"[-+]?[0-9]+"),
    "whole": _Type("a whole number, or a text", (int, str)),
    "real": _Type("a number", (int, float)),
    "number": _Type("a number", (int, float, str), _NUMBER),
    "measure": _Type("a number, or a text", (int, float, str)),
}
_NAMES: dict[type, str] = {bool: "true or false", int: "a number", float: "a number", str: "a text"}


class Flaw(NamedTuple):
    """A key that is not known, or one that holds what it cannot; ``place`` says where, as ``services.web``.

    ``known`` are the keys or values that there are, ``wanted`` is what the key has to hold, in words.
    ``name`` is the key or value, or what kind of value it is (``type``), which is ``written`` there.
    """

    path: str
    kind: FlawKind
    span: Span
    place: str
    name: str
    known: tuple[str, ...] = ()
    wanted: str = ""
    written: str = ""

    @property
    def nearest(self) -> str | None:
        """The key or value that is meant, if one is like it."""
        from cilint.errors import nearest

        return nearest(self.name.replace("-", "_") if self.kind == "key" else self.name, self.known)

    @property
    def mended(self) -> tuple[FileEdit, ...]:
        """The edit that makes a text of a number or a truth value, or seconds, where that is wanted."""
        texts = {_SCALARS["text"].said: f'"{self.written}"'}
        if self.written.strip("\"'").isdecimal():
            texts[_SCALARS["time"].said] = f"{self.written}s"
        text = texts.get(self.wanted) if self.kind == "type" else None
        return (FileEdit(self.path, Edit(self.span, text)),) if text else ()


class _Frame(NamedTuple):
    node: Node
    shape: str
    place: tuple[str, ...]
    key: Span


def flaws(path: str, roots: tuple[Mapping, ...]) -> list[Flaw]:
    """What is wrong with the keys of a file's documents, outer ones first; at most 200."""
    found: list[Flaw] = []
    waiting = [_Frame(root, "file", (), root.span) for root in reversed(roots)]
    seen: set[tuple[int, str]] = set()
    while waiting and len(found) < _MOST:
        frame = waiting.pop()
        if (id(frame.node), frame.shape) in seen:
            continue
        seen.add((id(frame.node), frame.shape))
        found += _judged(path, frame, waiting)
    return found


def _judged(path: str, frame: _Frame, waiting: list[_Frame]) -> Iterator[Flaw]:
    node, place = frame.node, ".".join(frame.place)
    shape = _fitting(node, frame.shape)
    if shape is None and not _is_service(frame.place):
        said = " or ".join(dict.fromkeys(_SAID[_kind(each)] for each in _alternatives(frame.shape)))
        name = f"each item of `{place[:-2]}`" if place.endswith("[]") else f"`{place}`"
        yield Flaw(path, "shape", frame.key, place, name, wanted=said)
    elif shape is None:
        return
    elif isinstance(node, Scalar) and shape in _SCALARS:
        yield from _mistyped(path, node, shape, place)
    elif isinstance(node, Sequence):
        inner = shape[1:-1] if shape.startswith("[") else "any"
        item = (*frame.place[:-1], f"{frame.place[-1]}[]")
        waiting += [_Frame(each.resolved, inner, item, each.span) for each in reversed(node.items)]
    elif isinstance(node, Mapping) and shape not in ("map", "any"):
        keys = None if shape.startswith("{") else _keys(shape)
        for pair in reversed(node.pairs):
            if not isinstance(pair.key, Scalar) or pair.key.tag:
                continue
            if pair.key.text == "<<":
                waiting += _merged_in(pair, shape, frame)
                continue
            name, value = pair.key.text, pair.value.resolved
            if name.startswith("x-"):
                continue
            inner_shape = shape[1:-1] if keys is None else keys.get(name)
            if inner_shape is None:
                yield Flaw(path, "key", pair.key.span, place, name, tuple(keys or ()))
                continue
            waiting.append(_Frame(value, inner_shape, (*frame.place, name), pair.key.span))
            allowed = _VALUES.get((shape, name))
            if allowed and isinstance(value, Scalar) and not _may_be(value, allowed):
                yield Flaw(path, "value", pair.value.span, f"{place}.{name}", value.text, _words(allowed))


def _mistyped(path: str, node: Scalar, shape: str, place: str) -> Iterator[Flaw]:
    wanted, value = _SCALARS[shape], node.value
    is_text = isinstance(value, str)
    if type(value) not in wanted.types:
        name = f"`{value}`" if is_text else _NAMES.get(type(value), "something else")
    elif isinstance(value, str) and wanted.pattern and not re.fullmatch(wanted.pattern, value):
        name = f"`{value[:40]}`"
    else:
        return
    yield Flaw(path, "type", node.span, place, name, wanted=wanted.said, written=node.text)


def _merged_in(pair: Pair, shape: str, frame: _Frame) -> list[_Frame]:
    """The mappings that a merge key brings in: what they hold stands here as well."""
    value = pair.value.resolved
    several = value.items if isinstance(value, Sequence) else [value]
    targets = [each.resolved for each in several]
    return [_Frame(each, shape, frame.place, each.span) for each in targets if isinstance(each, Mapping)]


def _is_service(place: tuple[str, ...]) -> bool:
    """Whether this is ``services`` or one of them: what these are is part of the syntax."""
    return place[:1] == ("services",) and len(place) <= 2


def _fitting(node: Node, shape: str) -> str | None:
    """Which of the alternatives a node is; None where it is none. Nothing, and what has a tag, is any."""
    if (isinstance(node, Scalar) and (node.value is None or "$" in node.text)) or node.tag is not None:
        return "any"
    kind = "list" if isinstance(node, Sequence) else "map" if isinstance(node, Mapping) else "text"
    return next((each for each in _alternatives(shape) if _kind(each) in (kind, "any")), None)


@cache
def _alternatives(shape: str) -> tuple[str, ...]:
    """``a|[b|c]`` is ``a`` and ``[b|c]``."""
    return tuple(re.findall(r"\[[^\]]*\]|\{[^}]*\}|[^|]+", shape))


def _kind(shape: str) -> str:
    if shape.startswith("["):
        return "list"
    if shape in _SCALARS:
        return "text"
    return shape if shape in ("list", "any") else "map"


@cache
def _keys(shape: str) -> dict[str, str]:
    return dict(entry.split(":", 1) for entry in _KEYS[shape].split())


def _may_be(value: Scalar, allowed: str) -> bool:
    known = value.value is None or "$" in value.text or value.tag is not None
    return known or re.fullmatch(allowed, value.text) is not None


def _words(allowed: str) -> tuple[str, ...]:
    """The plain words among the values that are allowed."""
    return tuple(word for word in allowed.split("|") if re.fullmatch(r"[a-z_-]+", word))
