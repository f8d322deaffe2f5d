"""The kinds of things that rules select: annotated attributes, properties, methods are the fields."""

from __future__ import annotations

from cilint.model.compose import Compose, Service
from cilint.model.compose_schema import Flaw
from cilint.model.dockerfile import Dockerfile, Stage
from cilint.model.workflow import Job, Workflow
from cilint.pipeline.effects.build_arguments import BuildArgument
from cilint.pipeline.effects.build_parts import BuildPath, BuildTarget, PassedArgument
from cilint.pipeline.effects.builders import Workbench
from cilint.pipeline.effects.compose_declarations import Declaration
from cilint.pipeline.effects.compose_grants import Grant
from cilint.pipeline.effects.compose_health import ServiceProbe
from cilint.pipeline.effects.compose_orders import Order
from cilint.pipeline.effects.compose_parts import Mount, Port, Variable
from cilint.pipeline.effects.compose_paths import LocalPath
from cilint.pipeline.effects.compose_references import Reference
from cilint.pipeline.effects.compose_runners import StrayKey
from cilint.pipeline.effects.compose_templates import Template
from cilint.pipeline.effects.copy_ignored import IgnoredSource
from cilint.pipeline.effects.credentials import Credential
from cilint.pipeline.effects.deploy_jobs import DeployJob
from cilint.pipeline.effects.deployments import Deployment
from cilint.pipeline.effects.deploys import Deploy
from cilint.pipeline.effects.docker_commands import RunCommand
from cilint.pipeline.effects.docker_comments import IgnoringComment
from cilint.pipeline.effects.docker_copies import Copy
from cilint.pipeline.effects.docker_descriptions import Definition
from cilint.pipeline.effects.docker_froms import From, ImageUse
from cilint.pipeline.effects.docker_lines import Line
from cilint.pipeline.effects.docker_ports import Exposed
from cilint.pipeline.effects.docker_processes import Folder, Process, User
from cilint.pipeline.effects.docker_runs import Run
from cilint.pipeline.effects.docker_settings import Setting
from cilint.pipeline.effects.docker_variables import Undefined
from cilint.pipeline.effects.dokploy_calls import DokployCall
from cilint.pipeline.effects.emulation import Emulation
from cilint.pipeline.effects.exec_operators import ExecOperator
from cilint.pipeline.effects.exposures import Exposure
from cilint.pipeline.effects.gates import Gate
from cilint.pipeline.effects.health import HealthProbe
from cilint.pipeline.effects.health_checks import HealthCheck
from cilint.pipeline.effects.images import ImageBuild, ImagePush
from cilint.pipeline.effects.injections import Injection
from cilint.pipeline.effects.installs import Install
from cilint.pipeline.effects.layer_caches import LayerCache
from cilint.pipeline.effects.logins import Login
from cilint.pipeline.effects.node_setup import NodeSetup, StepInstall
from cilint.pipeline.effects.package_installs import PackageCommand
from cilint.pipeline.effects.privileges import Privilege
from cilint.pipeline.effects.probes import Probe
from cilint.pipeline.effects.publications import Merge, Publication, PublishedImage
from cilint.pipeline.effects.pulls import ImagePull, Promotion
from cilint.pipeline.effects.registry import RegistryPush
from cilint.pipeline.effects.requests import Request
from cilint.pipeline.effects.retention import Retention
from cilint.pipeline.effects.runners import Runner
from cilint.pipeline.effects.script_expressions import ScriptExpression
from cilint.pipeline.effects.secret_uses import SecretUse
from cilint.pipeline.effects.shell_calls import ShellCall, ShellLoop
from cilint.pipeline.effects.shell_expansions import Expansion
from cilint.pipeline.effects.shell_extensions import ShellExtension
from cilint.pipeline.effects.shell_programs import ShellProgram
from cilint.pipeline.effects.shell_scripts import ShellScript
from cilint.pipeline.effects.shell_substitutions import Substitution
from cilint.pipeline.effects.shell_tests import ShellTest
from cilint.pipeline.effects.shell_variables import ShellVariable
from cilint.pipeline.effects.shipments import Shipment
from cilint.pipeline.effects.silent_skips import SilentSkip
from cilint.pipeline.effects.unused_names import UnusedName
from cilint.pipeline.effects.waits import Sleep, WaitLoop
from cilint.pipeline.effects.wrong_commits import WrongCommit
from cilint.pipeline.roles import BuildWorkflow, DeployWorkflow
from cilint.pipeline.sites import Site
from cilint.pipeline.upstream import UpstreamName, UpstreamTrigger

