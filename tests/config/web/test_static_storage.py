"""Collected scripts import each other by names that exist."""

import re

from django.core.management import call_command

IMPORT = re.compile(r"""(?:from|import)[\s(]*["'](\.[^"']+)["']""")


def test_our_scripts_import_hashed_names(tmp_path, settings):
    settings.STATIC_ROOT = tmp_path
    settings.STATICFILES_FINDERS = ["django.contrib.staticfiles.finders.FileSystemFinder"]
    call_command("collectstatic", verbosity=0, interactive=False)
    imports = [
        (script, name)
        for script in tmp_path.glob("js/**/*.js")
        for name in IMPORT.findall(script.read_text())
    ]
    assert len(imports) > 60
    assert all(re.search(r"\.[0-9a-f]{8}\.js$", name) for _, name in imports)
    assert [name for script, name in imports if not (script.parent / name).exists()] == []
