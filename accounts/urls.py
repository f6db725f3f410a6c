from django.urls import path

from accounts.views import leaving, members, settings

urlpatterns = [
    path("u/<str:name>/", members.show, name="member-show"),
    path("members/<int:pk>/", members.find, name="member-find"),
    path("u/<str:name>/avatar.svg", members.avatar, name="member-avatar"),
    path("u/<str:name>/ignore/", members.ignore, name="member-ignore"),
    path("u/<str:name>/unignore/", members.unignore, name="member-unignore"),
    path("accounts/settings/", settings.hub, name="settings-show"),
    path("accounts/settings/profile/", settings.profile, name="settings-profile"),
    path("accounts/settings/preferences/", settings.preferences, name="settings-preferences"),
    path("accounts/settings/time-zone/", settings.save_time_zone, name="settings-time-zone"),
    path("accounts/settings/ignored/", settings.ignored, name="settings-ignored"),
    path("accounts/settings/standing/", settings.show_standing, name="settings-standing"),
    path("accounts/settings/sessions/<int:pk>/end/", settings.end_session, name="session-end"),
    path("accounts/settings/export/", leaving.export, name="settings-export"),
    path("accounts/settings/delete/", leaving.delete, name="settings-delete"),
]
