"""All settings of the site. Environment variables are read only through `env`."""

import sys
from pathlib import Path

import environ
from csp.constants import NONE, SELF

from config.engines import broker, embedded
from config.redis import clients
from config.replicas import servers
from config.web import logs

env = environ.Env()

BASE_DIR = Path(__file__).resolve().parent.parent
# The directory for everything that is not code: engines, uploads, mail, logs.
DATA_DIR = Path(env("FOLKMOOT_DATA", default=str(BASE_DIR / "var"))).resolve()

# --- Security -----------------------------------------------------------------------------------

DEBUG = env.bool("DEBUG", default=False)
# The generated key is for trying the site out. `serve` refuses to start without SECRET_KEY.
SECRET_KEY = env("SECRET_KEY", default="") or embedded.secret_key(DATA_DIR)
ALLOWED_HOSTS = env.list("ALLOWED_HOSTS", default=["localhost", "127.0.0.1", "[::1]"])
# The address that members use, for example https://forum.example.org. Links in mails and passkeys need it.
SITE_URL = env("SITE_URL", default="http://127.0.0.1:8000").rstrip("/")
# Names of forums that were imported. Requests for them are answered with redirects (forums/old_addresses). They are no
# names of this site: neither pages nor sockets trust them, so they are not in ALLOWED_HOSTS.
OLD_HOSTS = [host.lower() for host in env.list("OLD_HOSTS", default=[])]
SITE_NAME = env("SITE_NAME", default="Folkmoot")
SEARCH_LANGUAGE = env("SEARCH_LANGUAGE", default="english")
# How to report a vulnerability, such as mailto:security@example.org. Published in /.well-known/security.txt.
SECURITY_CONTACT = env("SECURITY_CONTACT", default="")
HTTPS = SITE_URL.startswith("https://")

SESSION_COOKIE_NAME = env("SESSION_COOKIE_NAME", default="sessionid")
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = HTTPS
SECURE_SSL_REDIRECT = HTTPS and env.bool("SECURE_SSL_REDIRECT", default=True)
SECURE_REDIRECT_EXEMPT = [
    "^healthz$",
    "^readyz$",
    "^metrics$",
]  # requested from the local network, without HTTPS
SECURE_HSTS_SECONDS = 31_536_000 if HTTPS else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = SECURE_HSTS_PRELOAD = HTTPS
SECURE_REFERRER_POLICY = "same-origin"
SECURE_CROSS_ORIGIN_OPENER_POLICY = "same-origin"
# Set this only behind a proxy that always overwrites X-Forwarded-Proto; otherwise clients could claim HTTPS.
if env.bool("BEHIND_PROXY", default=False):
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
# Networks of the site's own proxies, for example 10.0.0.0/8,127.0.0.1. X-Forwarded-For counts only from them.
TRUSTED_PROXIES = env.list("TRUSTED_PROXIES", default=[])
RATELIMIT_FAIL_OPEN, RATELIMIT_USE_CACHE = True, "limits"
CSRF_TRUSTED_ORIGINS = [SITE_URL]
CSRF_FAILURE_VIEW = "config.web.errors.csrf_failure"
X_FRAME_OPTIONS = "DENY"

# The address of the sockets where no nginx serves them together with the pages: wss://live.example.org, or :8001 for a
# port of the page's host. If it is empty, pages use their own origin.
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
        "img-src": [SELF, "data:"],
        "connect-src": [SELF, *LIVE_ORIGINS],
        "manifest-src": [SELF],
        "form-action": [SELF],
        "base-uri": [NONE],
        "frame-ancestors": [NONE],
    }
}

# --- Applications -------------------------------------------------------------------------------

INSTALLED_APPS = [
    # daphne's runserver serves pages and sockets on one port. Other commands save the 20 MB that twisted needs.
    *(["daphne"] if "runserver" in sys.argv else []),
    "config.apps.FolkmootAdminConfig",  # django.contrib.admin with the site's own AdminSite
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
    "config.web.middleware.RequestIdMiddleware",
    "config.monitoring.requests.RequestMetricsMiddleware",
    "forums.old_addresses.redirects.OldHostsMiddleware",
    "config.web.compression.CompressionMiddleware",
    "config.caching.visitor_cache.VisitorCacheMiddleware",
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "config.web.middleware.SecurityPolicyMiddleware",
    "config.web.middleware.ValidInputMiddleware",
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
    "accounts.middleware.NotStoredMiddleware",
    "config.web.middleware.KeepTextMiddleware",
    "config.web.middleware.DiskSpaceMiddleware",
]

