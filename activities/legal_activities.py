"""The legal desk: the workflow's way to the file of a case. Only its hash comes back."""

from temporalio import activity

from activities.business_time import Now
from database.case.legal_package import LegalPackages
from documents.cover import COVER, render_cover
from documents.legal_package import build_package


class LegalActivities:
    """Repeating it changes nothing."""

    def __init__(self, packages: LegalPackages, now: Now) -> None:
        self._packages = packages
        self._now = now

    @activity.defn
    async def build_legal_package(self, case_id: str) -> str:
        """Build and keep the file of a case; answers with its SHA-256. Built once."""
        kept = await self._packages.kept_sha256(case_id)
        if kept is not None:
            return kept
        now = self._now()
        contents = await self._packages.read_contents(case_id, now)
        cover = {COVER: render_cover(contents.entries, contents.about)}
        package = build_package({**cover, **contents.entries}, contents.about)
        await self._packages.keep_package(
            case_id, package.content, package.sha256, package.manifest, now
        )
        return await self._packages.kept_sha256(case_id) or package.sha256
