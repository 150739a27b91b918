"""Where workflows run: the SDK's sandbox, less what it does for converters that we do not have."""

from temporalio.bridge.proto.workflow_activation import WorkflowActivation
from temporalio.bridge.proto.workflow_completion import WorkflowActivationCompletion
from temporalio.converter import StorageDriverStoreContext
from temporalio.worker import WorkflowInstance, WorkflowInstanceDetails
from temporalio.worker.workflow_sandbox import SandboxedWorkflowRunner, SandboxRestrictions
from temporalio.workflow import Info

# Loaded once, not again for each workflow: what keeps them pure is held by the linters.
PASSED_THROUGH = (
    "activities", "database", "documents", "domain", "gateways", "policies", "temporal", "workflows"
)  # fmt: skip


def sandbox() -> SandboxedWorkflowRunner:
    """Where workflows run: our own modules are loaded once."""
    return _PlainRunner(
        restrictions=SandboxRestrictions.default.with_passthrough_modules(*PASSED_THROUGH)
    )


class _PlainRunner(SandboxedWorkflowRunner):
    """The SDK's, of instances that are never asked whose payload it is."""

    def create_instance(self, det: WorkflowInstanceDetails) -> WorkflowInstance:
        """See base class."""
        return _PlainInstance(super().create_instance(det))


class _PlainInstance(WorkflowInstance):
    """A sandboxed workflow whose payloads all cross in the same way.

    The SDK asks six times for each payload whose it is, for converters and stores that want to
    know, and enters the sandbox for the answer: a fifth of a worker's time. Ours look at nothing
    but the value (`temporal/converter.py`).
    """

    def __init__(self, sandboxed: WorkflowInstance) -> None:
        self._sandboxed = sandboxed

    def activate(self, act: WorkflowActivation) -> WorkflowActivationCompletion:
        """See base class."""
        return self._sandboxed.activate(act)

    def get_serialization_context(self, command_info: object) -> None:
        """See base class."""

    def get_external_store_context(self, command_info: object) -> StorageDriverStoreContext:
        """See base class."""
        return StorageDriverStoreContext(target=None)

    def get_info(self) -> Info:
        """See base class."""
        return self._sandboxed.get_info()

    def get_thread_id(self) -> int | None:
        """See base class."""
        return self._sandboxed.get_thread_id()
