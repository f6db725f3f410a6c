"""Every setting of the site, read top to bottom; the environment speaks only through `env`."""

import sys
from pathlib import Path

import environ
from csp.constants import NONE, SELF

from config import embedded, logs

env = environ.Env()

BASE_DIR = Path(__file__).resolve().parent.parent
# Where everything that runs and is not code lives: engines, uploads, mail, logs.
DATA_DIR = Path(env("FOLKMOOT_DATA", default=str(BASE_DIR / "var"))).resolve()

# --- Security -----------------------------------------------------------------------------------

DEBUG = env.bool("DEBUG", default=False)
# `serve` refuses to start on the generated key: it says so when SECRET_KEY is unset.
SECRET_KEY = env("SECRET_KEY", default="") or embedded.secret_key(DATA_DIR)
ALLOWED_HOSTS = env.list("ALLOWED_HOSTS", default=["localhost", "127.0.0.1", "[::1]"])
# The address members use, for links in e-mail and for passkeys, e.g. https://forum.example.org
SITE_URL = env("SITE_URL", default="http://127.0.0.1:8000").rstrip("/")
SITE_NAME = env("SITE_NAME", default="Folkmoot")
HTTPS = SITE_URL.startswith("https://")

SESSION_COOKIE_NAME = env("SESSION_COOKIE_NAME", default="sessionid")
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = HTTPS
SECURE_SSL_REDIRECT = HTTPS and env.bool("SECURE_SSL_REDIRECT", default=True)
SECURE_REDIRECT_EXEMPT = ["^healthz$", "^readyz$", "^metrics$"]  # asked from inside, without HTTPS
SECURE_HSTS_SECONDS = 31_536_000 if HTTPS else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = SECURE_HSTS_PRELOAD = HTTPS
SECURE_REFERRER_POLICY = "same-origin"
SECURE_CROSS_ORIGIN_OPENER_POLICY = "same-origin"
# Set only when a proxy of ours always overwrites X-Forwarded-Proto.
if env.bool("BEHIND_PROXY", default=False):
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
# Networks of our own proxies, e.g. 10.0.0.0/8,127.0.0.1: only their X-Forwarded-For is believed.
TRUSTED_PROXIES = env.list("TRUSTED_PROXIES", default=[])
RATELIMIT_FAIL_OPEN = True
CSRF_TRUSTED_ORIGINS = [SITE_URL]
CSRF_FAILURE_VIEW = "config.errors.csrf_failure"
X_FRAME_OPTIONS = "DENY"

# The sockets' own address where no nginx joins them with the pages: wss://live.example.org, or :8001
# for that port of the page's own host. Empty means the page's origin.
LIVE_URL = env("LIVE_URL", default="")
LIVE_ORIGINS = [LIVE_URL] if LIVE_URL else []
if LIVE_URL.startswith(":"):
    LIVE_ORIGINS = [
        f"{'wss' if HTTPS else 'ws'}://{host}{LIVE_URL}" for host in ALLOWED_HOSTS if host[0] not in "*.["
    ]
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [NONE],
        "script-src": [SELF],
        "style-src": [SELF],
        "font-src": [SELF],
        "img-src": [SELF, "https:", "data:"],
        "connect-src": [SELF, *LIVE_ORIGINS],
        "manifest-src": [SELF],
        "form-action": [SELF],
        "base-uri": [NONE],
        "frame-ancestors": [NONE],
    }
}

# --- Applications -------------------------------------------------------------------------------

INSTALLED_APPS = [
    # Its runserver serves pages and sockets on one port. Other processes need not load twisted: 20 MB.
    *(["daphne"] if "runserver" in sys.argv else []),
    "config.apps.WorkplaceConfig",  # django.contrib.admin, with a site of our own
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.humanize",
    "django.contrib.messages",
    "django.contrib.postgres",
    "django.contrib.sessions",
    "django.contrib.staticfiles",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "allauth.socialaccount",
    "allauth.socialaccount.providers.openid_connect",
    "allauth.usersessions",
    "channels",
    "config",
    "accounts",
    "forums",
    "polls",
]

