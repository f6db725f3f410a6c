"""The URLs of allauth's sign-in pages, with our own rate limits, which say when to try again.

config/urls.py lists them before allauth's URLs. The names are allauth's.
"""

from allauth.account import views
from django.urls import path

from config.web.limits import limit

urlpatterns = [
    path("login/", limit("sign-in", address="30/m")(views.login), name="account_login"),
    path("signup/", limit("sign-up", address="30/h")(views.signup), name="account_signup"),
    path(
        "password/reset/",
        limit("password-reset", address="20/m")(views.password_reset),
        name="account_reset_password",
    ),
]
