"""What has been printed, once it says something that was taken back."""

from portal.core.database import execute


async def forget_papers(org_id: int) -> None:
    """Files that were printed may hold what was withdrawn: they are given out no more, and are made anew by a press.

    What a worker is setting at this instant loses its lease, and is set again of today's rows.
    """
    gone = (
        "UPDATE print_job SET state = 'gone', file_digest = NULL, version = version + 1 WHERE org_id = {} AND state = "
    )
    await execute(f"{gone}'done'", org_id)
    again = "UPDATE print_job SET state = 'waiting', lease = NULL, leased_until = NULL WHERE org_id = {} AND state = "
    await execute(f"{again}'running'", org_id)