MIDDLEWARE = [
    "config.middleware.Measured",
    "config.compression.Compressed",
    "config.sharing.SharedPages",
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "csp.middleware.CSPMiddleware",
    "config.middleware.Readable",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "accounts.middleware.TimeZoneMiddleware",
    "accounts.middleware.DaysMiddleware",
    "accounts.middleware.DeviceMiddleware",
    "config.middleware.NothingLost",
]

ROOT_URLCONF = "config.urls"
WSGI_APPLICATION = "config.wsgi.application"
ASGI_APPLICATION = "config.asgi.application"
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "config.context.site",
            ],
        },
    },
]

# --- Engines ------------------------------------------------------------------------------------

# Unset, the embedded Postgres and Redis under DATA_DIR are meant (config/embedded.py).
DATABASE_URL = env("DATABASE_URL", default="")
REDIS_URL = env("REDIS_URL", default="") or embedded.redis_url(DATA_DIR)

DATABASES = {"default": env.db_url_config(DATABASE_URL) if DATABASE_URL else embedded.database(DATA_DIR)}
DATABASES["default"]["ENGINE"] = "django.db.backends.postgresql"
DATABASES["default"]["CONN_MAX_AGE"] = env.int("CONN_MAX_AGE", default=600)
DATABASES["default"]["CONN_HEALTH_CHECKS"] = True
DATABASES["default"].setdefault("OPTIONS", {}).setdefault("connect_timeout", 3)
# Postgres plans a page's statements once a connection instead of at each request: planning was most of its time.
# Off behind a pooler that hands connections from one to another without knowing prepared statements.
if env.bool("PREPARED_STATEMENTS", default=True):
    DATABASES["default"]["OPTIONS"] |= {"server_side_binding": True, "prepare_threshold": 2}

CACHES = {
    "default": {
        "BACKEND": "config.cache.Cache",
        "LOCATION": REDIS_URL,
        "KEY_PREFIX": "folkmoot",
        "OPTIONS": {
            # A dead Redis must cost a request milliseconds, not seconds: short timeouts, no
            # retries, and every cache miss goes on to Postgres.
            "SOCKET_CONNECT_TIMEOUT": 0.2,
            "SOCKET_TIMEOUT": 0.5,
            "CONNECTION_POOL_CLASS": "config.cache.Pool",
            "IGNORE_EXCEPTIONS": True,
        },
    }
}
# What a process keeps to itself: fragments whose key says all that they show, so nothing here can be out of date.
CACHES["near"] = {
    "BACKEND": "django.core.cache.backends.locmem.LocMemCache",
    "TIMEOUT": 3600,
    "OPTIONS": {"MAX_ENTRIES": 2_000},
}
DJANGO_REDIS_LOG_IGNORED_EXCEPTIONS = True
# Sessions are rows; Redis only saves the look-up.
SESSION_ENGINE = "django.contrib.sessions.backends.cached_db"

CELERY_BROKER_URL = env("REDIS_URL", default="") or embedded.broker_url(DATA_DIR)
# Handing over a job must not hold up a request when Redis is gone; the worker itself never gives up.
CELERY_TASK_PUBLISH_RETRY = False
CELERY_BROKER_TRANSPORT_OPTIONS = {"socket_connect_timeout": 0.2, "socket_timeout": 2, "max_retries": 0}
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
CELERY_BROKER_CONNECTION_MAX_RETRIES = None
CELERY_BEAT_SCHEDULE_FILENAME = str(DATA_DIR / "beat")
CELERY_TASK_IGNORE_RESULT = True
CELERY_TIMEZONE = "UTC"
# Seconds between; what could not be started in time waits for the next turn.
CELERY_BEAT_SCHEDULE = {
    "spread news": {"task": "forums.tasks.spread_news", "schedule": 10, "options": {"expires": 10}},
    "turn debates": {"task": "forums.tasks.turn_debates", "schedule": 30, "options": {"expires": 30}},
    "send letters": {"task": "forums.tasks.send_letters", "schedule": 30, "options": {"expires": 30}},
    "forget notifications": {"task": "forums.tasks.forget_notifications", "schedule": 86_400},
    "close polls": {"task": "polls.tasks.close_due", "schedule": 30, "options": {"expires": 30}},
    "scrub polls": {"task": "polls.tasks.scrub", "schedule": 60, "options": {"expires": 60}},
    "forget addresses": {"task": "accounts.tasks.forget_addresses", "schedule": 86_400},
    "grow trust": {"task": "forums.tasks.grow_trust", "schedule": 86_400},
    "check tallies": {"task": "polls.tasks.check_tallies", "schedule": 60, "options": {"expires": 60}},
}

