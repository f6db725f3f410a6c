from django.apps import AppConfig


class AccountsConfig(AppConfig):
    name = "accounts"
    verbose_name = "Members"

    def ready(self):
        """Register what the admin, the error pages and the visitor cache need from accounts."""
        from accounts import second_factor
        from config import errors, sharing
        from config.admin import registry

        registry.register_requirement(second_factor.is_missing, second_factor.ask_for_one)
        errors.register_texts("bio")
        sharing.register_parameters("tab")
