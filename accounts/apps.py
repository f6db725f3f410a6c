from django.apps import AppConfig


class AccountsConfig(AppConfig):
    name = "accounts"
    verbose_name = "Members"

    def ready(self):
        """Register what the admin, the error pages and the visitor cache need from accounts."""
        from accounts.sign_in import second_factor
        from config.admin import registry
        from config.caching import visitor_cache
        from config.web import errors

        registry.register_requirement(second_factor.is_missing, second_factor.redirect_to_setup)
        errors.register_texts("bio")
        visitor_cache.register_parameters("tab")