# --- Accounts -----------------------------------------------------------------------------------

AUTH_USER_MODEL = "accounts.User"
AUTHENTICATION_BACKENDS = ["accounts.backends.MemberBackend"]
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "/"
# Names are unique by a constraint on Lower(username), which the check does not recognise.
SILENCED_SYSTEM_CHECKS = ["auth.W004"]
PASSWORD_HASHERS = [
    "django.contrib.auth.hashers.Argon2PasswordHasher",
    "django.contrib.auth.hashers.PBKDF2PasswordHasher",
    "django.contrib.auth.hashers.ScryptPasswordHasher",
]
AUTH_PASSWORD_VALIDATORS = [
    {
        "NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator",
        "OPTIONS": {"user_attributes": ["username", "email"]},
    },
    {
        "NAME": "django.contrib.auth.password_validation.MinimumLengthValidator",
        "OPTIONS": {"min_length": 10},
    },
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
]

ACCOUNT_ADAPTER = "accounts.adapter.MemberAdapter"
USERSESSIONS_ADAPTER = "accounts.adapter.SessionsAdapter"
ACCOUNT_FORMS = {"signup": "accounts.forms.signup.SignupForm", "login": "accounts.forms.signin.SignInForm"}
ACCOUNT_LOGIN_METHODS = {"username", "email"}
ACCOUNT_SIGNUP_FIELDS = ["username*", "email*", "password1*"]
# A code typed into the page: mail scanners follow links, and a code works on any device.
ACCOUNT_EMAIL_VERIFICATION = "mandatory"
ACCOUNT_EMAIL_VERIFICATION_BY_CODE_ENABLED = True
ACCOUNT_EMAIL_VERIFICATION_SUPPORTS_RESEND = True
# One address a member, changed in one step, so that User.email is always the verified one.
ACCOUNT_CHANGE_EMAIL = True
ACCOUNT_EMAIL_NOTIFICATIONS = True
ACCOUNT_EMAIL_SUBJECT_PREFIX = ""
ACCOUNT_REAUTHENTICATION_REQUIRED = True
# Two at once, because the second click of a double click makes the first one's code useless.
ACCOUNT_RATE_LIMITS = {
    "confirm_email": "2/10s/key,20/h/key",
    # By address accounts/doors.py counts these; what is left here goes by name or address of the account.
    "login": "",
    "signup": "",
    "reset_password": "5/m/key",
}

# Whether staff and moderators reach their pages only with a second factor set up.
STAFF_MFA_REQUIRED = env.bool("STAFF_MFA_REQUIRED", default=False)
# How long we know from where members signed up and in. The sign-up page says so.
ADDRESSES_KEPT_DAYS = env.int("ADDRESSES_KEPT_DAYS", default=30)
# Seconds that a person takes at least to fill in the sign-up form.
SIGN_UP_SECONDS = env.int("SIGN_UP_SECONDS", default=3)
# A class that asks what programs cannot answer (accounts/captcha.py), by its dotted path.
CAPTCHA = env("CAPTCHA", default="")

MFA_SUPPORTED_TYPES = ["totp", "recovery_codes", "webauthn"]
MFA_PASSKEY_LOGIN_ENABLED = True
MFA_TOTP_ISSUER = SITE_NAME
# One period of grace for clocks that are half a minute off.
MFA_TOTP_TOLERANCE = 1
# Browsers allow passkeys without HTTPS on localhost alone.
MFA_WEBAUTHN_ALLOW_INSECURE_ORIGIN = not HTTPS

# [{"provider_id": "example", "name": "Example", "client_id": "…", "secret": "…",
#   "settings": {"server_url": "https://id.example.org"}}, …]
OIDC_PROVIDERS = env.json("OIDC_PROVIDERS", default=[])
SOCIALACCOUNT_PROVIDERS = {"openid_connect": {"APPS": OIDC_PROVIDERS}}
# Whoever signs in elsewhere still chooses a name here.
SOCIALACCOUNT_AUTO_SIGNUP = False
# Browsers apply form-action to the redirect that follows a form, so the way to a provider has to be open.
CONTENT_SECURITY_POLICY["DIRECTIVES"]["form-action"] += [
    "/".join(provider["settings"]["server_url"].split("/")[:3]) for provider in OIDC_PROVIDERS
]

