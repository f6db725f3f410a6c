"""A progress bar for commands that take long."""

from tqdm import tqdm


class ProgressBar:
    """A progress bar on the standard error, if that is a terminal. Each step starts it again."""

    def __enter__(self):
        self.bar = tqdm(disable=None, leave=False)
        return self

    def show(self, step: str, done: int, total: int) -> None:
        if self.bar.disable:
            return
        self.bar.set_description(step, refresh=False)
        self.bar.total, self.bar.n = total, done
        self.bar.refresh()

    def __exit__(self, *error):
        self.bar.close()