ROOT_URLCONF = "config.urls"
WSGI_APPLICATION = "config.wsgi.application"
ASGI_APPLICATION = "config.asgi.application"
WEBSOCKET_URLCONF = "forums.routing"
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
                "config.web.context_processors.site",
            ],
            "libraries": {"holes": "config.caching.holes"},
        },
    },
]

# --- Engines ------------------------------------------------------------------------------------

# Without these URLs the site uses the embedded Postgres and Redis below DATA_DIR (config/embedded).
DATABASE_URL = env("DATABASE_URL", default="")
REDIS_URL = clients.normalize(env("REDIS_URL", default="")) or embedded.redis_url(DATA_DIR)
# The Redis for what can be computed again. Visitors can fill it, so it evicts (maxmemory-policy allkeys-lru) and should
# not be the Redis at REDIS_URL, which must not evict: it holds rate limits, sessions, tallies and jobs.
CACHE_URL = clients.normalize(env("CACHE_URL", default="")) or (
    REDIS_URL if env("REDIS_URL", default="") else embedded.cache_url(DATA_DIR)
)

DATABASES = {"default": env.db_url_config(DATABASE_URL) if DATABASE_URL else embedded.database(DATA_DIR)}
DATABASES["default"]["ENGINE"] = "config.engines.postgresql"
DATABASES["default"]["CONN_MAX_AGE"] = env.int("CONN_MAX_AGE", default=600)
DATABASES["default"]["CONN_HEALTH_CHECKS"] = True
# A connection over the network is given up after ten seconds (in ms) in which the other machine confirms nothing.
_options = {"connect_timeout": 3, "keepalives_idle": 30, "tcp_user_timeout": 10_000}
# Seconds after which Postgres cancels a statement of a page, and after which one gives up waiting for a lock. The page
# is then a 503. A request must not occupy its worker for longer.
PAGE_SECONDS = env.float("PAGE_SECONDS", default=5)
PAGE_LOCK_SECONDS = env.float("PAGE_LOCK_SECONDS", default=3)
# The same for jobs and commands.
JOB_SECONDS = env.float("JOB_SECONDS", default=3600)
JOB_LOCK_SECONDS = env.float("JOB_LOCK_SECONDS", default=60)
# Set this behind PgBouncer in transaction mode, where consecutive statements may use different connections of Postgres.
# The site then sets no timeouts: let the pooler do it (connect_query = 'SET statement_timeout = 5000; ...').
TRANSACTION_POOLER = env.bool("TRANSACTION_POOLER", default=False)
DATABASES["default"]["DISABLE_SERVER_SIDE_CURSORS"] = TRANSACTION_POOLER
# Postgres then plans a page's statements once for each connection. Planning at each request took most of its time.
# Switch this off behind a pooler in transaction mode that does not support prepared statements.
if env.bool("PREPARED_STATEMENTS", default=not TRANSACTION_POOLER):
    _options |= {"server_side_binding": True, "prepare_threshold": 2}
DATABASES["default"]["OPTIONS"] = _options | DATABASES["default"].get("OPTIONS", {})
# Servers that stream from the Postgres at DATABASE_URL. Pages are read from them (config/replicas).
DATABASE_REPLICA_URLS = env.list("DATABASE_REPLICA_URLS", default=[])
for _alias, _url in zip(servers.aliases(DATABASE_REPLICA_URLS), DATABASE_REPLICA_URLS, strict=True):
    _replica = env.db_url_config(_url)
    DATABASES[_alias] = DATABASES["default"] | _replica | {"ENGINE": "config.engines.postgresql"}
    DATABASES[_alias]["OPTIONS"] = _options | {"connect_timeout": 2} | _replica.get("OPTIONS", {})
    # Each request asks a replica how far it is, which is a check of its health.
    DATABASES[_alias]["CONN_HEALTH_CHECKS"] = False