KINDS: dict[str, type] = {
    "dockerfile": Dockerfile,
    "stage": Stage,
    "workflow": Workflow,
    "job": Job,
    "step": Site,
    "image_build": ImageBuild,
    "image_push": ImagePush,
    "publication": Publication,
    "multi_platform_image": Merge,
    "published_image": PublishedImage,
    "registry_push": RegistryPush,
    "layer_cache": LayerCache,
    "image_pull": ImagePull,
    "promotion": Promotion,
    "build_argument": BuildArgument,
    "build_path": BuildPath,
    "build_target": BuildTarget,
    "passed_argument": PassedArgument,
    "privilege": Privilege,
    "retention": Retention,
    "shipment": Shipment,
    "workbench": Workbench,
    "emulation": Emulation,
    "login": Login,
    "request": Request,
    "deploy": Deploy,
    "rollout": Deploy,
    "deployment": Deployment,
    "deploy_job": DeployJob,
    "secret_use": SecretUse,
    "sleep": Sleep,
    "wait_loop": WaitLoop,
    "dokploy_call": DokployCall,
    "exposure": Exposure,
    "silent_skip": SilentSkip,
    "wrong_commit": WrongCommit,
    "script_expression": ScriptExpression,
    "credential": Credential,
    "probe": Probe,
    "gate": Gate,
    "injection": Injection,
    "runner": Runner,
    "unused_name": UnusedName,
    "node_setup": NodeSetup,
    "step_install": StepInstall,
    "build_workflow": BuildWorkflow,
    "deploy_workflow": DeployWorkflow,
    "upstream_trigger": UpstreamTrigger,
    "upstream_name": UpstreamName,
    "docker_install": Install,
    "health_probe": HealthProbe,
    "image_health_check": HealthCheck,
    "instruction": Line,
    "from_instruction": From,
    "image_use": ImageUse,
    "copy_instruction": Copy,
    "ignored_source": IgnoredSource,
    "run_instruction": Run,
    "run_command": RunCommand,
    "package_command": PackageCommand,
    "variable_setting": Setting,
    "undefined_variable": Undefined,
    "ignoring_comment": IgnoringComment,
    "described_definition": Definition,
    "exec_operator": ExecOperator,
    "exposed_port": Exposed,
    "container_command": Process,
    "working_folder": Folder,
    "container_user": User,
    "compose_file": Compose,
    "compose_service": Service,
    "compose_port": Port,
    "compose_mount": Mount,
    "compose_variable": Variable,
    "compose_declaration": Declaration,
    "compose_exec_operator": ExecOperator,
    "compose_flaw": Flaw,
    "compose_health_check": HealthCheck,
    "compose_health_probe": ServiceProbe,
    "compose_grant": Grant,
    "compose_order": Order,
    "compose_path": LocalPath,
    "compose_reference": Reference,
    "compose_stray_key": StrayKey,
    "compose_template": Template,
    "shell_script": ShellScript,
    "shell_expansion": Expansion,
    "shell_call": ShellCall,
    "shell_loop": ShellLoop,
    "shell_array": Expansion,
    "shell_program": ShellProgram,
    "shell_substitution": Substitution,
    "shell_test": ShellTest,
    "shell_extension": ShellExtension,
    "unassigned_variable": ShellVariable,
}
