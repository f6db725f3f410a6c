from typing import Any

from django.db import models

from config.caching import cache_tags


class TaggedModel(models.Model):
    """A model whose rows administrators edit. Each save and deletion changes the value of `cache_tag`.

    Changes by `update` and `bulk_create` do not.
    """

    cache_tag: str

    class Meta:
        abstract = True

    def save(self, *args: Any, **kwargs: Any) -> None:
        super().save(*args, **kwargs)
        cache_tags.invalidate(self.cache_tag)

    def delete(self, *args: Any, **kwargs: Any) -> tuple[int, dict[str, int]]:
        cache_tags.invalidate(self.cache_tag)
        return super().delete(*args, **kwargs)