if DATABASE_REPLICA_URLS:
    DATABASE_ROUTERS = ["config.replicas.router.Router"]
    MIDDLEWARE.insert(
        MIDDLEWARE.index("django.contrib.sessions.middleware.SessionMiddleware") + 1,
        "config.replicas.middleware.ReplicaMiddleware",
    )

CACHES = {
    "default": {
        "BACKEND": "config.caching.cache.Cache",
        "LOCATION": REDIS_URL,
        "KEY_PREFIX": "folkmoot",
        # Raise it with every change of the serializer, so that no process reads a value in another format.
        "VERSION": 2,
        "OPTIONS": {
            # Short timeouts and no retries: without Redis, a request must lose milliseconds, not seconds.
            # Each failure counts as a cache miss, and the value comes from Postgres.
            "SOCKET_CONNECT_TIMEOUT": 0.2,
            "SOCKET_TIMEOUT": 0.5,
            "CONNECTION_POOL_CLASS": "config.caching.cache.Pool",
            "SERIALIZER": "config.caching.cache.Serializer",
            "IGNORE_EXCEPTIONS": True,
        },
    }
}
CACHES["evictable"] = CACHES["default"] | {"LOCATION": CACHE_URL, "KEY_PREFIX": "folkmoot-cache"}
CACHES["limits"] = {"BACKEND": "config.caching.limit_counts.LimitCounts"}
DJANGO_REDIS_LOG_IGNORED_EXCEPTIONS = True
SESSION_ENGINE = "accounts.sign_in.sessions"

# Never the cache's database, because clearing the cache would drop jobs. `doctor` checks the eviction policy.
_broker = clients.normalize(env("CELERY_BROKER_URL", default=""))
CELERY_BROKER_URL = broker.named(_broker) or broker.address(REDIS_URL)
# Without Redis, a request must not wait when it sends a task. The worker waits for Redis without end.
CELERY_TASK_PUBLISH_RETRY = False
CELERY_BROKER_TRANSPORT_OPTIONS = {
    "socket_connect_timeout": 0.2,
    "socket_timeout": 2,
    "max_retries": 0,
} | broker.options(_broker or REDIS_URL)
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
CELERY_BROKER_CONNECTION_MAX_RETRIES = None
# Tasks wait for Postgres and for mail servers most of the time, so threads in one process are enough.
CELERY_WORKER_POOL = "threads"
CELERY_WORKER_CONCURRENCY = env.int("CELERY_WORKER_CONCURRENCY", default=2)
# Whether `serve` also starts the periodic tasks. One process of the whole site does at a time.
CLOCK = env.bool("CLOCK", default=True)
# The directory into which `serve` writes a backup every BACKUP_HOURS hours. Better on another disk. Empty: no backups.
BACKUP_DIRECTORY = env("BACKUP_DIRECTORY", default="")
BACKUP_HOURS = env.float("BACKUP_HOURS", default=24)
# Which backups stay there: the newest of each of the last 7 days, 4 weeks and 6 months.
BACKUP_KEEP = env("BACKUP_KEEP", default="7d4w6m")
# The directory into which the embedded Postgres archives its log, for recovery to a point in time. Better on another
# disk. Empty: it archives nothing.
WAL_DIRECTORY = env("WAL_DIRECTORY", default="")
CELERY_BEAT_SCHEDULER = "config.celery:Scheduler"
CELERY_BEAT_SCHEDULE_FILENAME = str(DATA_DIR / "beat")
CELERY_TASK_IGNORE_RESULT = True
# Seconds after which a task counts as hanging, unless it has a limit of its own. `serve` then replaces the process.
CELERY_TASK_TIME_LIMIT = 900
CELERY_TIMEZONE = "UTC"
# Each `schedule` is in seconds. A run that has not started when it expires is dropped; the next one does its work.
CELERY_BEAT_SCHEDULE = {
    "dispatch events": {"task": "forums.tasks.dispatch_events", "schedule": 10, "options": {"expires": 10}},
    "run debate transitions": {
        "task": "forums.tasks.run_debate_transitions",
        "schedule": 30,
        "options": {"expires": 30},
    },
    "remind of reviews": {"task": "forums.tasks.remind_of_reviews", "schedule": 3600},
    "update search": {"task": "forums.tasks.update_search", "schedule": 10, "options": {"expires": 10}},
    "send mail": {"task": "forums.tasks.send_mail", "schedule": 30, "options": {"expires": 30}},
    "delete old notifications": {"task": "forums.tasks.delete_old_notifications", "schedule": 86_400},
    "delete withdrawn posts": {"task": "forums.tasks.delete_withdrawn_posts", "schedule": 86_400},
    "run background acts": {
        "task": "forums.tasks.run_background_acts",
        "schedule": 15,
        "options": {"expires": 15},
    },
    "write records": {"task": "forums.tasks.write_records", "schedule": 60, "options": {"expires": 60}},
    "open polls": {"task": "polls.tasks.open_due", "schedule": 30, "options": {"expires": 30}},
    "close polls": {"task": "polls.tasks.close_due", "schedule": 30, "options": {"expires": 30}},
    "remind of polls": {"task": "polls.tasks.remind", "schedule": 300, "options": {"expires": 300}},
    "shuffle polls": {"task": "polls.tasks.shuffle", "schedule": 10, "options": {"expires": 10}},
    "scrub polls": {"task": "polls.tasks.scrub", "schedule": 60, "options": {"expires": 60}},
    "warm the cache": {"task": "forums.tasks.warm_cache", "schedule": 60, "options": {"expires": 60}},
    "forget addresses": {"task": "accounts.tasks.forget_addresses", "schedule": 86_400},
    "raise trust levels": {"task": "forums.tasks.raise_trust_levels", "schedule": 86_400},
    "process uploads": {"task": "forums.tasks.process_uploads", "schedule": 60, "options": {"expires": 60}},
    "fetch pictures": {"task": "forums.tasks.fetch_pictures", "schedule": 60, "options": {"expires": 60}},
    "fetch previews": {"task": "forums.tasks.fetch_previews", "schedule": 60, "options": {"expires": 60}},
    "remove pictures": {"task": "forums.tasks.remove_pictures", "schedule": 600, "options": {"expires": 600}},
    "replace synonyms": {
        "task": "forums.tasks.replace_synonyms",
        "schedule": 3600,
        "options": {"expires": 3600},
    },
    "check tallies": {"task": "polls.tasks.check_tallies", "schedule": 60, "options": {"expires": 60}},
}
if BACKUP_DIRECTORY:
    CELERY_BEAT_SCHEDULE["back up"] = {"task": "config.tasks.back_up", "schedule": 3600 * BACKUP_HOURS}

