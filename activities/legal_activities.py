"""The legal desk: the workflow's way to the file of a case. Only its hash comes back."""

from temporalio import activity

from activities.business_time import Now
from database.case.legal_package import LegalPackages


class LegalActivities:
    """Repeating it changes nothing."""

    def __init__(self, packages: LegalPackages, now: Now) -> None:
        self._packages = packages
        self._now = now

    @activity.defn
    async def build_legal_package(self, case_id: str) -> str:
        """Build and keep the file of a case; answers with its SHA-256."""
        return await self._packages.build_package(case_id, self._now())