# --- Moderation ---------------------------------------------------------------------------------

# Reports of trusted members that hide something until a moderator has looked.
REPORTS_TO_HIDE = env.int("REPORTS_TO_HIDE", default=3)
# What makes a new member a member, and a member a regular: so many days on which they came, so many others who have
# read what they wrote, so many of those who voted for it. Writing much makes nobody anything.
TRUST_MEMBER = env.list("TRUST_MEMBER", cast=int, default=[3, 5, 1])
TRUST_REGULAR = env.list("TRUST_REGULAR", cast=int, default=[30, 50, 20])
TRUST_PAUSE_DAYS = env.int("TRUST_PAUSE_DAYS", default=30)  # after a sanction, in which nothing grows
# What new members may write; they stop being new by being read (forums/trust.py).
NEW_LINKS = env.int("NEW_LINKS", default=2)  # in one text
NEW_MENTIONS = env.int("NEW_MENTIONS", default=3)  # in one text
NEW_POSTS_A_DAY = env.int("NEW_POSTS_A_DAY", default=20)
NEW_TOPICS_A_DAY = env.int("NEW_TOPICS_A_DAY", default=3)
# What a moderator reads before anybody else does. Links are what spam is for, and few newcomers need one in their first
# days; to let everybody's first words wait would greet a hundred people with silence for the sake of one.
HOLD_LINKS_OF_NEW = env.bool("HOLD_LINKS_OF_NEW", default=True)
HOLD_FIRST_POSTS = env.int("HOLD_FIRST_POSTS", default=0)  # how many of each new member
# Watched words (in the admin: filters). Off, nothing is looked at, whatever the filters say.
FILTERS = env.bool("FILTERS", default=True)
# Whether the public log names the moderators, or says their role alone.
NAME_MODERATORS = env.bool("NAME_MODERATORS", default=False)
# How long the one concerned may appeal, in days. The Digital Services Act, article 20, asks for six months.
APPEAL_DAYS = env.int("APPEAL_DAYS", default=183)

# --- Language, time, files ----------------------------------------------------------------------

LANGUAGE_CODE = "en"
TIME_ZONE = "UTC"
USE_I18N = False
USE_TZ = True

STATIC_URL = "/static/"
STATICFILES_DIRS = [BASE_DIR / "static"]
STATIC_ROOT = DATA_DIR / "static"
MEDIA_URL = "/media/"
MEDIA_ROOT = DATA_DIR / "media"
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "config.statics.Storage"},
}
WHITENOISE_USE_FINDERS = True
WHITENOISE_KEEP_ONLY_HASHED_FILES = True

# 40,000 characters of Markdown fit many times over; anything larger is refused before parsing.
DATA_UPLOAD_MAX_MEMORY_SIZE = 512 * 1024
DATA_UPLOAD_MAX_NUMBER_FIELDS = 500
FILE_UPLOAD_HANDLERS = [
    "accounts.uploads.Bounded",
    "django.core.files.uploadhandler.MemoryFileUploadHandler",
    "django.core.files.uploadhandler.TemporaryFileUploadHandler",
]

# --- Mail ---------------------------------------------------------------------------------------

EMAIL_URL = env("EMAIL_URL", default="")
if EMAIL_URL:
    vars().update(env.email_url_config(EMAIL_URL))
else:
    EMAIL_BACKEND = "django.core.mail.backends.filebased.EmailBackend"
    EMAIL_FILE_PATH = DATA_DIR / "mail"
EMAIL_TIMEOUT = 10  # seconds
DEFAULT_FROM_EMAIL = env("DEFAULT_FROM_EMAIL", default=f"{SITE_NAME} <noreply@localhost>")

# --- Logs and figures ---------------------------------------------------------------------------

LOGGING = logs.configure(env("LOG_LEVEL", default="INFO"))
# Who may read /metrics: networks, by the address that TRUSTED_PROXIES tell.
METRICS_NETWORKS = env.list("METRICS_NETWORKS", default=["127.0.0.0/8", "::1"])