# --- Accounts -----------------------------------------------------------------------------------

AUTH_USER_MODEL = "accounts.User"
AUTHENTICATION_BACKENDS = ["accounts.sign_in.backends.MemberBackend"]
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "/"
# A constraint on Lower(username) makes names unique, which this check does not recognise.
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

ACCOUNT_ADAPTER = "accounts.sign_in.adapter.MemberAdapter"
USERSESSIONS_ADAPTER = "accounts.sign_in.adapter.SessionsAdapter"
ACCOUNT_FORMS = {"signup": "accounts.forms.signup.SignupForm", "login": "accounts.forms.signin.SignInForm"}
ACCOUNT_LOGIN_METHODS = {"username", "email"}
ACCOUNT_SIGNUP_REDIRECT_URL = "welcome"  # a URL name
ACCOUNT_SIGNUP_FIELDS = ["username*", "email*", "password1*"]
# Members type a code. A link would be followed by mail scanners, and a code works on any device.
ACCOUNT_EMAIL_VERIFICATION = "mandatory"
ACCOUNT_EMAIL_VERIFICATION_BY_CODE_ENABLED = True
ACCOUNT_EMAIL_VERIFICATION_SUPPORTS_RESEND = True
# Each member has one address and changes it in one step, so User.email is always verified.
ACCOUNT_CHANGE_EMAIL = True
ACCOUNT_EMAIL_NOTIFICATIONS = True
ACCOUNT_EMAIL_SUBJECT_PREFIX = ""
ACCOUNT_REAUTHENTICATION_REQUIRED = True
# Two, because a double click sends two codes, and only the second one is valid.
ACCOUNT_RATE_LIMITS = {
    "confirm_email": "2/10s/key,20/h/key",
    # accounts/sign_in/login_urls.py limits these by client address. The rate below counts by e-mail address.
    "login": "",
    "signup": "",
    "login_failed": "",  # accounts/sign_in/failures.py counts by account
    "reset_password": "5/m/key",
}

