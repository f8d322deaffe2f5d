"""Dependency installs in Dockerfiles, and the copies that make them redundant."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cilint.model.dockerfile import Dockerfile
from cilint.pipeline.effects.installs import Install, stage_installs
from cilint.text.edit import apply_edits
from cilint.text.source import SourceFile

BUILDER = "FROM node:22 AS builder\nWORKDIR /app\nCOPY . .\nRUN npm ci && npm run build\n"
FINAL = "FROM node:22\nWORKDIR /app\n"
MODULES = "COPY --from=builder /app/node_modules ./node_modules\n"


def installs(text: str) -> list[Install]:
    dockerfile = Dockerfile(SourceFile("Dockerfile", text))
    return [install for stage in dockerfile.stages for install in stage_installs(stage)]


def only(line: str, before: str = "") -> Install:
    (install,) = installs(f"FROM node:22\nWORKDIR /app\n{before}{line}\n")
    return install


@pytest.mark.parametrize(
    ("line", "manager", "verb", "folder"),
    [
        ("RUN npm ci", "npm", "ci", "/app"),
        ("RUN npm --loglevel=error clean-install", "npm", "clean-install", "/app"),
        ("RUN cd api && npm i", "npm", "i", "/app/api"),
        ("RUN (cd api && true); npm i", "npm", "i", "/app"),
        ("RUN npm --prefix ./api ci", "npm", "ci", "/app/api"),
        ("RUN yarn", "yarn", "", "/app"),
        ("RUN yarn --cwd /srv install --immutable", "yarn", "install", "/srv"),
        ("RUN yarn workspaces focus --production", "yarn", "focus", "/app"),
        ("RUN corepack pnpm i -P", "pnpm", "i", "/app"),
        ("RUN pnpm --filter=web --prod deploy /out", "pnpm", "deploy", "/out"),
        ("RUN bun install --frozen-lockfile", "bun", "install", "/app"),
        ("RUN npx npm@10 ci", "npm", "ci", "/app"),
        ('RUN ["npm", "ci"]', "npm", "ci", "/app"),
        ("RUN <<EOF\nset -e\ncd web\nnpm ci\nEOF", "npm", "ci", "/app/web"),
        ("RUN sh -c 'cd web && npm ci'", "npm", "ci", "/app/web"),
        ("RUN sudo -E /usr/local/bin/npm ci", "npm", "ci", "/app"),
        ("RUN [ -d web ] || cd web; npm ci", "npm", "ci", "\0"),
    ],
)
def test_every_spelling_of_an_install_is_found(line: str, manager: str, verb: str, folder: str) -> None:
    install = only(line)
    assert (install.manager, install.verb, install.folder) == (manager, verb, folder)
    assert install.is_project


@pytest.mark.parametrize(
    "line",
    [
        "RUN npm run ci",
        "RUN npm test",
        "RUN yarn build",
        "RUN npm ci --dry-run",
        "RUN npm install --package-lock-only",
        "RUN echo npm ci",
        "CMD npm ci",
        "ONBUILD RUN npm ci",
        "RUN python3 <<EOF\nnpm ci\nEOF",
        'SHELL ["pwsh", "-c"]\nRUN npm ci',
    ],
)
def test_what_installs_nothing_is_no_install(line: str) -> None:
    assert installs(f"FROM node:22\n{line}\n") == []


@pytest.mark.parametrize(
    "line", ["RUN npm i sharp", "RUN npm i -g pnpm", "RUN yarn global add serve", "RUN bun add x"]
)
def test_named_and_global_packages_are_no_project(line: str) -> None:
    assert not any(install.is_project for install in installs(f"FROM node:22\n{line}\n"))


@pytest.mark.parametrize(
    ("line", "before", "production"),
    [
        ("RUN npm ci --omit=dev", "", True),
        ("RUN npm ci --omit dev", "", True),
        ("RUN npm ci --only=prod", "", True),
        ("RUN npm ci --production", "", True),
        ("RUN npm ci --production=false", "ENV NODE_ENV=production\n", False),
        ("RUN npm ci --include=dev", "ENV NODE_ENV=production\n", False),
        ("RUN npm ci", "ENV NODE_ENV=production\n", True),
        ("RUN NODE_ENV=production npm ci", "", True),
        ("RUN export NODE_ENV=production && npm ci", "", True),
        ("RUN npm ci", "ENV npm_config_omit=dev\n", True),
        ("RUN npm ci", "ARG NODE_ENV\n", False),
        ("RUN npm ci", "ARG KIND\nENV NODE_ENV=$KIND$HOSTNAME\n", None),
        ("RUN npm ci", "", False),
        ("RUN pnpm i --prod", "", True),
        ("RUN pnpm i", "ENV NODE_ENV=production\n", None),
        ("RUN yarn --frozen-lockfile", "ENV NODE_ENV=production\n", True),
        ("RUN bun i -p", "", True),
    ],
)
def test_whether_development_dependencies_are_left_out(
    line: str, before: str, production: bool | None
) -> None:
    assert only(line, before).production is production


@pytest.mark.parametrize(
    ("line", "old", "new"),
    [
        ("RUN npm ci --only=production", "--only=production", "--omit=dev"),
        ("RUN npm prune --production", "--production", "--omit=dev"),
        ("RUN npm ci --also=dev", "--also=dev", "--include=dev"),
        ("RUN npm ci --omit=dev", "", ""),
        ("RUN pnpm i --prod", "", ""),
    ],
)
def test_options_that_npm_calls_deprecated(line: str, old: str, new: str) -> None:
    install = only(line)
    span, text = install.old_flag_span, install.stage.dockerfile.source.text
    assert (text[span.start : span.end] if span else "", install.new_flag) == (old, new)


REDUNDANT = {
    "number": "RUN npm ci --omit=dev\nCOPY --from=0 /app .\n",
    "case": "RUN npm ci --omit=dev\nCOPY --from=BUILDER /app/node_modules /app/node_modules\n",
    "image": "RUN npm i\nCOPY --from=ghcr.io/acme/deps:1 /app/node_modules ./node_modules\n",
    "json": 'RUN ["npm", "ci"]\nCOPY --from=builder ["/app/node_modules", "/app/node_modules"]\n',
    "heredoc": "RUN <<EOF\nset -e\nnpm ci\nnpm cache clean --force\nEOF\n" + MODULES,
    "retry": "RUN npm ci || (npm cache clean --force && npm ci)\n" + MODULES,
    "inner shell": "RUN bash -lc 'npm ci'\n" + MODULES,
    "before": MODULES + "RUN npm ci\n",
    "another manager": "RUN pnpm install --prod\n" + MODULES,
    "renamed": "RUN npm ci\nCOPY --from=builder /prod ./node_modules\n",
}


@pytest.mark.parametrize("body", REDUNDANT.values(), ids=REDUNDANT)
def test_an_install_of_what_is_copied_is_redundant_and_its_run_goes(body: str) -> None:
    text = BUILDER + FINAL + body
    found = [install for install in installs(text) if install.copied]
    assert len(found) == 1
    assert found[0].stage.is_final
    rest = apply_edits(text, found[0].removal or ())
    assert rest.startswith(BUILDER + FINAL)
    assert "RUN" not in rest[len(BUILDER) :]
    assert [line for line in rest[len(BUILDER + FINAL) :].splitlines() if line.startswith("COPY")] == [
        line for line in body.splitlines() if line.startswith("COPY")
    ]


NEEDED = {
    "subset": "RUN npm ci\nCOPY --from=builder /app/node_modules/.prisma ./node_modules/.prisma\n",
    "content": "RUN npm ci\nCOPY --from=builder /app/node_modules ./\n",
    "used": "RUN npm ci\nRUN npx prisma generate\n" + MODULES,
    "moved": "RUN npm ci && mv node_modules /full\n" + MODULES,
    "excluded": "RUN npm ci\nCOPY --from=builder --exclude=node_modules /app ./\n",
    "context": "COPY node_modules ./node_modules\nRUN npm ci\n",
    "standalone": "RUN npm ci\nCOPY --from=builder /app/.next/standalone ./\n",
    "unknown image": "RUN npm ci\nCOPY --from=ghcr.io/acme/deps:1 /app ./\n",
    "another folder": "RUN npm ci --prefix worker\n" + MODULES,
    "unknown folders": "ARG A\nARG B\nWORKDIR $A\nRUN npm ci\nWORKDIR $B\n" + MODULES,
}


@pytest.mark.parametrize("body", NEEDED.values(), ids=NEEDED)
def test_an_install_that_is_needed_is_not_redundant(body: str) -> None:
    assert [install for install in installs(BUILDER + FINAL + body) if install.copied] == []


def test_a_reinstall_that_prunes_a_build_stage_is_no_redundancy() -> None:
    text = (
        "FROM node:22 AS deps\nWORKDIR /app\nRUN yarn --frozen-lockfile\n"
        "FROM node:22 AS builder\nWORKDIR /app\n"
        "COPY --from=deps /app/node_modules ./node_modules\nRUN yarn build\nRUN yarn --production\n"
        "FROM node:22\nWORKDIR /app\nCOPY --from=builder /app/node_modules ./node_modules\n"
    )
    assert [install for install in installs(text) if install.copied] == []


def test_removal_is_unsafe_where_development_dependencies_go_with_it() -> None:
    pruned = BUILDER.replace("npm run build", "npm run build && npm prune --omit=dev")
    full, production = (
        next(each for each in installs(pruned + FINAL + f"RUN {run}\n" + MODULES) if each.copied)
        for run in ("npm ci", "npm ci --omit=dev")
    )
    assert (full.removal_safety, production.removal_safety) == ("unsafe", "safe")


@pytest.mark.parametrize(
    ("builder", "pruned"),
    [
        (BUILDER, BUILDER + "RUN npm prune --omit=dev\n"),
        (BUILDER.replace("npm ci", "yarn"), None),  # yarn 1 has no prune of its own
        (BUILDER + "WORKDIR /\n", None),
        (BUILDER + "FROM builder AS tests\n", None),
    ],
)
def test_an_install_that_prunes_what_is_copied_goes_only_where_the_pruning_can_move(
    builder: str, pruned: str | None
) -> None:
    text = builder + FINAL + MODULES + "RUN npm ci --omit=dev\n"
    [found] = [install for install in installs(text) if install.copied]
    assert found.removal_safety == "unsafe"
    after = None if found.removal is None else apply_edits(text, found.removal)
    assert after == (None if pruned is None else pruned + FINAL + MODULES)


def test_stages_that_need_each_other_do_not_hang() -> None:
    text = "FROM node AS a\nCOPY --from=b / /\nRUN npm i\nCOPY --from=a /x .\nFROM a AS b\nCOPY --from=b / /"
    assert len(installs(text)) == 1
    assert installs(text)[0].copied is None


LINES = st.sampled_from(
    [
        "FROM node:22 AS a", "FROM a AS b", "FROM b", "WORKDIR /app", "WORKDIR $X", "RUN npm i x",
        "RUN npm prune --omit=dev", "COPY --from=a /app .", "COPY --from=0 /app/node_modules ./node_modules",
        "COPY --from=b --parents /app /", "RUN rm -rf node_modules", "RUN cd x && yarn; pnpm i", "USER node",
        "RUN --mount=type=cache,target=/root/.npm npm ci && npm cache clean --force", "RUN npm ci",
        "ENV NODE_ENV=production",
    ]
)  # fmt: skip


@given(st.lists(LINES, max_size=14))
def test_any_dockerfile_has_an_answer_and_edits_that_apply(lines: list[str]) -> None:
    text = "\n".join(["FROM node:22 AS base", *lines]) + "\n"
    for install in installs(text):
        assert text[install.span.start : install.span.end].split()[0] in ("npm", "yarn", "pnpm")
        for edits in (install.removal, install.cache_problem and install.cache_problem.edits):
            assert apply_edits(text, edits or ()).startswith("FROM node:22 AS base")
        if install.copied:
            assert install.copied.origin is not None
