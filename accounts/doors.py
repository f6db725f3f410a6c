"""The doors of the site: allauth's pages, counted by our own limits, which say when to try again.

Stands before allauth's addresses, whose names it keeps.
"""

from allauth.account import views
from django.urls import path

from config.limits import limit

urlpatterns = [
    path("login/", limit("sign-in", address="30/m")(views.login), name="account_login"),
    path("signup/", limit("sign-up", address="30/h")(views.signup), name="account_signup"),
    path(
        "password/reset/",
        limit("password-reset", address="20/m")(views.password_reset),
        name="account_reset_password",
    ),
]
