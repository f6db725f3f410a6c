"""Pictures of members: uploads made safe, and one drawn from the name for everybody else."""

import secrets


def random_path(user, filename: str) -> str:
    """Where a new upload is stored. Nothing of the sender's file name survives, and nobody can guess the next one."""
    name = secrets.token_hex(16)
    return f"avatars/{name[:2]}/{name}.webp"
