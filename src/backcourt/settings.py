"""Typed settings: flags, then environment variables BACKCOURT_*, then backcourt.toml, then defaults."""

from __future__ import annotations

import tomllib

from pydantic import Field, ValidationError
from pydantic_settings import BaseSettings, PydanticBaseSettingsSource, SettingsConfigDict, TomlConfigSettingsSource

from backcourt.errors import SettingsError


class Settings(BaseSettings):
    """Every setting.

    Attributes:
        warehouse: A DuckDB file, or bigquery://PROJECT.
        threads: Threads of the embedded engine; empty means all cores.
        patience: Seconds for which a warehouse file in use is tried again.
    """

    model_config = SettingsConfigDict(env_prefix="BACKCOURT_", toml_file="backcourt.toml", extra="forbid")

    warehouse: str = Field(default="warehouse.duckdb", min_length=1)
    threads: int | None = Field(default=None, ge=1)
    patience: float = Field(default=5.0, ge=0)

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,
        file_secret_settings: PydanticBaseSettingsSource,
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        """Flags beat the environment, the environment beats the file."""
        del dotenv_settings, file_secret_settings
        return init_settings, env_settings, TomlConfigSettingsSource(settings_cls)


def load(*, warehouse: str | None = None) -> Settings:
    """The settings with the flags that were given.

    Raises:
        SettingsError: If a value cannot be used; the message names the setting.
    """
    flags = {} if warehouse is None else {"warehouse": warehouse}
    try:
        return Settings(**flags)  # type: ignore[arg-type]
    except ValidationError as error:
        first = error.errors()[0]
        name = ".".join(str(part) for part in first["loc"])
        raise SettingsError(
            f"setting {name}: {first['msg']}",
            valid=sorted(Settings.model_fields) if first["type"] == "extra_forbidden" else (),
            next_step=f"check --{name}, BACKCOURT_{name.upper()} and backcourt.toml",
        ) from None
    except tomllib.TOMLDecodeError as error:
        raise SettingsError(f"backcourt.toml is not TOML: {error}") from None