# Whether staff and moderators need a second factor to open their pages.
STAFF_MFA_REQUIRED = env.bool("STAFF_MFA_REQUIRED", default=False)
# Days for which client addresses of sign-ups and sign-ins are kept. The sign-up page shows this number.
ADDRESSES_KEPT_DAYS = env.int("ADDRESSES_KEPT_DAYS", default=30)
# A sign-up form that is sent in fewer seconds is refused as a program's.
SIGN_UP_SECONDS = env.int("SIGN_UP_SECONDS", default=3)
# The dotted path of a class with a question that programs cannot answer (accounts/sign_in/captcha.py).
CAPTCHA = env("CAPTCHA", default="")

MFA_SUPPORTED_TYPES = ["totp", "recovery_codes", "webauthn"]
MFA_PASSKEY_LOGIN_ENABLED = True
MFA_TOTP_ISSUER = SITE_NAME
# Also accepts the code of the previous and the next 30 seconds, because clocks differ.
MFA_TOTP_TOLERANCE = 1
# Without HTTPS, browsers allow passkeys only on localhost.
MFA_WEBAUTHN_ALLOW_INSECURE_ORIGIN = not HTTPS

# [{"provider_id": "example", "name": "Example", "client_id": "…", "secret": "…",
#   "settings": {"server_url": "https://id.example.org"}}, …]
OIDC_PROVIDERS = env.json("OIDC_PROVIDERS", default=[])
SOCIALACCOUNT_PROVIDERS = {"openid_connect": {"APPS": OIDC_PROVIDERS}}
SOCIALACCOUNT_FORMS = {"signup": "accounts.forms.signup.ProviderSignupForm"}
# A member who signs in with another site still chooses a name here.
SOCIALACCOUNT_AUTO_SIGNUP = False
# Browsers apply form-action also to the redirect after a form, so the providers must be listed.
CONTENT_SECURITY_POLICY["DIRECTIVES"]["form-action"] += [
    "/".join(provider["settings"]["server_url"].split("/")[:3]) for provider in OIDC_PROVIDERS
]

# --- Moderation ---------------------------------------------------------------------------------

