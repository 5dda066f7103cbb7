"""Results that people take further as tables."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import pandas as pd


class Tabular:
    """Anything that has rows also comes as a pandas DataFrame, imported only when asked for."""

    def rows(self, lang: str | None = None) -> list[dict[str, Any]]:
        raise NotImplementedError

    def frame(self, lang: str | None = None) -> pd.DataFrame:
        """The rows as a table."""
        import pandas as pd

        return pd.DataFrame(self.rows(lang)).convert_dtypes()
