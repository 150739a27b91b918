"""Making a secret and showing it, once: it is kept nowhere."""

import secrets

import typer

from door.signatures import make_secret
from runtime.standard_webhooks import written


def new_salt() -> str:
    """What a credential's next secret is made with; no secret itself."""
    return secrets.token_hex(16)


def show(door_key: str, key_id: str, salt: str) -> None:
    """Print the secret of a credential."""
    show_secret(key_id, make_secret(door_key, key_id, salt))


def show_secret(name: str, secret: bytes) -> None:
    """Print a secret alone on stdout, and on stderr that it is shown once."""
    typer.echo(written(secret))
    typer.echo(f"the secret of {name}: it is shown now, and never again", err=True)