# This many reports of trusted members hide a text until a moderator has decided.
REPORTS_TO_HIDE = env.int("REPORTS_TO_HIDE", default=3)
# A new member becomes a member, and a member a regular, by days with a visit, by the number of other members who have
# read their texts, and by how many of those have voted for one. The number of texts does not count.
TRUST_MEMBER = env.list("TRUST_MEMBER", cast=int, default=[3, 5, 1])
TRUST_REGULAR = env.list("TRUST_REGULAR", cast=int, default=[30, 50, 20])
TRUST_PAUSE_DAYS = env.int("TRUST_PAUSE_DAYS", default=30)  # no promotion for so long after a sanction
# Limits for new members, until others have read their texts (forums/posting/trust.py).
NEW_LINKS = env.int("NEW_LINKS", default=2)  # in one text
NEW_MENTIONS = env.int("NEW_MENTIONS", default=3)  # in one text
NEW_POSTS_A_DAY = env.int("NEW_POSTS_A_DAY", default=20)
NEW_TOPICS_A_DAY = env.int("NEW_TOPICS_A_DAY", default=3)
# Posts that wait for a moderator. Spam needs links, and few new members need one in their first days. Holding all first
# posts would make a hundred people wait because of one.
HOLD_LINKS_OF_NEW = env.bool("HOLD_LINKS_OF_NEW", default=True)
HOLD_FIRST_POSTS = env.int("HOLD_FIRST_POSTS", default=0)  # first posts of each new member that wait
# Whether posts are checked against the filters (watched words) that are set in the admin.
FILTERS = env.bool("FILTERS", default=True)
# Whether the public log shows the names of moderators. Otherwise it shows only their role.
NAME_MODERATORS = env.bool("NAME_MODERATORS", default=False)
# Days in which a member may appeal. The Digital Services Act, article 20, requires six months.
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
# The directory of uploads. Page workers on several machines need a shared one, or MEDIA_BUCKET.
MEDIA_ROOT = Path(env("MEDIA_ROOT", default=str(DATA_DIR / "media"))).resolve()
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "pictures": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "config.web.static_storage.Storage"},
}
# A bucket instead, as JSON with options of django-storages: {"bucket_name": "…", "endpoint_url": "…", …}. Everyone may
# read what is in it, so no signature is part of an address.
if MEDIA_BUCKET := env.json("MEDIA_BUCKET", default={}):
    STORAGES["default"] = {
        "BACKEND": "storages.backends.s3.S3Storage",
        "OPTIONS": {"querystring_auth": False, "file_overwrite": False} | MEDIA_BUCKET,
    }
    # Avatars come from the bucket. Pictures in texts do not: page workers hand them on.
    _scheme, _, _host = MEDIA_BUCKET.get("endpoint_url", "https://s3.amazonaws.com").partition("://")
    _hosts = [_host, f"{MEDIA_BUCKET['bucket_name']}.{_host}"]
    if "endpoint_url" not in MEDIA_BUCKET and "region_name" in MEDIA_BUCKET:
        _hosts.append(f"{MEDIA_BUCKET['bucket_name']}.s3.{MEDIA_BUCKET['region_name']}.amazonaws.com")
    if "custom_domain" in MEDIA_BUCKET:
        _scheme, _hosts = "https", [MEDIA_BUCKET["custom_domain"]]
    CONTENT_SECURITY_POLICY["DIRECTIVES"]["img-src"] += [f"{_scheme}://{host}" for host in _hosts]
    # Nobody else may read these.
    STORAGES["pictures"] = {
        "BACKEND": STORAGES["default"]["BACKEND"],
        "OPTIONS": STORAGES["default"]["OPTIONS"] | {"querystring_auth": True, "default_acl": None},
    }
WHITENOISE_USE_FINDERS = True
WHITENOISE_KEEP_ONLY_HASHED_FILES = True

# Uploads in texts. A picture can be read by those who may read its text, so it is never served like MEDIA_URL.
# Uploads per day of a new member, of a member and of a regular, and pictures of other sites that are fetched for them.
PICTURES_A_DAY = env.list("PICTURES_A_DAY", cast=int, default=[10, 50, 200])
# Days after which an upload is removed that is in no text, draft or pending post.
PICTURES_ORPHAN_DAYS = env.int("PICTURES_ORPHAN_DAYS", default=7)
# Whether nginx sends the files once a page worker has checked the permission (X-Accel-Redirect, config/nginx).
X_ACCEL_REDIRECT = env.bool("X_ACCEL_REDIRECT", default=False)

# Several times the size of 40,000 characters, the longest text. Larger requests are refused before parsing.
DATA_UPLOAD_MAX_MEMORY_SIZE = 512 * 1024
DATA_UPLOAD_MAX_NUMBER_FIELDS = 500
FILE_UPLOAD_HANDLERS = [
    "accounts.identity.uploads.Bounded",
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

# --- Other sites --------------------------------------------------------------------------------

# Whether pictures of other sites in texts are fetched once and served by us. Otherwise a click opens them there.
PICTURES_FETCHED = env.bool("PICTURES_FETCHED", default=True)
# Whether links that stand alone get a preview: the title and the description of the page.
LINK_PREVIEWS = env.bool("LINK_PREVIEWS", default=True)
# Ports and networks that pictures and previews may be fetched from, besides public addresses (config/fetching). A
# network here opens what is in it to every member: they can let the site request any address there.
FETCH_PORTS = env.list("FETCH_PORTS", cast=int, default=[80, 443])
FETCH_NETWORKS = env.list("FETCH_NETWORKS", default=[])

# --- Logs and metrics ---------------------------------------------------------------------------

LOGGING = logs.configure(env("LOG_LEVEL", default="INFO"))
# Networks that may read /metrics. TRUSTED_PROXIES decide which client address counts.
METRICS_NETWORKS = env.list("METRICS_NETWORKS", default=["127.0.0.0/8", "::1"])
