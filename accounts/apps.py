from django.apps import AppConfig


class AccountsConfig(AppConfig):
    name = "accounts"
    verbose_name = "Members"

    def ready(self):
        """Register what the admin, the error pages and the mail need from accounts."""
        from allauth.account.signals import user_signed_up

        from accounts.mail import sending
        from accounts.models import AccountMail
        from accounts.sign_in import second_factor
        from config.admin import registry
        from config.monitoring import counters, queues
        from config.web import errors

        registry.register_requirement(second_factor.is_missing, second_factor.redirect_to_setup)
        errors.register_texts("bio")
        mails = AccountMail.objects
        queues.register("account mail", mails.backlog, lambda: mails.given_up().count())
        user_signed_up.connect(lambda **about: counters.signed_up(), weak=False)
        sending.register(AccountMail, sending.compose_account_mail)
